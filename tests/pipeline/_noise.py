"""Runs on images that are noise in the official layout."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.experiments.store.encode import encode
from explorer.spec import Spec

BASE: dict[str, Any] = {
    "data": {"name": "cifar10", "n": 200},
    "model": {"width": 4},
    "training": {"recipe": "memorise", "steps": 12, "batch": 40},
    "request": {"choose": "random", "fraction": 0.1},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 3, "lr": 0.001}},
}


def spec(**changed: Any) -> Spec:
    return Spec.parse({**BASE, **changed})


def same(one: Any, other: Any) -> bool:
    (left, arrays), (right, others) = encode(one), encode(other)
    return left == right and all(np.array_equal(a, b) for a, b in zip(arrays, others, strict=True))
