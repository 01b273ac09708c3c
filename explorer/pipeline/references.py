"""Look at the references that every run carries: the originals, the retrained models and the paired one."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer import metrics
from explorer.pipeline.memo import REQUEST_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import grids, point_logits
from explorer.records import Band, Float, Int, References

AREA_CELLS = 80
N = TypeVar("N", bound=np.generic)


@kept(lambda run: f"reference_logits-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def reference_logits(run: Run) -> dict[str, Float]:
    """Return logits of "originals", "retrained" and "paired" on the run's probes (k, n + test, c)."""
    probes = np.concatenate([run.sets.before.x, run.data.test.x])
    return _by_role(run.references, point_logits(run.spec, run.data, _stacked(run.references), probes))


@kept(lambda run: f"reference_areas-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def reference_areas(run: Run) -> dict[str, Int]:
    """Return the classes (k, 80 * 80) of "originals", "retrained" and "paired" on the plane."""
    areas = grids(run.spec, run.data, _stacked(run.references), AREA_CELLS).argmax(axis=-1)
    return _by_role(run.references, areas)


def _stacked(references: References) -> Float:
    return np.concatenate([references.originals, references.retrained, references.paired[None]])


def _by_role(references: References, seen: NDArray[N]) -> dict[str, NDArray[N]]:
    first, last = len(references.originals), len(references.originals) + len(references.retrained)
    return {"originals": seen[:first], "retrained": seen[first:last], "paired": seen[last:]}


def accuracies(run: Run, logits: Float) -> dict[str, float]:
    """Return accuracy on retain, forget and test from logits (n + test, c) on the run's probes.

    On rows that a request corrects, the right label is the corrected one.
    """
    sets, n = run.sets, len(run.sets.before)
    return {
        "retain": metrics.accuracy(logits[sets.retain], sets.after.y[sets.retain]),
        "forget": metrics.accuracy(logits[sets.forget], sets.after.y[sets.forget]),
        "test": metrics.accuracy(logits[n:], run.data.test.y),
    }


def retrained_accuracy(run: Run) -> dict[str, Band]:
    """Return the retrained models' accuracies over seeds."""
    return bands_of([accuracies(run, logits) for logits in reference_logits(run)["retrained"]])


def bands_of(rows: list[dict[str, float]]) -> dict[str, Band]:
    """Return one Band a name from one dict a seed."""
    return {name: Band(tuple(row[name] for row in rows)) for name in rows[0]}


def signal_to_floor(run: Run) -> float:
    """Return how many times more forgetting moves the boundary than a new seed does; NaN where the floor is 0."""
    areas = reference_areas(run)
    return metrics.signal_to_floor(areas["originals"], areas["retrained"])


def hardness(run: Run) -> dict[str, float]:
    """Return how hard the choice of points is: see metrics.hardness."""
    forget, logits = run.sets.forget, reference_logits(run)
    y = run.sets.after.y[forget]
    return metrics.hardness(logits["originals"][0, forget], logits["retrained"][:, forget], y)
