"""Lay out a run of one's own that is still under way as recorded runs are, so that the page can draw it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.contents.recorded.runs import OWN, Choice, Opened
from explorer.contents.words import method_title
from explorer.experiments.cifar.in_training import LEARNING, Growing

NAME = f"{OWN}under way"


def laid_out(growing: Growing, cut: int) -> tuple[Opened, Choice]:
    """Return what there is so far, and the one run that grows as what is looked at closely.

    Args:
        growing: the run so far.
        cut: the plane wished for; the first where there are fewer.
    """
    names = tuple(one.replace("_", " ") for one in growing.scene.names)
    scene, key = replace(growing.scene, names=names), growing.run.name
    opened = Opened(NAME, Path(), scene, growing.original, growing.retrained, {key: growing.run})
    return opened, Choice((key,), key, cut if cut < len(scene.planes) else 0)


def sentence(growing: Growing) -> str:
    """Return what is on screen, in words."""
    if growing.run.name == LEARNING:
        count = len(growing.retrained.snapshots)
        others = f"{count} retrained {'model' if count == 1 else 'models'}"
        return (
            f"Still in training: the original and {others}, as their last checkpoints are. The player goes through "
            "what the original was at each look. Accuracies are on up to 200 images a set."
        )
    return f"{method_title(growing.run.name)} while it runs, beside the models that were trained for it."
