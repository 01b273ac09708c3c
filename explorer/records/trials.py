"""One trial of a method's knobs on images: how it was judged, what it cost, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from explorer.records.runs import RunNumbers

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


@dataclass(frozen=True)
class OracleRun:
    """What is kept of a method's run with the knobs that the oracle puts first: numbers alone, no path.

    Attributes:
        method: its key.
        title: its name on screen.
        spec: the full Spec, as JSON values.
        numbers: its numbers, measured as those of a recorded run.
        probes: "forget", "retain", "test" (accuracies) and "auc" of the loss attack where it ends, on the probes of its
            folder, as on the trade-off plane; NaN where not defined.
    """

    method: str
    title: str
    spec: Mapping[str, Any]
    numbers: RunNumbers
    probes: Mapping[str, float]
