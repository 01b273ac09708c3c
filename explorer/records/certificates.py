"""What a certified method promises of a run, and how it kept account of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.records.data import Bool, Float, Int

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Certificate:
    """The account of one run of a certified method.

    Attributes:
        epsilon: of the promise, above 0.
        delta: of the promise, in (0, 1).
        promise: what is promised, in plain words.
        account: how the run kept to it, in one sentence without a full stop.
        step: (t,) int64, from 0: the updates of the path; 0 is the original.
        lines: name -> (t,) what was counted after each step; NaN where it is not defined.
        measure: what `lines` count, with its unit.
        limit: what they must not pass; NaN where there is no limit.
        counts: the name among `lines` that keeps the account.
        truth: the name among `lines` that no bound but a look at the data gives.
        left: (t,) share of the budget that is left, in [0, 1]; empty where there is no budget.
        refilled: (t,) bool, the steps that were a retraining.
        shift: how far the means of unlearned and retrained lie apart at the end, in deviations of the noise.
        shift_before: the same for the original, from which nothing was deleted.
        auc: of the best attacker who must tell unlearned from retrained.
        auc_before: of the best attacker who must tell the original from retrained.
        allowed: how far apart the promise lets those means lie, in deviations of the noise.
        cap: what it lets that AUC be.
        reading: what that attacker computes from a model, in words.
        dots: (2, m, 2) float32, that reading for draws of the noise, in its deviations: of retrained models, of
            unlearned ones; the first axis is the direction of the shift.
        cloud: (t, k, p) float32, flat weights of what other draws of the noise would have given at each step.
    """

    epsilon: float
    delta: float
    promise: str
    account: str
    step: Int
    lines: Mapping[str, Numbers]
    measure: str
    limit: float
    counts: str
    truth: str
    left: Numbers
    refilled: Bool
    shift: float
    shift_before: float
    auc: float
    auc_before: float
    allowed: float
    cap: float
    reading: str
    dots: Float
    cloud: Float
