"""Make the numbers beside a Comparison: scores that papers report, boundary and weights, and how fast it is relearnt.

A stage of its own, so that no picture waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import draws, metrics
from explorer.audits import relearn
from explorer.models._layout import initial_weights
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.paths import evaluate, path
from explorer.pipeline.references import AREA_CELLS, accuracies, bands_of, reference_logits
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import examples_of, grids, layout_of
from explorer.recording import evaluate as evaluate_weights
from explorer.records import Band, Float, ModelScores, Plane
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG
from explorer.training.stack import forward_many

Numbers = NDArray[np.float64]
RELEARN_RATE = 0.01
RANDOM = 5  # freshly initialised models over which ZRF is averaged


@kept(lambda run: f"more-{run.key(*PATH_PARTS)}-{run.seeds}")
def scores(run: Run) -> ModelScores:
    """Return the scores and distances of the model on screen beside those of a Comparison.

    Returns:
        Weight distance and relearning need weights in the order of the Spec's own network. For methods that bring their
        own original the distance is NaN and relearning is absent.
    """
    logits, trajectory = reference_logits(run), path(run)
    models = {
        "original": logits["originals"][:1], "unlearned": trajectory.logits[-1:], "retrained": logits["retrained"],
    }  # fmt: skip
    lines, moved, back = _boundaries(run), _displacement(run, models), _relearnt(run)
    count = run.seeds
    pairs = [_pairwise(run, models, lines, "retrained", i, j) for i in range(count) for j in range(i)]

    def against(role: str) -> dict[str, Band]:
        rows = [_pairwise(run, models, lines, role, 0, j) for j in range(count)]
        return {**bands_of(rows), "weight_distance": Band((_weight_distance(run, role),))}

    return ModelScores(
        values={
            role: {
                "zrf": Band(tuple(_zrf(run, one) for one in stack)),
                **({"displacement": Band(tuple(moved[role].mean(axis=1).tolist()))} if role in moved else {}),
                **({"relearn_forget": _times(back, role)} if role in back else {}),
            }
            for role, stack in models.items()
        },
        to_retrained=against("unlearned"),
        untouched=against("original"),
        floor={**bands_of(pairs), "weight_distance": Band(())},
        displacement={role: values for role, values in moved.items() if role != "original"},
        relearn_forget=back,
        points=len(run.sets.forget),
        joint_range=metrics.passes_grid(run.data.classes),
    )


def _pairwise(
    run: Run,
    models: Mapping[str, Float],
    lines: Mapping[str, list[Numbers]],
    role: str,
    which: int,
    other: int,
) -> dict[str, float]:
    """Return the numbers between one model and one retrained model."""
    forget, one, two = run.sets.forget, models[role][which], models["retrained"][other]
    mean, hausdorff = metrics.boundary_distance(lines[role][which], lines["retrained"][other])
    return {
        "tow": metrics.tow(accuracies(run, one), accuracies(run, two)),
        "privacy_score": metrics.privacy_score(one[forget], two[forget]),
        "boundary_mean": mean,
        "boundary_hausdorff": hausdorff,
    }


def _zrf(run: Run, logits: Float) -> float:
    """Return ZRF, the mean over some freshly initialised models."""
    data, sets, layout = run.data, run.sets, layout_of(run.spec, run.data)
    rngs = [draws.generator(child_seed(run.spec.seed, "zrf", k)) for k in range(RANDOM)]
    fresh = torch.stack([initial_weights(layout, rng) for rng in rngs])
    random = forward_many(layout, fresh, examples_of(data, sets.before).x[torch.from_numpy(sets.forget)]).numpy()
    judged = logits[sets.forget, : layout.outputs]  # without a shadow class, of which a fresh model knows nothing
    return float(np.mean([metrics.zrf(judged, one) for one in random]))


def _boundaries(run: Run) -> dict[str, list[Numbers]]:
    """Return the crossings of each model, by role."""
    data, refs, trajectory = run.data, run.references, path(run)
    plane = Plane.around(data.train.x)
    known = grids(run.spec, data, np.concatenate([refs.originals[:1], refs.retrained]), AREA_CELLS)
    unlearned = evaluate(run, trajectory, slice(-1, None), plane.grid(AREA_CELLS))
    lines = [metrics.crossings(logits, plane, AREA_CELLS) for logits in [known[0], unlearned[0], *known[1:]]]
    return {"original": lines[:1], "unlearned": lines[1:2], "retrained": lines[2:]}


def _displacement(run: Run, models: Mapping[str, Float]) -> dict[str, Numbers]:
    """Return how far each model's boundary moved from the original's at each forget point, role -> (k, m)."""
    sets, lines = run.sets, _boundaries(run)
    points, labels = sets.before.x[sets.forget], sets.after.y[sets.forget]

    def right(logits: Float) -> NDArray[np.bool_]:
        return metrics.predicted(logits[sets.forget]) == labels

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


def _weight_distance(run: Run, role: str) -> float:
    refs, trajectory = run.references, path(run)
    if role == "original":
        return metrics.weight_distance(refs.originals[0], refs.paired)
    own = run.method.own_original is not None
    if own or trajectory.weights is None or trajectory.weights.shape[1] != len(refs.paired):
        return float("nan")  # another network: a shadow class, or an original of the method's own
    return metrics.weight_distance(trajectory.weights[-1], refs.paired)


def _relearnt(run: Run) -> dict[str, Numbers]:
    """Return forget accuracy (k, t) while each model learns the forget set again, by role."""
    refs, trajectory = run.references, path(run)
    if run.method.own_original is not None or trajectory.weights is None:
        return {}
    known = _relearn(run, np.concatenate([refs.originals[:1], refs.retrained]), 0)
    unlearned = _relearn(run, trajectory.weights[-1:], int(trajectory.shadow))
    return {"original": known[:1], "unlearned": unlearned, "retrained": known[1:]}


def _relearn(run: Run, weights: Float, extra: int) -> Numbers:
    data, sets = run.data, run.sets
    shape = data.train.x.shape[1:]
    network = CATALOG.models[run.spec.model.name].build(run.spec.model.options, shape, data.classes + extra).eval()
    points, rows = examples_of(data, sets.before), torch.from_numpy(sets.forget)
    x, y = points.x[rows], points.y[rows]
    ways = relearn(network, torch.from_numpy(weights), x, y, rate=RELEARN_RATE).numpy()
    return np.stack([np.asarray(metrics.accuracy(evaluate_weights(network, way, x), y.numpy())) for way in ways])


def _times(back: Mapping[str, Numbers], role: str) -> Band:
    target = float(back["original"][0, 0])
    return Band(tuple(metrics.relearn_forget(curve, target) for curve in back[role]))
