"""Find how much there is to forget, and say it beside what retrained models show; every page about attacks does."""

from __future__ import annotations

from collections.abc import Callable

from explorer import pipeline
from explorer.pipeline import Exposure
from explorer.spec import Spec
from explorer.view import SHADOW_MODELS

CHANCE = "Models that never saw these points stand at .5."
TABLE = "Retrained's own value stands in the table below."


def found(base: Spec, memo: pipeline.Memo, tick: Callable[..., None]) -> Exposure:
    """Return how much there is to forget, with progress; it depends on the models alone, on no method.

    Args:
        base: the run; its method does not matter.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.
    """
    models = SHADOW_MODELS[0]
    sentence = f"How much there is to forget: training {models} models on random halves"
    return pipeline.exposure(pipeline.Run(base, memo, lambda done, of: tick(done, of, sentence)), models=models)


def sentence(exposure: Exposure) -> str:
    """Return what a page prints, with what retrained models show."""
    if exposure.auc != exposure.auc:
        return exposure.sentence
    return f"{exposure.sentence} {CHANCE if exposure.attack == 'lira' else TABLE}"
