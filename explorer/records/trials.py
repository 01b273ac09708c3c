"""One trial of a method's knobs on images: how it was judged, what it cost, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Ended = Literal["whole", "cut", "collapsed", "broken"]


@dataclass(frozen=True)
class Trial:
    """What one trial found; lower is better for both judges.

    Attributes:
        judge: the honest judge, which sees no retrained model; infinite where the model broke down.
        parts: name -> a number that is in it, such as "forget"; empty where the model broke down.
        oracle: the judge that knows a retrained model; infinite where the model broke down.
        oracle_parts: as `parts`.
        seconds: of the method and what it prepares, on one core.
        epochs: passes it cost, preparation included, in times the training set.
        ended: "whole": by itself. "cut": at the end of its budget, and judged there. "collapsed": stopped because it
            answered at random on validation images, and judged there. "broken": it left the finite numbers.
        note: "" or one sentence on why it was stopped or broke.
    """

    judge: float
    parts: Mapping[str, float]
    oracle: float
    oracle_parts: Mapping[str, float]
    seconds: float
    epochs: float
    ended: Ended
    note: str = ""
