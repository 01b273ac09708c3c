"""Compute what the page *attacks* shows: attacks on every method, further scores of one, the live per-point attack.

The generators are the work of jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer import pipeline
from explorer.contents import exposure as how_exposed
from explorer.contents.picture import panel_names
from explorer.experiments import shadows as shadow_models
from explorer.experiments.store.store import Store
from explorer.pipeline import Roc
from explorer.records import AttackNumbers, Comparison, ModelScores, PairNumbers, Shadows
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View

Tick = Callable[..., None]


@dataclass(frozen=True)
class Asked:
    """What is ready.

    Attributes:
        exposure: how much there is to forget; None until known.
        numbers: panel name -> what the attacks say of its method.
        compared: panel name -> its accuracies and distances.
        refused: panel name -> why its method cannot be asked.
        more: panel name -> the scores of the method in focus.
        complete: whether this is the last piece.
    """

    exposure: pipeline.Exposure | None = None
    numbers: Mapping[str, AttackNumbers] = field(default_factory=dict)
    compared: Mapping[str, Comparison] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, ModelScores] = field(default_factory=dict)
    complete: bool = False


def every() -> list[str]:
    """Return the attacks that need one model only."""
    return [name for name, attack in CATALOG.attacks.items() if "logits" in attack.needs]


def quick() -> list[str]:
    """Return the attacks on one model that run by default."""
    return [name for name in every() if not CATALOG.attacks[name].slow]


def per_point() -> list[str]:
    """Return the attacks over many models."""
    return _leaders_first([name for name, attack in CATALOG.attacks.items() if "shadows" in attack.needs])


def population() -> list[str]:
    """Return the attacks with one rule for all points that are fitted on nothing.

    Of attacks that score alike, and so rank alike, only the first by key.
    """
    plain = {name: attack for name, attack in CATALOG.attacks.items() if "logits" in attack.needs and not attack.fits}
    first = {attack.score: name for name, attack in reversed(plain.items())}
    return _leaders_first([name for name in plain if name in first.values()])


def judging_unseen() -> list[str]:
    """Return the attacks over many models that can judge points which none of the models saw."""
    return [name for name in per_point() if CATALOG.attacks[name].judges_unseen]


def _leaders_first(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (not CATALOG.attacks[name].leads, name))


def chosen(view: View) -> list[str]:
    """Return the attacks on one model that a view asks for."""
    named = view.base.evaluation.attacks
    return quick() if named is None else [name for name in every() if name in named]


def asked_of(spec: Spec, attacks: list[str], shadows: int = 0) -> Spec:
    """Return the run with these attacks."""
    evaluation = {**spec.evaluation.model_dump(exclude_none=True), "attacks": attacks, "shadows": shadows}
    return spec.with_part(evaluation=evaluation)


def methods(view: View) -> dict[str, Spec]:
    """Return the run of every panel that holds a method, by panel name."""
    attacks = chosen(view)
    return {
        name: asked_of(view.base.with_method(panel.method), attacks)
        for name, panel in zip(panel_names(view), view.panels, strict=True)
        if panel.method
    }


def focus(view: View) -> str:
    """Return the name of the panel whose method is looked at closely, or "" where there is none."""
    names = list(methods(view))
    here = panel_names(view)[view.focus]
    return here if here in names else next(iter(names), "")


def run_key(view: View) -> str:
    """Return the key of the run of the method in focus, or "" where there is none."""
    spec = methods(view).get(focus(view))
    return spec.key("data", "request", "model", "training", "method", "seed") if spec else ""


def live_key(view: View) -> tuple[str, int]:
    """Return the key of the live attack that a view asks for."""
    return run_key(view), view.looks.attacks.shadow_models


def asking(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Asked]:
    """Yield the numbers of the attacks, piece by piece.

    Raises:
        ValueError: one sentence, if no attack can run at all.
    """
    known, base = methods(view), view.base
    tick(0, 1, "Training original and retrained models")
    _ = pipeline.Run(base, memo, lambda done, total: tick(done, total)).references
    now = Asked(how_exposed.found(base, memo, tick))
    yield now
    steps = [(spread, name) for spread in (False, True) for name in known]
    for done, (spread, name) in enumerate(steps):
        if name in now.refused:
            continue
        title = CATALOG.methods[name.partition(":")[2]].title
        sentence = f"Asking the attacks about {title}" + (" from the other originals" if spread else "")
        tick(done, len(steps), sentence)
        now = _one(now, name, known[name], memo, spread, lambda *_, d=done, s=sentence: tick(d, len(steps), s))
        yield now
    name = focus(view)
    if name and name not in now.refused:
        tick(0, 1, "Scores and distances")
        now = replace(now, more={name: pipeline.scores(pipeline.Run(known[name], memo))})
    yield replace(now, complete=True)


def _one(now: Asked, name: str, spec: Spec, memo: pipeline.Memo, spread: bool, tick: Tick) -> Asked:
    try:
        pipeline.path(pipeline.Run(spec, memo, tick))
        compared = pipeline.compare(pipeline.Run(spec, memo), spread=spread)
        numbers = pipeline.attack_numbers(pipeline.Run(spec, memo, tick), spread=spread)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return replace(now, refused={**now.refused, name: str(error)})
    return replace(
        now, numbers={**now.numbers, name: numbers}, compared={**now.compared, name: compared}
    )  # fmt: skip


# --- live ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Live:
    """The per-point attack on one method.

    Attributes:
        spec: the run.
        shadows: the models, before and after the method.
        labels: (n + u,).
        exposed: role -> (n,) AUC of each training point over the models.
        aucs: role -> attack -> AUC over the same pairs of a model and a forgotten point.
        curves: attack over models -> role -> ROC curve over the same pairs; empty until every role is known.
        unseen: what the attacks that judge unseen points say of question A on the models on screen; None until every
            role is known.
        intervals: role -> attack -> 95 % interval of its AUC for other models on the same points; NaN: not defined.
    """

    spec: Spec
    shadows: Shadows
    labels: NDArray[np.integer]
    exposed: Mapping[str, NDArray[np.float64]]
    aucs: Mapping[str, Mapping[str, float]]
    curves: Mapping[str, Mapping[str, Roc]] = field(default_factory=dict)
    unseen: AttackNumbers | None = None
    intervals: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)

    def pairs(self, forget: NDArray[np.integer]) -> tuple[int, int]:
        """Return how many pairs of a model and a forget point there are: seen, and then forgotten; and never seen."""
        saw = self.shadows.member[:, forget]
        return int((saw & self.shadows.forget[:, forget]).sum()), int((~saw).sum())


def seconds(spec: Spec, models: int, memo: pipeline.Memo) -> float:
    """Return about how many seconds the live attack takes on one core here; references and path must be known."""
    asked = asked_of(spec, [], models)
    retrained = models * pipeline.Run(asked, memo).references.seconds_train / pipeline.ORIGINALS
    return shadow_models.estimate_seconds(asked, memo) + retrained


def attacking(spec: Spec, models: int, store: Store, tick: Tick) -> Iterator[Live]:
    """Yield the live attack: first with original and unlearned, then with retrained models too.

    Raises:
        ValueError: one sentence, where the method is not live.
    """
    asked, total = asked_of(spec, [], models), 2 * models
    run = pipeline.Run(asked, store.memo)
    labels = pipeline.shadow_labels(run)

    def telling(first: int) -> Tick:
        return lambda done, _, sentence="": tick(first + done, total, sentence)

    shadows = _made(asked, store, telling(0), retrained=False)
    now = Live(asked, shadows, labels, {}, {})
    for role, after in (("original", False), ("unlearned", True)):
        tick(models, total, "Fitting and judging each point")
        now = _with(now, role, shadows, store.memo, after)
    yield now
    retrained = _made(asked, store, telling(models), retrained=True)
    now = _with(now, "retrained", retrained, store.memo, True)
    now = replace(now, curves={name: {**pipeline.pair_curves(run, name)} for name in per_point()})
    yield now
    tick(total, total, "Asking about points that no model saw")
    unseen_run = pipeline.Run(asked_of(spec, judging_unseen(), models), store.memo)
    unseen = pipeline.attack_numbers(unseen_run, spread=False)
    yield replace(now, unseen=unseen)


def _made(spec: Spec, store: Store, tick: Tick, *, retrained: bool) -> Shadows:
    *_, last = shadow_models.make(spec, store, retrained=retrained, tick=tick)
    assert last.shadows is not None
    return last.shadows


def _with(now: Live, role: str, stack: Shadows, memo: pipeline.Memo, after: bool) -> Live:
    exposed = pipeline.exposed(pipeline.Run(now.spec), stack, now.labels, unlearned=after)
    known, attacks = pipeline.Run(now.spec, memo), [*per_point(), *population()]
    found = pipeline.pairs_judged(known, stack, now.labels, attacks, unlearned=after)
    return replace(
        now, exposed={**now.exposed, role: exposed},
        aucs={**now.aucs, role: {name: one.auc for name, one in found.items()}},
        intervals={**now.intervals, role: {name: (one.low, one.high) for name, one in found.items()}},
    )  # fmt: skip


def most_exposed(live: Live, forget: NDArray[np.integer]) -> int:
    """Return the row of the forget point that the original gives away most."""
    values = np.nan_to_num(live.exposed["original"][forget], nan=-1.0)
    return int(forget[int(values.argmax())])


def pairing(spec: Spec, memo: pipeline.Memo, tick: Tick) -> Iterator[PairNumbers]:
    """Yield question B over many models."""
    sentence = f"Unlearning {pipeline.PAIRS} and retraining {2 * pipeline.PAIRS} models"
    yield pipeline.many_models(pipeline.Run(spec, memo, lambda done, total: tick(done, total, sentence)))
