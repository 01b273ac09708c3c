"""What a stream of requests leaves behind: models over time, and the numbers that say how far they drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Float, Int


@dataclass(frozen=True)
class StreamReferences:
    """Models that never saw what had been asked for by then; T requests.

    Attributes:
        times: (m,) int64, ascending, from 0 to T: after how many requests there are several.
        retrained: (m, r, p) float32, at each of these times, from the same r seeds every time.
        paired: (T + 1, p) float32, after every number of requests, with initialisation and batches of the original.
    """

    times: Int
    retrained: Float
    paired: Float


@dataclass(frozen=True)
class Answer:
    """A method's answer to one request of a stream.

    Attributes:
        state: (p,) float32, the model's weights after it.
        spent: example-gradients that it took, what it prepared for this request included.
        trouble: "" or one sentence on what broke; then the state is the last finite one.
        note: what the method says of it.
    """

    state: Float
    spent: float
    trouble: str = ""
    note: str = ""


@dataclass(frozen=True)
class Stream:
    """A method's way through a stream of T requests.

    Attributes:
        states: (T + 1, p) float32: where it starts, then after each request.
        spent: (T,) float64, example-gradients of each request.
        prepared: those of what all requests share, prepared once before the first.
        trouble: "" or one sentence that says what broke, and at which request; from then on the states stay.
        note: what the method says of its last answer.
    """

    states: Float
    spent: NDArray[np.float64]
    prepared: float
    trouble: str = ""
    note: str = ""


@dataclass(frozen=True)
class Drift:
    """How a model fares in a stream of T requests, beside models that are retrained on what remains each time.

    Attributes:
        times: (m,) int64, the numbers of requests after which areas are measured.
        area: role -> (m,) float64, mean disagreement area to the retrained models of that time, a share of the plane:
            "unlearned"; "original", as it was before the first request; "paired", retrained from the original's seed.
        accuracy: role ("unlearned", "paired") -> set -> (T + 1,) float64: "retain" on what remains, "forget" on what
            has been asked for so far (NaN at 0), "test".
        breaks_at: the first request after which retain accuracy is more than .05 below that of "paired"; 0 for none.
        at_once: area and accuracies, by the same names, of the method's answer to all points at once.
        spent: (T,) float64, example-gradients of each request.
        prepared: those of what all requests share, prepared once before the first.
        spent_at_once: those of the answer to all at once, what it prepares included.
        retraining: (T,) float64, those of retraining once for each request.
        trouble: "" or one sentence that says what broke, and at which request.
    """

    times: Int
    area: Mapping[str, NDArray[np.float64]]
    accuracy: Mapping[str, Mapping[str, NDArray[np.float64]]]
    breaks_at: int
    at_once: Mapping[str, float]
    spent: NDArray[np.float64]
    prepared: float
    spent_at_once: float
    retraining: NDArray[np.float64]
    trouble: str = ""


@dataclass(frozen=True)
class Moving:
    """What changes in a picture's references while requests come, one keyframe a number of requests.

    Attributes:
        paired: (T + 1, g * g, c) float32, logits of the retrained model of the original's seed on what remains.
        asked: (m,) int64, for each row of the scene's `forget` the request, from 1, that names it.
        goals: set -> (T + 1,) float64, accuracies of the retrained model of the original's seed.
    """

    paired: Float
    asked: Int
    goals: Mapping[str, NDArray[np.float64]]
