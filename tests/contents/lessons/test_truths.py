"""Truths, worked out by hand on a plane of four by four cells."""

import numpy as np
import pytest

from explorer.contents.lessons.shown import right_side
from explorer.contents.lessons.truths import area, at_points, truth_of
from explorer.records import PanelFrames, Plane, Scene

G = 4
LEFT = np.tile(np.array([0, 0, 1, 1]), G)  # class of each cell: the left half 0, the right half 1
LOWER = np.repeat(np.array([0, 0, 1, 1]), G)


def logits(classes: np.ndarray) -> np.ndarray:
    return np.stack([np.where(classes == 0, 2.0, -2.0), np.where(classes == 0, -2.0, 2.0)], axis=-1).astype(np.float32)


def panel(name: str, classes: np.ndarray, **more: object) -> PanelFrames:
    given = {"kind": "approximate", "accuracy": {"forget": np.array([1.0, 0.5])}, "cost": 0.25, **more}
    frames = np.stack([logits(LEFT), logits(classes)])
    return PanelFrames(name, name, step=np.arange(2), logits=frames, confidence=np.ones((2, 4)), **given)  # type: ignore[arg-type]


SCENE = Scene(
    plane=Plane(np.zeros(2, np.float32), np.full(2, 4, np.float32)), size=G,
    x=np.array([[0.5, 0.5], [3.5, 0.5], [0.5, 3.5], [3.5, 3.5]], np.float32), y=np.array([0, 1, 0, 1]),
    forget=np.array([1, 2]), names=("a", "b"), original=logits(LEFT), retrained=logits(LOWER)[None],
    paired=logits(LOWER), after_x=np.zeros((2, 2), np.float32), after_y=np.zeros(2, np.int64),
)  # fmt: skip
PANELS = {
    "retrained": panel("retrained", LOWER, kind="reference"), "near": panel("near", LOWER), "far": panel("far", LEFT)
}  # fmt: skip


def test_a_method_that_ends_as_retrained_is_nearest():
    assert (area(SCENE, logits(LOWER)), area(SCENE, logits(LEFT))) == (0.0, 0.5)
    assert truth_of("nearest", SCENE, PANELS) == ("near", "far")


def test_numbers_of_one_panel():
    assert truth_of("near.forget_right", SCENE, PANELS) == 1  # half of two points
    assert truth_of("near.work", SCENE, PANELS) == 25
    assert truth_of("near.name", SCENE, PANELS) == ("near",)


def test_points_whose_answer_changes_are_those_off_the_diagonal():
    assert truth_of("near.changed", SCENE, PANELS) == (1, 2)
    assert truth_of("far.changed", SCENE, PANELS) == ()


def test_logits_between_cells_are_bilinear():
    assert at_points(SCENE, logits(LEFT), np.array([[2.0, 1.0]]))[0].tolist() == [0.0, 0.0]
    assert at_points(SCENE, logits(LEFT), np.array([[0.1, 3.9]]))[0].tolist() == [2.0, -2.0]


@pytest.mark.parametrize("name", ["", "near", "near.nothing", "nobody.work", "nearest.work", "work"])
def test_what_is_no_truth_is_refused_with_what_there_is(name: str):
    with pytest.raises(ValueError, match="must be a panel"):
        truth_of(name, SCENE, PANELS)


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (((0.5, 0.0), (0.5, 1.0)), 1.0),
        (((0.5, 1.0), (0.5, 0.0)), 1.0),  # drawn the other way round
        (((0.5, 0.4), (0.5, 0.6)), 1.0),  # drawn on to the edges
        (((0.25, 0.0), (0.25, 1.0)), 0.75),
        (((0.0, 0.5), (1.0, 0.5)), 0.5),
    ],
)
def test_a_line_is_scored_by_the_share_on_the_right_side(path: tuple[tuple[float, float], ...], share: float):
    assert right_side(SCENE, path, LEFT).mean() == share
