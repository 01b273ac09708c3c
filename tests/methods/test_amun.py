"""AMUN: neighbours behind a known boundary, and a step worked out by hand."""

import torch

from explorer.methods.amun import METHOD, Knobs
from tests.methods._hand import linear, request
from tests.methods._paths import heads, prepared

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
ASKED = request(forget=[((0.5, 0.3), 0), ((1.0, -0.3), 0)], retain=[((-1, 0), 1)] * 3)


def test_neighbours_lie_just_behind_the_boundary_under_the_wrong_class():
    ready = prepared(METHOD, SPLIT, ASKED, Knobs())
    assert ready.state.y.tolist() == [1, 1]
    assert ((ready.state.x[:, 0] <= 0) & (ready.state.x[:, 0] > -0.01)).all()
    assert torch.allclose(ready.state.x[:, 1], torch.tensor([0.3, -0.3]))
    (points,) = ready.helpers
    assert points.origin.tolist() == [0, 1]


def test_a_point_without_a_neighbour_is_left_out_and_counted():
    # Everything is class 0 and the slope is tiny: within the space (diameter 2 sqrt 2) nothing else is found.
    always = linear([[0.001, 0], [0, 0]], [9, 0])
    ready = prepared(METHOD, always, ASKED, Knobs())
    assert len(ready.state.y) == 0
    assert "0 of 2" in ready.helpers[0].kind


def test_step_teaches_neighbours_as_what_the_original_calls_them():
    # Both neighbours are on the boundary, so both classes are as likely there: the bias moves by Adam's lr.
    knobs = Knobs(retain=False, lr=0.1, epochs=1)
    _, bias = heads(METHOD, SPLIT, ASKED, knobs)[0]
    assert torch.allclose(bias, torch.tensor([-0.1, 0.1]), atol=1e-4)


def test_knobs_say_which_sets_are_mixed_in():
    def steps(forget: bool, retain: bool) -> int:
        return len(heads(METHOD, SPLIT, ASKED, Knobs(batch=1, epochs=1, forget=forget, retain=retain)))

    assert [steps(False, False), steps(True, False), steps(False, True), steps(True, True)] == [2, 4, 5, 7]
