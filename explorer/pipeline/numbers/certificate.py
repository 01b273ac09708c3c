"""The account of a certified method: what it promises of a run, how it kept to it, and what the picture draws of it."""

from __future__ import annotations

import numpy as np

from explorer import recording
from explorer.draws import generator
from explorer.pipeline.chooser_scores import needs_model
from explorer.pipeline.memo import PATH_PARTS
from explorer.pipeline.paths import network_of
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import whole_class
from explorer.pipeline.starts import start_of
from explorer.records import Certificate, Float, Int, Plane, Trajectory
from explorer.records.certificates import Numbers
from explorer.seeds import child_seed
from explorer.spec import Spec, refuse_mismatch

LOOKED = "the points were chosen by looking at the model: the promise does not cover that"
CLOUD_CELLS = 20  # a side: the logits are linear, so few cells say all


@kept(lambda run: f"certificate-{run.key(*PATH_PARTS)}")
def certificate(run: Run) -> Certificate:
    """Return the account of the Spec's method, of kind "certified", from the original on screen.

    Raises:
        ValueError: if the method gives no certificate, or cannot answer the request.
    """
    method = run.method
    if method.certificate is None:
        raise ValueError(f"`method.name` must be a certified method, got {run.asked.name}")
    refuse_mismatch(run.spec, whole_class=whole_class(run.sets))
    start = start_of(run.quiet, 0)
    rng = generator(child_seed(run.spec.seed, "method", 0))  # as the path
    prepared = start.prepared[0] if start.prepared else None
    return method.certificate(start.model, start.request, run.asked.knobs, rng, prepared)


def by_looking(spec: Spec) -> bool:
    """Return whether the points were chosen by looking at the model: by its scores, or by hand on its picture."""
    return spec.request.choose == "points" or needs_model(spec)


def caveat(run: Run) -> str:
    """Return the sentence on points that the promise does not cover, or "" where it covers them."""
    return LOOKED if run.method.certificate is not None and by_looking(run.spec) else ""


def cloud(run: Run, trajectory: Trajectory, step: Int) -> Float:
    """Return the logits (k, s, h * h, c) on the plane of what other draws of the noise would give at some steps."""
    drawn, at = certificate(run).cloud, _places(run, trajectory, step)
    low = np.floor(at).astype(int)
    high, share = np.minimum(low + 1, len(drawn) - 1), (at - low)[:, None, None]
    weights = ((1 - share) * drawn[low] + share * drawn[high]).astype(np.float32)
    cells = run.data.space.standardise(Plane.around(run.data.train.x).grid(CLOUD_CELLS))
    logits = recording.evaluate(network_of(run, trajectory), weights.reshape(-1, weights.shape[-1]), cells)
    return logits.reshape(*weights.shape[:2], *logits.shape[1:])


def gauge(run: Run, trajectory: Trajectory) -> Numbers | None:
    """Return (t, 2): steps of the picture, and the share of the budget that is left; None where there is no budget."""
    found = certificate(run)
    if not len(found.left):
        return None
    stretch = trajectory.step[-1] / max(1, found.step[-1])  # a path of one deletion is drawn as a line of many steps
    return np.stack([found.step * stretch, found.left], axis=1)


def _places(run: Run, trajectory: Trajectory, step: Int) -> Numbers:
    """Return where steps of the picture lie among those of the account."""
    return step * (certificate(run).step[-1] / max(1, trajectory.step[-1]))
