"""Sweeps that are quick and still worth killing: of small toys, and of small networks on images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

TOYS: dict[str, Any] = {
    "base": {
        "data": {"n": 200},
        "training": {"steps": 300},
        "method": {"name": "gradient_ascent", "knobs": {"steps": 5}},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
    },
    "grid": {"method.knobs.lr": [0.01, 0.1], "seed": [0, 1]},
}
CIFAR: dict[str, Any] = {
    "base": {
        "data": {"name": "cifar10", "n": 200},
        "model": {"name": "compact", "width": 4},
        "training": {"batch": 20, "steps": 20},
        "method": {"name": "gradient_ascent", "knobs": {"steps": 2}},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    },
    "grid": {"method.knobs.lr": [0.001, 0.01, 0.1]},
}
SWEEPS = {"toys": TOYS, "cifar": CIFAR}


def write_images(root: Path) -> Path:
    """Write noise in the layout of CIFAR-10's binary files (one file under six names: 31 MB); return the root."""
    folder = root / "cifar-10-batches-bin"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(np.arange(10, dtype=np.uint8), 1000))
    pixels = rng.integers(0, 256, (10_000, 3072), dtype=np.uint8)
    file = folder / "test_batch.bin"
    np.concatenate([labels[:, None], pixels], axis=1).tofile(file)
    for number in range(1, 6):
        os.link(file, folder / f"data_batch_{number}.bin")
    return root
