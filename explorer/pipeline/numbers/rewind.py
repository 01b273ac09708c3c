"""Find the step of a path at which a method should have stopped: SCRUB's rewinding, for every method.

A method that goes on too long makes errors on the forgotten points that nobody makes who never saw them. Rewinding
goes back to the step whose forget accuracy is nearest to the accuracy on unseen points of the same kind: no oracle is
needed, only points that nobody trained on. The same with retrained's forget accuracy is an oracle: whoever could ask
it need not unlearn.

Source: Kurmanji et al., Towards Unbounded Machine Unlearning, 2023, arXiv:2302.09880 (SCRUB+R), there with the error on
validation points of the forgotten classes under the last model; here under the model at each step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer import metrics
from explorer.pipeline.paths import path
from explorer.pipeline.references import retrained_accuracy
from explorer.pipeline.run import Run


@dataclass(frozen=True)
class Rewind:
    """Where a path would be stopped; both are places in the path's list of recorded steps (not the step's own number).

    Attributes:
        unseen: where forget accuracy is nearest to that on unseen points of the same classes, under the same model;
            None where there are no such points.
        retrained: where it is nearest to the retrained models' mean (an oracle).
    """

    unseen: int | None
    retrained: int


def rewind(run: Run) -> Rewind:
    """Return the places at which the path of the model on screen would be stopped; the earliest on a tie."""
    data, sets, trajectory = run.data, run.sets, path(run)
    y, n = sets.after.y[sets.forget], len(sets.before)
    alike = np.flatnonzero(np.isin(data.test.y, y))
    forget = np.asarray(metrics.accuracy(trajectory.logits[:, sets.forget], y))
    target = retrained_accuracy(run)["forget"].mean
    oracle = int(np.argmin(np.abs(forget - target)))
    if len(alike) == 0:
        return Rewind(None, oracle)
    unseen = np.asarray(metrics.accuracy(trajectory.logits[:, n + alike], data.test.y[alike]))
    return Rewind(int(np.argmin(np.abs(forget - unseen))), oracle)
