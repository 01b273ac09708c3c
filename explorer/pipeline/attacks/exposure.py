"""Say how much there is to forget.

Attacks need something to find. A model that generalises leaks nothing, and then every method looks perfect: each page
about attacks prints how well the original's own training points can be told, and warns between .45 and .55.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.attacks import ask_a, over_models
from explorer.pipeline.attacks.judged import halves_rng, judged
from explorer.pipeline.attacks.shadows import (
    forget_mask,
    join,
    shadow_labels,
    shadow_parts,
    trained_shadows,
    why_no_shadows,
)
from explorer.pipeline.memo import MODEL_PARTS, REQUEST_PARTS
from explorer.pipeline.references import reference_logits
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.points import ORIGINALS
from explorer.records import Shadows
from explorer.spec.catalog import CATALOG

LITTLE = 0.05  # of the AUC to either side of .5


@dataclass(frozen=True)
class Exposure:
    """How much there is to forget.

    Attributes:
        auc: of telling the forget points from points the original never saw, before any unlearning.
        attack: key of the attack that found it: "lira" over many models, "loss" where those cannot be made.
        models: how many models went in.
    """

    auc: float
    attack: str
    models: int

    @property
    def little(self) -> bool:
        """Return whether there is so little to forget that attacks say nothing about methods."""
        return not abs(self.auc - 0.5) >= LITTLE

    @property
    def sentence(self) -> str:
        """Return what a page prints."""
        title = CATALOG.attacks[self.attack].title
        if self.auc != self.auc:
            return "How much there is to forget is not defined here: too few points."
        said = (
            f"How much there is to forget: {title} finds the forget points in the original with AUC {_short(self.auc)}"
        )
        if self.little:
            return f"{said}: hardly anything, so question A says nothing about methods here."
        if self.auc < 0.5:
            return (
                f"{said}: the wrong way round, for the original does worse on them than on unseen points. Whoever "
                f"knows that finds them as surely as with {_short(1 - self.auc)}."
            )
        return f"{said}."


def _short(auc: float) -> str:
    """Return an AUC as tables print it."""
    return f"{auc:.3f}".removeprefix("0")


def exposure(run: Run, *, models: int) -> Exposure:
    """Return how well the forget points can be told in original models; the run's tick counts models.

    Args:
        run: its method does not matter.
        models: how many to train for LiRA, those that `shadows` unlearns later. Where shadow models cannot be made the
            loss attack is asked about the originals instead.
    """
    return Exposure(*_exposure(run, models))


@kept(lambda run, models: f"exposure-{run.key(*REQUEST_PARTS)}-{models}")
def _exposure(run: Run, models: int) -> tuple[float, str, int]:  # plain values, which a store can write
    if why_no_shadows(run.spec.with_method(None)):
        return _loss_auc(run), "loss", ORIGINALS
    stack, labels = untouched_shadows(run, models), shadow_labels(run)
    found = over_models(CATALOG.attacks["lira"], stack, labels, run.sets.forget, halves_rng(run), unlearned=False)
    return found.auc, "lira", models


def _loss_auc(run: Run) -> float:
    loss = {"loss": CATALOG.attacks["loss"]}
    found = [
        ask_a(loss, judged(run, logits), 0).get("loss", {"auc": float("nan")})["auc"]
        for logits in reference_logits(run)["originals"]
    ]
    return float(np.mean(found))


def untouched_shadows(run: Run, models: int) -> Shadows:
    """Return shadow models to which nothing was done: `after` is `before`; the run's tick counts models."""
    parts = []
    for start, stop in shadow_parts(models):
        if run.tick:
            run.tick(start, models)
        parts.append(_untouched_part(run.quiet, start, stop))
    stack = join(parts)
    return replace(stack, forget=stack.member & forget_mask(run))


@kept(lambda run, start, stop: f"shadow-logits-{run.key(*MODEL_PARTS)}-{start}-{stop}")
def _untouched_part(run: Run, start: int, stop: int) -> Shadows:
    return trained_shadows(run, start, stop)
