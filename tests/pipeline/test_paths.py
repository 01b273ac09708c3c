"""The boundary of each model of a vote reaches the picture."""

import numpy as np
import pytest
import torch

from explorer import pipeline
from explorer.methods.sisa import affected
from explorer.metrics import log_softmax
from explorer.pipeline.paths import evaluate, members, start_of
from explorer.player import pack, unpack
from explorer.player.frames import quantise
from explorer.records import PanelFrames, Plane
from explorer.spec import Spec

SISA = Spec.parse(
    {
        "data": {"name": "moons", "n": 60},
        "request": {"choose": "points", "index": [3]},
        "training": {"steps": 30},
        "evaluation": {"retrained_seeds": 2},
        "method": {"name": "sisa", "knobs": {"shards": 3, "slices": 2, "steps": 8}},
    }
)
_known: dict = {}


def memo(key, thunk):
    if key not in _known:
        _known[key] = thunk()
    return _known[key]


def test_the_vote_of_the_members_is_the_panel_s_model():
    run = pipeline.path(pipeline.Run(SISA, memo))
    x = Plane.around(pipeline.Run(SISA, memo).data.train.x).grid(8)
    each = members(pipeline.Run(SISA, memo), run, run.keyframe, x)
    assert each is not None and each.shape == (3, run.keyframe.sum(), 64, 2)
    mean = np.exp(log_softmax(each)).mean(axis=0)
    np.testing.assert_allclose(np.log(mean), evaluate(pipeline.Run(SISA, memo), run, run.keyframe, x), atol=1e-5)


def test_where_one_point_goes_one_member_moves():
    run = pipeline.Run(SISA, memo)
    shown = pipeline.panel(run)
    assert shown.members is not None and shown.members.shape == (len(shown.step), 3, 32 * 32, 2)
    state = start_of(run, 0).prepared[0].state  # type: ignore[index]
    ((shard, _),) = affected(state.slice_of, torch.tensor([3]))
    moved = np.abs(shown.members[-1] - shown.members[0]).max(axis=(1, 2)) > 1e-6
    assert np.flatnonzero(moved).tolist() == [shard]


def test_a_method_of_one_model_has_no_members():
    spec = SISA.with_part(method={"name": "fine_tune", "knobs": {"steps": 3}})
    assert pipeline.panel(pipeline.Run(spec, memo)).members is None


def test_members_are_sent_member_by_member():
    run = pipeline.Run(SISA, memo)
    scene, shown = pipeline.scene(run), pipeline.panel(run)
    assert shown.members is not None
    sent = unpack(pack(scene, [shown])).blocks["sisa/members"]
    assert sent.shape == (3, len(shown.step), 1, 32 * 32)
    np.testing.assert_array_equal(sent[1, -1], quantise(shown.members[-1, 1]))


@pytest.mark.parametrize("wrong", ["keyframes", "cells", "classes", "numbers"])
def test_members_that_do_not_fit_are_refused(wrong: str):
    run = pipeline.Run(SISA, memo)
    shown = pipeline.panel(run)
    each = shown.members
    assert each is not None
    spoilt = {
        "keyframes": each[1:], "cells": each[:, :, 1:], "classes": each[..., :1], "numbers": np.full_like(each, np.nan),
    }[wrong]  # fmt: skip
    panel = PanelFrames(**{**shown.__dict__, "members": spoilt})
    with pytest.raises(ValueError, match="panel sisa: members must be"):
        pack(pipeline.scene(run), [panel])
