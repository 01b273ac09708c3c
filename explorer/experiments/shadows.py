"""Make shadow models beside a page: with an estimate before, progress and cancel meanwhile, kept on disk by Spec.

What is made, and how model k depends on its number alone, stands in pipeline/attacks/shadows.py.
Here parts of 16 models are made one after another in this thread, or side by side in the workers of an executor; the
result is the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import dataclass

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.experiments.work import tasks
from explorer.records import Shadows
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

POLL = 0.1  # seconds between two looks at the cancel token while workers are busy
Tick = Callable[..., None]  # tick(done, total, sentence="")


@dataclass(frozen=True)
class Progress:
    """How far the models are.

    Attributes:
        done: models finished.
        total: models asked for.
        sentence: what is going on, for the progress bar.
        shadows: all of them, once they are done; until then None.
    """

    done: int
    total: int
    sentence: str
    shadows: Shadows | None = None


def live(method: str) -> str:
    """Return why a method cannot be attacked live (it would need a preparation a model), or "" where it can."""
    if method not in CATALOG.methods:
        raise SpecError(f"`method` must be one of {', '.join(CATALOG.methods)}, got {method}")
    return pipeline.not_live(Spec.default(method))


def estimate_seconds(spec: Spec, memo: pipeline.Memo) -> float:
    """Return about how long one core of this machine takes for all shadow models of a Spec.

    Taken from its own references and its own path, which were timed here when they were made; nothing is subtracted
    for models that the store holds already.
    """
    count = spec.evaluation.shadows
    train = pipeline.references(spec, memo).seconds_train / pipeline.ORIGINALS
    return count * (train + pipeline.path(spec, memo).seconds)


def make(
    spec: Spec,
    store: Store,
    *,
    executor: Executor | None = None,
    retrained: bool = False,
    tick: Tick | None = None,
) -> Iterator[Progress]:
    """Make the `evaluation.shadows` models of a Spec; yields after every part, the last time with all of them.

    Args:
        spec: the run, with a method that is live.
        store: where parts are kept; those it holds are not made again.
        executor: whose workers make the parts; with None, or with a store in memory only, this thread does.
        retrained: the models of `pipeline.retrained_shadows` instead.
        tick: called often as tick(models done, all, sentence); raise to cancel. Parts that are done stay in the store.

    Raises:
        SpecError: if they cannot be made; one sentence.
    """
    count = spec.evaluation.shadows
    if count == 0:
        raise SpecError("`evaluation.shadows` must be above 0 for shadow models, got 0")
    sentence = f"Training {count} models on random halves, each then made to forget"
    parts = pipeline.shadow_parts(count)
    yield Progress(0, count, sentence)
    if executor is None or store.place is None:
        made = _here(spec, store, parts, retrained, lambda done: tick(done, count, sentence) if tick else None)
    else:
        made = _there(
            spec, store, parts, retrained, executor, lambda done: tick(done, count, sentence) if tick else None
        )
    found: dict[int, Shadows] = {}
    for start, part in made:
        found[start] = part
        done = sum(len(one.seeds) for one in found.values())
        yield Progress(done, count, sentence)
    yield Progress(count, count, sentence, pipeline.join([found[start] for start, _ in parts]))


def _here(
    spec: Spec, store: Store, parts: list[tuple[int, int]], retrained: bool, tell: Callable[[int], None]
) -> Iterator[tuple[int, Shadows]]:
    work = pipeline.retrained_part if retrained else pipeline.shadow_part
    for start, stop in parts:
        tell(start)
        yield start, work(spec, start, stop, store.memo, lambda done, _, start=start: tell(start + done))


def _there(
    spec: Spec,
    store: Store,
    parts: list[tuple[int, int]],
    retrained: bool,
    executor: Executor,
    tell: Callable[[int], None],
) -> Iterator[tuple[int, Shadows]]:
    pipeline.sets(spec, store.memo)  # the workers find the data and the request in the store, uploads too
    content, place = spec.as_json(), str(store.place)
    futures = {
        executor.submit(tasks.shadow_part, content, place, start, stop, retrained): (start, stop)
        for start, stop in parts
    }
    left, done = set(futures), 0
    try:
        while left:
            tell(done)
            ended, left = wait(left, POLL, FIRST_COMPLETED)
            for future in ended:
                start, stop = futures[future]
                done += stop - start
                yield start, future.result()
    finally:
        for future in left:
            future.cancel()
