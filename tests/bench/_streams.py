"""CPU seconds a request of a stream after what it shares is known: models retrained by then, the answer at once."""

from __future__ import annotations

import time

from explorer import pipeline
from explorer.view.presets import PRESETS
from tests.bench._audits import Shared


class Known(Shared):
    """A memo that keeps only what the requests of a stream share, so that a method answers each of them."""

    shared = (
        "references", "stream-references", "stream-areas", "stream-paired", "stream-scene", "path", "sets", "data",
        "scene", "reference", "prepared", "record",
    )  # fmt: skip


def seconds() -> dict[str, float]:
    """Return what a request of each method of the preset takes: its answer, numbers and picture, by method."""
    preset = next(one for one in PRESETS if one.key == "one_after_another").view()
    base, memo, found = preset.stream(), Known(), dict[str, float]()
    for panel in preset.panels:
        run = pipeline.Run(base.with_method(panel.method), memo)
        pipeline.stream_scene(run)
        pipeline.path(run)
        begin = time.process_time()
        pipeline.stream_panel(pipeline.Run(run.spec, memo))
        found[panel.name] = (time.process_time() - begin) / len(pipeline.batches_of(run))
    return found


def stream() -> float:
    """Return the CPU time of the slowest method's request."""
    return max(seconds().values())


if __name__ == "__main__":
    for name, taken in seconds().items():
        print(f"{name}: {taken:.3f} s of CPU a request")
