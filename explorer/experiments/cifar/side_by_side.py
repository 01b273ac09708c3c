"""Train the models of one request side by side, a process each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial
from typing import Any

from explorer import pipeline
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work.pool import SCREEN, Pool, Task
from explorer.spec import Spec

HEARD = 0.5  # seconds between two words on how far all are
Roles = Sequence[tuple[pipeline.Reference, int]]


def train_told(
    content: dict[str, Any], role: pipeline.Reference, k: int, place: str, tick: Callable[[int, int], None]
) -> str:
    """Train one model of a request and keep it; returns what it was. A cancel keeps it at that very step."""
    pipeline.reference(trainings_at(place).run(Spec.parse(content), tick), role, k)
    return f"{role} {k}"


def train(
    spec: Spec, roles: Roles, place: str, tell: Callable[[float], None], workers: int,
    look: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Train some models of a request and keep them in a store, where `trainings_at(place)` finds them.

    Args:
        spec: of the request; weights of one's own are not trained.
        roles: of the models.
        place: the store's folder.
        tell: called often with how far all are, in [0, 1]; may raise to cancel. What was trained so far is kept.
        workers: how many train at once.
        look: called often, for whoever wants to see what was trained so far.

    Raises:
        SpecError: if a training breaks down.
    """
    content = {**pipeline.without_weights(spec).as_json(), "method": None}
    shares = [0.0] * len(roles)
    pool = Pool(min(workers, len(roles)), known=0)

    def heard(at: int, done: int, total: int, _: str = "") -> None:
        shares[at] = done / max(total, 1)

    asks = [
        pool.ask(
            Task(f"{role}-{k}", train_told, (content, role, k, place), streams=True, keep=False), urgency=SCREEN,
            tell=partial(heard, at),
        )
        for at, (role, k) in enumerate(roles)
    ]  # fmt: skip
    try:
        while True:
            done, left = wait([ask.future for ask in asks], timeout=HEARD)
            for future in done:
                future.result()
            if not left:
                return
            tell(sum(shares) / len(roles))
            if look:
                look()
    finally:
        for ask in asks:
            ask.future.cancel()
        pool.end(at_once=False, wait=True)
