"""What stands behind the live U-LiRA page: seconds for 64 shadow models, unlearned, retrained and judged, from nothing.

The page itself is measured in a browser as `u_lira_page`; this is the part of it that is not the browser's.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from explorer import pipeline
from explorer.experiments import shadows
from explorer.experiments.store.store import Store
from explorer.spec import Spec

MODELS = 64


def core_seconds(method: dict[str, Any]) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds of this thread, and what `estimate_seconds` had said of the shadow models."""
    spec = Spec.parse(
        {
            "data": {"name": "moons", "n": 150, "noise": 0.35},
            "request": {"choose": "random", "fraction": 0.2},
            "training": {"recipe": "memorise"},
            "method": method,
            "evaluation": {"shadows": MODELS, "attacks": ["loss", "u_lira"]},
        }
    )
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place))
        said = shadows.estimate_seconds(spec, store.memo)
        start, worked = time.perf_counter(), time.thread_time()
        *_, done = shadows.make(spec, store.memo)
        assert done.shadows is not None
        labels = pipeline.shadow_labels(pipeline.Run(spec, store.memo))
        for unlearned in (False, True):
            pipeline.exposed(pipeline.Run(spec), done.shadows, labels, unlearned=unlearned)
        pipeline.attack_numbers(pipeline.Run(spec, store.memo))
        return time.perf_counter() - start, time.thread_time() - worked, said


if __name__ == "__main__":
    for name in ("fine_tune", "random_labels", "jit"):
        wall, cpu, said = core_seconds({"name": name})
        print(f"{name}: {wall:.1f} s, {cpu:.1f} s of CPU; the estimate for the models was {said:.1f} s")
