"""Make shadow models beside a page: with an estimate before, progress and cancel meanwhile, kept on disk by Spec.

What is made, and how model k depends on its number alone, stands in pipeline/attacks/shadows.py. Here parts of 16
models are made one after another in this thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer import pipeline
from explorer.records import Shadows
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

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
    return pipeline.why_no_shadows(Spec.default(method))


def estimate_seconds(spec: Spec, memo: pipeline.Memo) -> float:
    """Return about how long one core of this machine takes for all shadow models of a Spec.

    The times are those of its own references and path, measured here. Models that the store holds already are counted
    too.
    """
    count = spec.evaluation.shadows
    run = pipeline.Run(spec, memo)
    train = run.references.seconds_train / pipeline.ORIGINALS
    return count * (train + pipeline.path(run).seconds)


def make(spec: Spec, memo: pipeline.Memo, *, retrained: bool = False, tick: Tick | None = None) -> Iterator[Progress]:
    """Make the `evaluation.shadows` models of a Spec; yields after every part, the last time with all of them.

    Args:
        spec: the run, with a method that is live.
        memo: where parts are kept; those it knows are not made again.
        retrained: the models of `pipeline.retrained_shadows` instead.
        tick: called often as tick(models done, all, sentence); raise to cancel. Parts that are done are kept.

    Raises:
        SpecError: if they cannot be made; one sentence.
    """
    count = spec.evaluation.shadows
    if count == 0:
        raise SpecError("`evaluation.shadows` must be above 0 for shadow models, got 0")
    sentence = f"Training {count} models on random halves, each then made to forget"
    parts = pipeline.shadow_parts(count)
    yield Progress(0, count, sentence)
    make_part = pipeline.retrained_part if retrained else pipeline.shadow_part
    made: list[Shadows] = []
    for start, stop in parts:

        def tell(done: int, _: int, start: int = start) -> None:
            if tick:
                tick(start + done, count, sentence)

        tell(0, count)
        made.append(make_part(pipeline.Run(spec, memo, tell), start, stop))
        yield Progress(stop, count, sentence)
    yield Progress(count, count, sentence, pipeline.join(made))
