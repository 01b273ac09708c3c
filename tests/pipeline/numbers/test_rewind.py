from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from explorer import pipeline
from explorer.spec import Spec


def test_a_path_is_stopped_where_it_errs_on_forgotten_points_as_on_unseen_ones():
    spec = Spec.parse(
        {
            "data": {"n": 60},
            "model": {"widths": [8]},
            "training": {"steps": 60},
            "request": {"choose": "random", "fraction": 0.2, "label": 1},
            "method": {"name": "fine_tune", "knobs": {"steps": 4}},
            "evaluation": {"retrained_seeds": 2},
        }
    )
    made, have, run = pipeline.Run(spec).sets, pipeline.Run(spec).data, pipeline.path(pipeline.Run(spec))
    m = len(made.forget)
    # Of the forgotten points all, half, none, a quarter of them are right; of unseen ones of class 1 always half.
    rights = [m, m // 2, 0, m // 4]
    logits = np.zeros((4, run.logits.shape[1], 2), dtype=np.float32)
    unseen = 60 + np.flatnonzero(have.test.y == 1)
    logits[:, unseen[::2], 1] = 1.0
    for step, right in enumerate(rights):
        logits[step, made.forget[:right], 1] = 1.0
    made_up = replace(run, step=np.arange(4), logits=logits, keyframe=np.ones(4, dtype=bool))

    def memo(key: str, thunk: Any, /) -> Any:
        return made_up if key.startswith("path-") else thunk()

    found = pipeline.rewind(pipeline.Run(spec, memo))
    assert found.unseen == 1
    target = pipeline.retrained_accuracy(pipeline.Run(spec))["forget"].mean
    assert found.retrained == int(np.argmin([abs(right / m - target) for right in rights]))
