"""The cloud of features: three panels, of which the middle one moves."""

from typing import Any

import numpy as np
import pytest

from explorer.figures.cloud import ORDER, Probed, cloud
from explorer.figures.layout import alt_text
from explorer.figures.theme import COLOURS, class_colour, class_symbol

SETS = {"forget": slice(0, 2), "retain": slice(2, 5), "test": slice(5, 6)}
PROBED = Probed(np.array([1, 0, 0, 1, 2, 2]), ("cat", "dog", "ship"), SETS)
ORIGINAL = np.zeros((6, 2))
PATH = np.stack([ORIGINAL, ORIGINAL + np.array([3, 4])])


def made(**more: Any) -> Any:  # plotly makes the attributes of its figures at run time
    return cloud(ORIGINAL, PATH, [0, 7], ORIGINAL + np.array([0, 2]), PROBED, title="JiT", **more)


def test_each_panel_has_the_three_sets_and_a_frame_for_every_step():
    figure = made()
    assert [trace.name for trace in figure.data[:9]] == list(ORDER) * 3
    assert [frame.traces for frame in figure.frames] == [(3, 4, 5)] * 2
    forget = ORDER.index("forget")
    assert list(figure.frames[0].data[forget].x) == [0, 0] and list(figure.frames[1].data[forget].y) == [4, 4]


def test_the_figure_opens_at_the_last_step_and_its_slider_says_so():
    figure = made()
    assert list(figure.data[3].x) == [3, 3, 3]  # retain, in the middle
    slider = figure.to_plotly_json()["layout"]["sliders"][0]
    assert slider["active"] == 1 and [step["label"] for step in slider["steps"]] == ["0", "7"]
    (straight,) = made(straight=True).to_plotly_json()["layout"]["sliders"]
    assert [step["label"] for step in straight["steps"]] == ["0 %", "100 %"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_forgotten_images_are_ringed_and_classes_differ_in_colour_and_shape(mode):
    figure = made(mode=mode)
    forget = figure.data[ORDER.index("forget")]
    assert forget.marker.line.color == COLOURS[mode].sets["forget"]
    assert list(forget.marker.color) == [class_colour(1, mode), class_colour(0, mode)]
    assert list(forget.marker.symbol) == [class_symbol(1), class_symbol(0)]
    named = [trace.name for trace in figure.data[9:]]
    assert named[:3] == ["cat", "dog", "ship"] and any("forgotten" in name for name in named)


def test_the_text_says_how_far_the_forgotten_images_moved():
    assert "move by 5 on average; retrained has them 2 away" in alt_text(made())


def test_a_path_without_its_steps_is_refused():
    with pytest.raises(ValueError, match="one cloud a step"):
        cloud(ORIGINAL, PATH, [0], ORIGINAL, PROBED, title="x")
