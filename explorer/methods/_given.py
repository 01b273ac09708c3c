"""Given: an unlearned model from a file, to check what somebody says of it without their code.

No method is run, so there are no knobs but those that name the file, no path and no cost: the model is set beside the
original and the retrained models as one step from the original. It is no method of this folder's list; runs on images
find it under the key `given`.

Reads: nothing.
Watch: whether it lies in retrained's range in every number at once, and what the attacks find that its authors did not
    try.
Fails: where the model learnt from other images, or is fed others than it learnt from: images are standardised here by
    the published means and deviations of the data set. Its own original should be given too, or it is set beside an
    original that it does not come from. Random images are those that this explorer draws; a whole class is the same
    everywhere.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

from explorer.methods._images import Images
from explorer.methods._method import Method
from explorer.models import ImageOptions


class Knobs(ImageOptions):
    """The file of weights."""


def _nothing(*_: Any) -> Iterator[nn.Module]:
    """Run nothing: the pipeline reads the file."""
    raise RuntimeError("an unlearned model from a file has no method to run")


METHOD = Method(
    title="Given",
    knobs=Knobs,
    unlearn=_nothing,
    kind="approximate",
    answers={"forget"},
    reads=set(),
    neutral={},
    images=Images(rank=0),
)
