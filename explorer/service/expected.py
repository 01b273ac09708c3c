"""Say how many people this machine serves at which delay, from a measurement of two seconds.

    people = PEOPLE * (SECONDS / s) * min(1, cores / 2)         s: seconds of a picture that nobody has asked for before

PEOPLE and SECONDS were measured on one machine: on two cores on which such a picture takes SECONDS, 30 people that each
move a knob every 5 s saw 95 of 100 new pictures within 1.4 s (`python -m tests.bench class_30`). Ten people that moved
one every 3 s, as many moves as of 17 such people, saw theirs within .58 s; 15 is said, to be on the safe side.
More cores than two are not counted on: what answers the browsers is one process.
"""

from __future__ import annotations

import asyncio
import importlib
import statistics
import time

from explorer.workers import cores, count

SECONDS = 0.045
PEOPLE = {0.6: 15, 1.5: 30}  # delay -> people
LONG = 2.0  # seconds of measuring


def sentence() -> str:
    """Measure, and return what to expect; takes some seconds, first of all to start the workers."""
    return told(asyncio.run(_seconds()), min(cores(), count() + 1))


def told(seconds: float, at_once: int) -> str:
    """Return what to expect.

    Args:
        seconds: of a new picture.
        at_once: processes that run side by side.
    """
    share = SECONDS / seconds * min(1.0, at_once / 2)
    each = [f"{max(1, round(share * people))} within {delay:g} s" for delay, people in PEOPLE.items()]
    return (
        f"A new picture takes {1000 * seconds:.0f} ms here now. Of people who each move a knob every 5 s, "
        f"about {', about '.join(each)} see theirs (95 of 100)."
    )


async def _seconds() -> float:
    """Return the median time of a new picture, one at a time."""
    pictures, view = importlib.import_module("explorer.service.pictures"), importlib.import_module("explorer.view")
    each, end = list[float](), None
    while end is None or time.perf_counter() < end or len(each) < 3:
        panels = f"retrained~jit(sigma:{0.2 + 0.0013 * len(each):.4f})"
        start = time.perf_counter()
        await pictures.asked(view.View.from_query({"panels": panels})[0], 1, "expected")
        each.append(time.perf_counter() - start)
        end = end or time.perf_counter() + LONG  # the first one started the workers
    return statistics.median(each[1:])
