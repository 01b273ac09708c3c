"""How time grows: with points, panels, the grid, shadow models and people; `python -m tests.bench.growth [FILE.svg]`.

    seconds ~ size^e,   e fitted to the logarithms by least squares

The first four are CPU seconds of one thread, with the models that are shared known; people's is the 95th percentile of
the wait for a new picture, in seconds of the clock, of whoever moves a knob every 5 s. With a file name it draws them.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TextIO

import numpy as np

from explorer import pipeline
from explorer.contents import blobs
from explorer.experiments import shadows
from explorer.experiments.store.store import Store
from explorer.pipeline.paths import evaluate
from explorer.records import Plane
from explorer.session.desk import silent
from explorer.spec import Spec
from explorer.view import View
from tests.bench import _class
from tests.bench._browser import EIGHT

Seconds = dict[int, float]
PEOPLE = (1, 5, 15, 30, 60)
LASTS = 30.0  # seconds of each size of a class
SMALL = "moons(n:60)"


def cpu(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of three tries; each must be of something new."""
    tries = list[float]()
    for _ in range(3):
        start = time.thread_time()
        work()
        tries.append(time.thread_time() - start)
    return min(tries)


def points() -> Seconds:
    """A panel of fine-tuning, by the number of points."""
    found: Seconds = {}
    for n in (100, 300, 1000, 3000, 5000):
        memo, rates = Store(None).memo, iter((0.011, 0.012, 0.013))
        pipeline.scene(pipeline.Run(Spec.parse({"data": {"n": n}}), memo))

        def panel(n: int = n, memo: pipeline.Memo = memo, rates: object = rates) -> object:
            knobs = {"lr": next(rates)}  # type: ignore[call-overload]  # an iterator
            spec = Spec.parse({"data": {"n": n}, "method": {"name": "fine_tune", "knobs": knobs}})
            return pipeline.panel(pipeline.Run(spec, memo))

        found[n] = cpu(panel)
    return found


def panels() -> Seconds:
    """A whole picture, by the number of panels."""
    found: Seconds = {}
    for count in (1, 2, 4, 8):
        view, stores = View.from_query({"panels": "~".join(EIGHT[:count])})[0], [Store(None) for _ in range(3)]
        for store in stores:  # they know the models
            pipeline.scene(pipeline.Run(view.base, store.memo))
        memos = iter(store.memo for store in stores)
        found[count] = cpu(lambda view=view, memos=memos: blobs.whole(view, next(memos), silent))
    return found


def grid() -> Seconds:
    """A path's outputs on the plane, by the cells of a side."""
    memo = Store(None).memo
    run = pipeline.Run(Spec.default("fine_tune"), memo)
    path = pipeline.path(run)
    around = Plane.around(run.data.train.x)
    return {
        size: cpu(lambda size=size: evaluate(run, path, path.keyframe, around.grid(size))) for size in (16, 32, 64, 128)
    }


def shadow_models() -> Seconds:
    """Training and unlearning shadow models, by their number."""
    found: Seconds = {}
    for count in (16, 64, 256):
        spec = Spec.parse({
            "data": {"n": 150, "noise": 0.35}, "request": {"choose": "random", "fraction": 0.2},
            "training": {"recipe": "memorise"}, "method": {"name": "fine_tune"},
            "evaluation": {"shadows": count, "attacks": ["loss", "u_lira"]},
        })  # fmt: skip
        start = time.thread_time()
        *_, _done = shadows.make(spec, Store(None, memory=2_000_000_000).memo)
        found[count] = time.thread_time() - start
    return found


def people() -> Seconds:
    """A new picture on everybody's screen, by the number of people."""
    found: Seconds = {}
    for count in PEOPLE:
        _class.PEOPLE, _class.SECONDS = count, LASTS
        _class.seen.cache_clear()
        found[count] = float(np.percentile(_class.seen()[0].without_errors().pictures, 95))
    return found


#: What grows -> (what is measured, its unit, how).
AXES: Mapping[str, tuple[str, str, Callable[[], Seconds]]] = {
    "points": ("a panel", "CPU s", points),
    "panels": ("a whole picture", "CPU s", panels),
    "cells of a side": ("a path on the plane", "CPU s", grid),
    "shadow models": ("trained and unlearned", "CPU s", shadow_models),
    "people": ("a new picture, p95", "s", people),
}


def exponent(found: Seconds) -> float:
    """Return e."""
    return float(np.polyfit(np.log(list(found)), np.log(list(found.values())), 1)[0])


def svg(all_found: Mapping[str, Seconds]) -> str:
    """Return the figure: one small picture an axis, both scales logarithmic."""
    wide, high, left, low = 196, 170, 44, 34
    parts = list[str]()
    for place, (name, found) in enumerate(all_found.items()):
        x, y = np.log10(list(found)), np.log10(list(found.values()))
        (x0, x1), (y0, y1) = (x.min(), x.max()), (math.floor(y.min() * 2) / 2, math.ceil(y.max() * 2) / 2)
        across = left + place * wide + (x - x0) / (x1 - x0) * (wide - left - 14)
        down = 30 + (1 - (y - y0) / (y1 - y0)) * (high - 30 - low)
        dots = "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in zip(across, down, strict=True))
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))
        what, unit, _ = AXES[name]
        (begin, *_, end), (first, *_, last) = found, found.values()
        parts.append(
            f'<text x="{left + place * wide - 30}" y="14" font-weight="600">{escape(what)}</text>'
            f'<polyline points="{line}" fill="none" stroke="#0072b2" stroke-width="1.5"/><g fill="#0072b2">{dots}</g>'
            f'<text x="{across[0] - 6:.1f}" y="{down[0] + 16:.1f}">{first:.2g} {unit}</text>'
            f'<text x="{across[-1] + 6:.1f}" y="{down[-1] - 8:.1f}" text-anchor="end">{last:.2g} {unit}</text>'
            f'<text x="{across[0]:.1f}" y="{high - low + 16}">{begin:,}</text>'
            f'<text x="{across[-1]:.1f}" y="{high - low + 16}" text-anchor="end">{end:,}</text>'
            f'<text x="{left + place * wide - 30}" y="{high - 4}">{escape(name)}, exponent {exponent(found):.2f}</text>'
        )
    width, ground = left + len(all_found) * wide - 20, '<rect width="100%" height="100%" fill="#fff"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {high}" width="{width}" height="{high}" '
        f'font-family="sans-serif" font-size="11">{ground}{"".join(parts)}</svg>\n'
    )


def measured(out: TextIO) -> dict[str, Seconds]:
    """Measure every axis; print each as soon as it is known."""
    all_found = dict[str, Seconds]()
    for name, (what, unit, measure) in AXES.items():
        found = all_found[name] = measure()
        each = ", ".join(f"{size:,}: {seconds:.3g}" for size, seconds in found.items())
        print(f"{what} by {name}, {unit}: {each}; exponent {exponent(found):.2f}", file=out, flush=True)
    return all_found


def main(argv: list[str]) -> int:
    """Measure, print, and draw where a file is named."""
    all_found = measured(sys.stdout)
    if argv:
        Path(argv[0]).write_text(svg(all_found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
