"""What audits find: numbers, and what is drawn of one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Float
from explorer.records.numbers import Band
from explorer.records.paths import Helpers


@dataclass(frozen=True)
class AuditNumbers:
    """What audits say; retrained's own value is what a number is held against.

    Attributes:
        values: role ("unlearned", "retrained") -> audit -> field -> Band over models; of unlearned one value, the model
            on screen. NaN where a number is not defined.
        left_out: audit -> one sentence on why it does not fit the request or the network; its numbers are NaN.
    """

    values: Mapping[str, Mapping[str, Mapping[str, Band]]]
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class AuditPicture:
    """What an audit draws of one model, at some places of the way that it walks.

    Attributes:
        at: (t,) float64, ascending: where on the way; of a picture that stands still one place.
        grid: (t, g * g, c) float32, logits on the plane at each place.
        seen: (t, n + u, c) float32, logits at the training points, then at the test points.
        ghosts: points that the audit makes visible.
        arrays: what a figure of this audit needs beside, by name; the audit's file says what each is.
        note: "" or one sentence on what this picture found.
    """

    at: NDArray[np.float64]
    grid: Float
    seen: Float
    ghosts: tuple[Helpers, ...] = ()
    arrays: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])
    note: str = ""
