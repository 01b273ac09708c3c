"""What the event loop of the service does in one step while thirty hands ask for pictures: none is heard meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.service._asked import Asking, app

PEOPLE, MOVES = 30, 10
#: Knobs that are moved, each by some people, with the values of ten moves.
KNOBS = ("jit(sigma:{})", "fine_tune(lr:{})", "gradient_ascent(lr:{})", "neg_grad_plus(lr:{})", "scrub(lr:{})")


@contextmanager
def timed_steps() -> Iterator[list[float]]:
    """Yield a list that gets the CPU seconds of every step of the event loop."""
    steps, plain = list[float](), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        plain(handle)
        steps.append(time.thread_time() - began)

    asyncio.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield steps
    finally:
        asyncio.Handle._run = plain  # type: ignore[method-assign]


def picture_loop() -> float:
    """CPU milliseconds of the longest step of the service's loop while 30 people drag a knob each."""
    service = app()

    async def one(person: int, move: int) -> int:
        panel = KNOBS[person % len(KNOBS)].format(0.01 + 0.0001 * (PEOPLE * move + person))
        query = f"v=1&panels=retrained~{panel}&panel=1&tab=person-{person}"
        return (await Asking(service, "/picture", query)()).status

    async def person(number: int) -> list[int]:
        return [await one(number, move) for move in range(1, MOVES)]

    async def all_of_them() -> tuple[list[list[int]], list[float]]:
        for number in range(len(KNOBS)):  # what is imported and trained is known
            await one(number, 0)
        with timed_steps() as steps:
            found = await asyncio.gather(*(person(number) for number in range(PEOPLE)))
        return found, steps

    found, steps = asyncio.run(all_of_them())
    assert {status for each in found for status in each} == {200}, found
    return 1000 * max(steps)
