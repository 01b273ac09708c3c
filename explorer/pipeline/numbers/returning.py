"""Let models go on with the retain set and watch whether what was forgotten comes back by itself.

The steps are those of audits/_relearn.py, on the retain set: full batches, a constant rate, no randomness. CaMU's
authors ask the same with one epoch of Adam; batch, rate and length are ours.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from explorer import metrics
from explorer.audits import relearn
from explorer.pipeline.numbers.scores import RELEARN_RATE
from explorer.pipeline.paths import path
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.points import examples_of, network_of
from explorer.recording import evaluate


def returning(run: Run) -> dict[str, NDArray[np.float64]]:
    """Return forget accuracy (k, t) at steps 0, 1, ... of going on with the retain set, by role.

    Args:
        run: the run on points, with a method whose last model has the Spec's own network.

    Returns:
        "original" (1, t), "unlearned" (1, t), "retrained" (seeds, t).
    """
    data, sets, known, trajectory = run.data, run.sets, run.references, path(run)
    assert trajectory.weights is not None
    points = examples_of(data, sets.before)
    kept, gone = torch.from_numpy(sets.retain), torch.from_numpy(sets.forget)
    weights = np.concatenate([known.originals[:1], trajectory.weights[-1:], known.retrained])
    network = network_of(run.spec, data, weights[0])
    ways = relearn(network, torch.from_numpy(weights), points.x[kept], points.y[kept], rate=RELEARN_RATE).numpy()
    y = sets.before.y[sets.forget]
    back = np.stack([np.asarray(metrics.accuracy(evaluate(network, way, points.x[gone]), y)) for way in ways])
    return {"original": back[:1], "unlearned": back[1:2], "retrained": back[2:]}
