"""What a panel says of its model: accuracies at every keyframe, its cost, and why nothing moves."""

import numpy as np
import pytest

from explorer import pipeline
from explorer.pipeline.numbers.unmoved import share_moved
from explorer.spec import Spec
from tests._claims import memo

SMALL = {"data": {"n": 80}, "training": {"steps": 80}, "evaluation": {"retrained_seeds": 2}}


def run(method: str, knobs: dict[str, object] | None = None, **more: object) -> pipeline.Run:
    return pipeline.Run(Spec.parse({**SMALL, "method": {"name": method, "knobs": knobs or {}}, **more}), memo)


def test_a_panel_has_the_accuracies_of_every_keyframe():
    asked = run("gradient_ascent", {"steps": 6})
    panel, curves = pipeline.panel(asked), pipeline.curves(asked)
    at = np.searchsorted(curves["step"], panel.step)
    for name in ("forget", "retain", "test"):
        np.testing.assert_array_equal(panel.accuracy[name], curves[name][at])
    original = pipeline.reference_panel(asked, "original")
    assert {name: values[0] for name, values in panel.accuracy.items()} == {
        name: values[0] for name, values in original.accuracy.items()
    }


@pytest.mark.parametrize("kind", ["correct_labels", "erase_feature"])
def test_caption_band_and_table_of_a_correction_measure_the_same(kind: str):
    asked = run(
        "dui", {"steps": 3}, request={"kind": kind, "choose": "cluster", **({"flip": 1.0} if "l" in kind else {})}
    )
    scene, table = pipeline.scene(asked), pipeline.compare(asked, spread=False).accuracy
    for role in ("original", "retrained"):
        shown = pipeline.reference_panel(asked, role).accuracy
        assert {name: values[0] for name, values in shown.items()} == {
            name: table[role][name].values[0] for name in shown
        }
    assert scene.goals == table["retrained"]
    assert {name: values[-1] for name, values in pipeline.panel(asked).accuracy.items()} == {
        name: band.values[0] for name, band in table["unlearned"].items()
    }


def test_corrected_rows_are_judged_by_their_right_labels():
    asked = run("dui", {"steps": 3}, request={"kind": "correct_labels", "choose": "cluster", "flip": 1.0})
    original, retrained = (pipeline.reference_panel(asked, role) for role in ("original", "retrained"))
    assert original.accuracy["forget"][0] < 0.3 < 0.7 < retrained.accuracy["forget"][0]  # who learnt the wrong labels
    forget = asked.sets.forget
    assert original.confidence[0, forget].mean() < 0.5 < retrained.confidence[0, forget].mean()


@pytest.mark.parametrize(
    ("method", "knobs", "why"),
    [
        ("fine_tune", {"steps": 0}, "Steps 0 switches the method off."),
        ("jit", {"sigma": 0.0}, "With noise 0 every noisy copy is its point, so there is no loss to follow."),
        ("ssd", {"alpha": 1e6}, "Selection 1e+06 switches the method off."),
    ],
)
def test_a_boundary_that_stands_still_says_why(method: str, knobs: dict[str, object], why: str):
    panel = pipeline.panel(run(method, knobs))
    assert panel.unmoved.startswith("Nothing moves (retraining: ") and panel.unmoved.endswith(why)


def test_a_boundary_that_moves_says_nothing():
    assert pipeline.panel(run("gradient_ascent")).unmoved == ""


def test_hardly_is_less_than_a_fifth_of_what_retraining_moves():
    cells = np.zeros((3, 10, 2), np.float32)
    cells[..., 0] = 1
    cells[1, :2] = [0, 1]  # two of ten on the way
    assert share_moved(cells) == 0.2


def test_the_paired_model_is_not_called_the_first_of_the_retrained():
    few = run("fine_tune", request={"choose": "points", "index": [1, 2]})
    many = run("fine_tune")
    assert [pipeline.reference_panel(one, "retrained").several for one in (few, many)] == [0, 2]
    assert pipeline.reference_panel(few, "retrained").title == "Retrained (paired)"
