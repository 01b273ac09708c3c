"""Compare the margins of many unlearned models with those of many retrained ones, point by point: KLoM.

    KLoM(x) = D_KL(histogram of phi_x under unlearned || histogram of phi_x under retrained)

With few models the number is biased upwards: read it against retrained-to-retrained, its zero line.

Source: Georgiev et al., Attribute-to-Delete, 2024, arXiv:2410.23232, appendix E. Their code drops the largest value
from the histogram; here the last bin is closed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.outputs import Numbers

BINS = 20
FLOOR = 1e-5
CLIP = 100.0


def klom(unlearned: ArrayLike, retrained: ArrayLike) -> Numbers:
    """Return the divergence of each point in nats (n,); about 0 = margins distributed as retrained's.

    Args:
        unlearned: (k, n) margins phi of the unlearned models.
        retrained: (r, n) margins phi of the retrained models.
    """
    one, two = np.clip(unlearned, -CLIP, CLIP), np.clip(retrained, -CLIP, CLIP)
    return np.array([_divergence(one[:, i], two[:, i]) for i in range(one.shape[1])])


def _divergence(one: Numbers, two: Numbers) -> float:
    ends = min(one.min(), two.min()), max(one.max(), two.max())
    if ends[0] == ends[1]:
        return 0.0
    p = np.histogram(one, BINS, range=ends)[0] / len(one)
    q = np.maximum(np.histogram(two, BINS, range=ends)[0] / len(two), FLOOR)
    inside = p > 0
    return float((p[inside] * np.log(p[inside] / q[inside])).sum())


def summary(values: ArrayLike) -> dict[str, float]:
    """Return the mean and the 95th percentile over points (n,), NaN over none."""
    found = np.asarray(values, dtype=np.float64)
    if found.size == 0:
        return {"mean": float("nan"), "p95": float("nan")}
    return {"mean": float(found.mean()), "p95": float(np.percentile(found, 95))}
