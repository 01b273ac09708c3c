"""Say what an audit is given of a run on images. Networks stand in for weights: batch statistics belong to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.models import Network
from explorer.records import Float, Int
from explorer.training import Examples, precision

CHUNK = 250  # images pushed through a network at once


@dataclass(frozen=True)
class ImageSubject:
    """The run on images that is audited. Networks are in eval mode; an audit leaves them unchanged.

    Attributes:
        original: before the deletion.
        retrained: never saw the forget set, other seeds than the original's.
        new_seed: an original of another seed, the same data, nothing deleted; None where nobody asked for it.
        before: the n training images, standardised.
        forget: (m,) rows of `before` to forget.
        retain: (n - m,) the others.
        measured: (q,) some of `retain`, on which accuracies and losses are measured.
        test: u images that no model saw, standardised.
        unseen: (v,) rows of `test` that are alike the forgotten ones: of the same classes.
        seed: for audits that draw.
    """

    original: Network
    retrained: Sequence[Network]
    new_seed: Network | None
    before: Examples
    forget: Int
    retain: Int
    measured: Int
    test: Examples
    unseen: Int
    seed: int

    def labels(self, rows: Int) -> Int:
        """Return the labels of some rows of `before`."""
        return self.before.y.cpu().numpy()[rows]


def answers(network: Network, x: Tensor) -> Float:
    """Return the logits (m, c) of a network on standardised images (m, 3, h, w)."""
    return np.concatenate([_numpy(network.head(seen)) for seen in _seen(network, x)])


def features(network: Network, x: Tensor) -> Float:
    """Return what the head of a network sees of standardised images (m, 3, h, w): (m, h)."""
    return np.concatenate([_numpy(seen) for seen in _seen(network, x)])


@torch.no_grad()
def _seen(network: Network, x: Tensor) -> list[Tensor]:
    network.eval()
    found: list[Tensor] = []
    for part in x.split(CHUNK):
        with precision.autocast(x.device):
            seen = network.features(precision.laid_out(part))
        found.append(seen.float())
    return found


def _numpy(values: Tensor) -> Float:
    return values.detach().cpu().numpy()


def spread(rows: Int, most: int) -> Int:
    """Return at most so many rows, evenly spread over those given."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(np.int64)]
