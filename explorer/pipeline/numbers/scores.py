"""Make the numbers beside a Comparison: scores that papers report, boundary and weights, and how fast it is relearnt.

A stage of its own, so that no picture waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import draws, metrics
from explorer.models._layout import initial_weights
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.paths import PATH_PARTS, evaluate, path
from explorer.pipeline.references import AREA_CELLS, accuracies, bands_of, reference_logits, references, retrained_seeds
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.points import data, examples_of, grids, layout_of
from explorer.recording import evaluate as evaluate_weights
from explorer.recording.relearning import relearn
from explorer.records import Band, Float, MoreNumbers, Plane
from explorer.seeds import child_seed
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.training.stack import forward_many

Numbers = NDArray[np.float64]
RANDOM = 5  # freshly initialised models over which ZRF is averaged


def more_numbers(spec: Spec, memo: Memo = no_memo) -> MoreNumbers:
    """Return the scores and distances of the model on screen beside those of a Comparison.

    Args:
        spec: the run, with a method.
        memo: as everywhere.

    Returns:
        What needs weights in the order of the Spec's own network (weight distance, relearning) is NaN or absent for
        methods that bring their own original.
    """
    return memo(f"more-{spec.key(*PATH_PARTS)}-{retrained_seeds(spec)}", lambda: _more(spec, memo))


def _more(spec: Spec, memo: Memo) -> MoreNumbers:
    logits, run = reference_logits(spec, memo), path(spec, memo)
    models = {
        "original": logits["originals"][:1], "unlearned": run.logits[-1:], "retrained": logits["retrained"],
    }  # fmt: skip
    lines, moved, back = _boundaries(spec, memo), _displacement(spec, memo, models), _relearnt(spec, memo)
    count = retrained_seeds(spec)
    pairs = [_pairwise(spec, memo, models, lines, "retrained", i, j) for i in range(count) for j in range(i)]

    def against(role: str) -> dict[str, Band]:
        rows = [_pairwise(spec, memo, models, lines, role, 0, j) for j in range(count)]
        return {**bands_of(rows), "weight_distance": Band((_weight_distance(spec, memo, role),))}

    return MoreNumbers(
        values={
            role: {
                "zrf": Band(tuple(_zrf(spec, memo, one) for one in stack)),
                **({"displacement": Band(tuple(moved[role].mean(axis=1).tolist()))} if role in moved else {}),
                **({"relearn_time": _times(back, role)} if role in back else {}),
            }
            for role, stack in models.items()
        },
        to_retrained=against("unlearned"),
        untouched=against("original"),
        floor={**bands_of(pairs), "weight_distance": Band(())},
        displacement={role: values for role, values in moved.items() if role != "original"},
        relearn=back,
        points=len(sets(spec, memo).forget),
        joint_range=metrics.passes_grid(data(spec, memo).classes),
    )


def _pairwise(
    spec: Spec,
    memo: Memo,
    models: Mapping[str, Float],
    lines: Mapping[str, list[Numbers]],
    role: str,
    which: int,
    other: int,
) -> dict[str, float]:
    """Return the numbers between one model and one retrained model."""
    forget, one, two = sets(spec, memo).forget, models[role][which], models["retrained"][other]
    mean, hausdorff = metrics.boundary_distance(lines[role][which], lines["retrained"][other])
    return {
        "tow": metrics.tow(accuracies(spec, memo, one), accuracies(spec, memo, two)),
        "privacy_score": metrics.privacy_score(one[forget], two[forget]),
        "boundary_mean": mean,
        "boundary_hausdorff": hausdorff,
    }


def _zrf(spec: Spec, memo: Memo, logits: Float) -> float:
    """Return ZRF, the mean over some freshly initialised models."""
    have, made, layout = data(spec, memo), sets(spec, memo), layout_of(spec, data(spec, memo))
    rngs = [draws.generator(child_seed(spec.seed, "zrf", k)) for k in range(RANDOM)]
    fresh = torch.stack([initial_weights(layout, rng) for rng in rngs])
    random = forward_many(layout, fresh, examples_of(have, made.before).x[torch.from_numpy(made.forget)]).numpy()
    ours = logits[made.forget, : layout.outputs]  # without a shadow class, of which a fresh model knows nothing
    return float(np.mean([metrics.zrf(ours, one) for one in random]))


def _boundaries(spec: Spec, memo: Memo) -> dict[str, list[Numbers]]:
    """Return the crossings of each model, by role."""
    have, refs, run = data(spec, memo), references(spec, memo), path(spec, memo)
    plane = Plane.around(have.train.x)
    known = grids(spec, have, np.concatenate([refs.originals[:1], refs.retrained]), AREA_CELLS)
    ours = evaluate(spec, memo, run, slice(-1, None), plane.grid(AREA_CELLS))
    lines = [metrics.crossings(logits, plane, AREA_CELLS) for logits in [known[0], ours[0], *known[1:]]]
    return {"original": lines[:1], "unlearned": lines[1:2], "retrained": lines[2:]}


def _displacement(spec: Spec, memo: Memo, models: Mapping[str, Float]) -> dict[str, Numbers]:
    """Return how far each model's boundary moved from the original's at each forget point, role -> (k, m)."""
    made, lines = sets(spec, memo), _boundaries(spec, memo)
    points, labels = made.before.x[made.forget], made.after.y[made.forget]

    def right(logits: Float) -> NDArray[np.bool_]:
        return metrics.predicted(logits[made.forget]) == labels

    start = right(models["original"][0]), lines["original"][0]
    return {
        role: np.stack(
            [
                metrics.displacement(points, right(logits), line, *start)
                for logits, line in zip(stack, lines[role], strict=True)
            ]
        )
        for role, stack in models.items()
    }


def _weight_distance(spec: Spec, memo: Memo, role: str) -> float:
    refs, run = references(spec, memo), path(spec, memo)
    if role == "original":
        return metrics.weight_distance(refs.originals[0], refs.paired)
    if run.weights is None or run.weights.shape[1] != len(refs.paired):
        return float("nan")  # another network: a shadow class, or an original of the method's own
    return metrics.weight_distance(run.weights[-1], refs.paired)


def _relearnt(spec: Spec, memo: Memo) -> dict[str, Numbers]:
    """Return forget accuracy (k, t) while each model learns the forget set again, by role."""
    assert spec.method is not None
    refs, run = references(spec, memo), path(spec, memo)
    if CATALOG.methods[spec.method.name].own_original is not None or run.weights is None:
        return {}
    known = _relearn(spec, memo, np.concatenate([refs.originals[:1], refs.retrained]), 0)
    ours = _relearn(spec, memo, run.weights[-1:], int(run.shadow))
    return {"original": known[:1], "unlearned": ours, "retrained": known[1:]}


def _relearn(spec: Spec, memo: Memo, weights: Float, extra: int) -> Numbers:
    have, made = data(spec, memo), sets(spec, memo)
    shape = have.train.x.shape[1:]
    network = CATALOG.models[spec.model.name].build(spec.model.options, shape, have.classes + extra).eval()
    points, rows = examples_of(have, made.before), torch.from_numpy(made.forget)
    x, y = points.x[rows], points.y[rows]
    ways = relearn(network, torch.from_numpy(weights), x, y).numpy()
    return np.stack([np.asarray(metrics.accuracy(evaluate_weights(network, way, x), y.numpy())) for way in ways])


def _times(back: Mapping[str, Numbers], role: str) -> Band:
    target = float(back["original"][0, 0])
    return Band(tuple(metrics.relearn_time(curve, target) for curve in back[role]))
