"""Draw the points of the quiz, and what three models and two attacks say of them.

Half are points to forget: the original was trained on them, the retrained model never saw them. The others are unseen
points of the same classes. So on the retrained model nobody can do better than a coin, whoever looks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.attacks import Points, scores_worlds_at
from explorer.pipeline.attacks.exposure import untouched_shadows
from explorer.pipeline.attacks.judged import ROLES, Role, rng_of, seed_of
from explorer.pipeline.attacks.shadows import shadow_labels, why_no_shadows
from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.references import reference_logits
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.points import point_logits
from explorer.records import Bool, Float, Int, Plane, Quiz
from explorer.seeds import child_seed
from explorer.spec import SpecError
from explorer.spec.catalog import CATALOG

COUNT = 20
CELLS = 40  # on each side of a close-up
WIDTH = 0.3  # of a close-up, as a share of the plane's shorter side
LOSS, LIRA = "loss", "lira_offline"
SHADOWS = 64


def quiz(run: Run, draw: int = 0) -> Quiz:
    """Return the points of one round, with what the three models say and the scores of the loss attack.

    Args:
        run: the run, with a method; its request forgets points.
        draw: which round; another number gives other points.

    Raises:
        SpecError: one sentence, if there are not enough points, or the request corrects.
    """
    rows, member = _drawn(run, draw)
    before, test, data = run.sets.before, run.data.test, run.data
    x = np.concatenate([before.x, test.x])[rows]
    y = np.concatenate([before.y, test.y])[rows]
    side = WIDTH * float((Plane.around(data.train.x).high - Plane.around(data.train.x).low).min()) / 2
    planes = tuple(Plane((at - side).astype(np.float32), (at + side).astype(np.float32)) for at in x)
    cells = np.concatenate([plane.grid(CELLS) for plane in planes])
    logits = {role: _at(run, role, x) for role in ROLES}
    around = {role: _at(run, role, cells).reshape(len(rows), CELLS * CELLS, -1) for role in ROLES}
    loss = CATALOG.attacks[LOSS]
    scores = {role: {LOSS: loss.score(Points(seen, y), None)} for role, seen in logits.items()}
    return Quiz(y, member, data.names, logits, scores, {}, x, planes, around)


def with_lira(run: Run, found: Quiz, draw: int = 0) -> Quiz:
    """Return the round with the scores of LiRA; it trains SHADOWS models, which the run's tick counts.

    Its models never saw an unlearning: the attacker does not know of it.
    """
    if reason := why_no_shadows(run.spec.with_method(None)):
        return replace(found, left_out={LIRA: reason})
    rows, _ = _drawn(run, draw)
    labels, attack = shadow_labels(run), CATALOG.attacks[LIRA]
    stack = untouched_shadows(run, SHADOWS)
    seen = np.stack([_all(run, role) for role in ROLES])
    each = scores_worlds_at(attack, seen, stack, labels, run.sets.forget, rows, rng_of(run, attack.title))
    scores = {role: {**found.scores[role], LIRA: one} for role, one in zip(ROLES, each, strict=True)}
    return replace(found, scores=scores)


def _drawn(run: Run, draw: int) -> tuple[Int, Bool]:
    """Return rows (k,) of the training points, then of the test points behind them, mixed, and which are members."""
    if run.spec.request.kind != "forget":
        raise SpecError("the quiz asks whether points were in the training set; this request corrects points")
    rng = np.random.default_rng(child_seed(seed_of(run), "quiz", draw))
    before, test, forget, half = run.sets.before, run.data.test, run.sets.forget, COUNT // 2
    if len(forget) < half:
        raise SpecError(f"the quiz needs at least {half} points to forget, got {len(forget)}")
    members = rng.choice(forget, half, replace=False)
    others = list[int]()
    for label in before.y[members].tolist():  # an unseen point of the same class for each
        free = np.setdiff1d(np.flatnonzero(test.y == label), others)
        if not len(free):
            raise SpecError(f"the quiz needs {half} unseen points of the forgotten classes, got {len(others)}")
        others.append(int(rng.choice(free)))
    rows = np.concatenate([members, len(before) + np.array(others, dtype=np.int64)])
    order = rng.permutation(COUNT)
    return rows[order], (np.arange(COUNT) < half)[order]


def _at(run: Run, role: Role, x: Float) -> Float:
    """Return logits (q, c) of the model on screen of a role at places (q, 2) in data units."""
    if role == "unlearned":
        return evaluate(run, path(run), slice(-1, None), x)[0][:, : run.data.classes]
    weights = run.references.originals if role == "original" else run.references.retrained
    return point_logits(run.spec, run.data, weights[:1], x)[0]


def _all(run: Run, role: Role) -> Float:
    """Return logits (n + u, c) of the model on screen of a role on all training points, then on all test points."""
    if role == "unlearned":
        return path(run).logits[-1][:, : run.data.classes]
    return reference_logits(run)["originals" if role == "original" else "retrained"][0]
