"""The account of a certified method in a run, and what the picture draws of it."""

from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.pipeline.numbers.certificate import CLOUD_CELLS, LOOKED
from explorer.spec import Spec, SpecError

BASE: dict[str, Any] = {
    "data": {"n": 60}, "model": {"widths": []}, "training": {"steps": 20}, "evaluation": {"retrained_seeds": 2},
}  # fmt: skip


def run(method: str, request: dict[str, Any] | None = None, **knobs: Any) -> pipeline.Run:
    kept: dict[str, Any] = {}

    def memo(key: str, thunk: Any) -> Any:
        if key not in kept:
            kept[key] = thunk()
        return kept[key]

    spec = Spec.parse({**BASE, "request": request or {}, "method": {"name": method, "knobs": knobs}})
    return pipeline.Run(spec, memo)


@pytest.mark.parametrize("method", ["certified_removal", "descent_to_delete"])
def test_the_panel_has_the_promise_and_a_line_for_each_draw(method: str):
    asked = run(method)
    frames, found = pipeline.panel(asked), pipeline.certificate(asked)
    deletions = len(asked.sets.forget)
    assert frames.kind == "certified" and frames.step[-1] == deletions == found.step[-1]
    assert frames.members is not None
    assert frames.members.shape == (len(frames.step), found.cloud.shape[1], CLOUD_CELLS**2, 2)
    said = frames.note + frames.unmoved
    assert "epsilon 1, delta 0.0001" in said.lower() and LOOKED not in said and "exact" not in said


def test_the_cloud_is_what_the_weights_of_the_account_say():
    asked = run("certified_removal")
    frames, found = pipeline.panel(asked), pipeline.certificate(asked)
    plane = pipeline.scene(asked).plane.grid(CLOUD_CELLS)
    x = asked.data.space.standardise(plane)
    for k in (0, -1):
        weight, bias = found.cloud[frames.step[k], 3, :4].reshape(2, 2), found.cloud[frames.step[k], 3, 4:]
        assert frames.members is not None
        np.testing.assert_allclose(frames.members[k, 3], x @ weight.T + bias, atol=1e-4)


def test_the_path_ends_where_the_account_does():
    # Without noise every draw gives the same model: that of retraining, but for what a Newton step leaves of it.
    asked = run("certified_removal", noise=0.01)
    end, found = pipeline.path(asked).weights, pipeline.certificate(asked)
    assert end is not None
    np.testing.assert_allclose(end[-1], found.cloud[-1].mean(axis=0), atol=0.2)


def test_only_a_budget_has_a_gauge():
    spent = pipeline.panel(run("certified_removal", noise=0.1)).gauge
    assert spent is not None and spent[0].tolist() == pytest.approx([0, 1]) and (np.diff(spent[:, 1]) > 0).any()
    assert pipeline.panel(run("descent_to_delete")).gauge is None
    assert pipeline.panel(run("fine_tune")).gauge is None


def test_one_deletion_is_a_jump_whose_gauge_ends_with_it():
    asked = run("certified_removal", {"choose": "points", "index": [3]})
    frames = pipeline.panel(asked)
    assert frames.straight and frames.gauge is not None
    assert frames.gauge[:, 0].tolist() == [0, frames.step[-1]]
    assert frames.members is not None and len(frames.members) == len(frames.step)


@pytest.mark.parametrize(
    ("request_", "looked"),
    [
        ({"choose": "points", "index": [3, 4]}, True),
        ({"choose": "boundary", "fraction": 0.1}, True),
        ({"choose": "memorised", "fraction": 0.1}, True),
        ({"choose": "random", "fraction": 0.1}, False),
        ({"choose": "class", "label": 0}, False),
    ],
)
def test_points_chosen_by_looking_at_the_model_are_not_covered(request_: dict[str, Any], looked: bool):
    asked = run("certified_removal", request_)
    assert pipeline.by_looking(asked.spec) == looked
    frames = pipeline.panel(asked)
    assert (LOOKED in frames.note) == looked


def test_what_gives_no_certificate_is_refused():
    with pytest.raises(ValueError, match=r"`method\.name` must be a certified method, got fine_tune"):
        pipeline.certificate(run("fine_tune"))
    network = run("certified_removal").spec.with_part(model={"widths": [8]})
    with pytest.raises(SpecError, match=r"answers for the linear model \(`model\.widths` \[\]\)"):
        pipeline.certificate(pipeline.Run(network))


def test_other_weights_have_no_distance_to_the_retrained_ones():
    assert np.isnan(pipeline.scores(run("certified_removal")).to_retrained["weight_distance"].mean)
