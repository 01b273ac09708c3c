"""Hand-made models: every point's margin is drawn from a normal distribution that depends on who saw it."""

import numpy as np

from explorer.attacks import Judged, Points
from explorer.records import Shadows


def points(phi, labels):
    """Return two-class logits whose margin phi is as given."""
    sign = np.where(np.asarray(labels) == 1, 1.0, -1.0)
    phi = np.asarray(phi, dtype=np.float64)
    return Points(np.stack([-sign * phi / 2, sign * phi / 2], axis=-1), np.asarray(labels))


def judged(forget=0.0, retain=0.0, unseen=0.0, sizes=(60, 300, 400), seed=0, scatter=1.0):
    """Return what a model says whose margins have the given means on forget, retain and unseen points."""
    rng = np.random.default_rng(seed)
    sets = [
        points(mean + scatter * rng.normal(size=size), rng.integers(0, 2, size))
        for mean, size in zip((forget, retain, unseen), sizes, strict=True)
    ]
    return Judged(*sets)


def shadows(k=64, n=80, u=120, forget=30, gain=2.0, left=2.0, own=3.0, seed=0):
    """Return shadow models and the labels of their points.

    Each point has a mean margin of its own (spread `own`); having seen it adds `gain`, of which `left` stays after
    unlearning. The first `forget` points are forgotten.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n + u)
    member = rng.random((k, n)) < 0.5
    asked = np.zeros((k, n), dtype=bool)
    asked[:, :forget] = member[:, :forget]
    base = own * rng.normal(size=n + u)
    noise = 0.5 * rng.normal(size=(k, n + u))
    seen = np.pad(member, ((0, 0), (0, u)))
    lost = np.pad(asked, ((0, 0), (0, u)))
    before = base + noise + gain * seen
    after = base + noise + np.where(lost, left, gain * seen)
    stack = [points(phi, labels).logits.astype(np.float32) for phi in (before, after)]
    return Shadows(member, asked, *stack, seeds=np.arange(k)), labels
