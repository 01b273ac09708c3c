from typing import Any

import numpy as np
import pytest

from explorer.figures.layout import alt_text
from explorer.figures.relearn_forget import relearn_forget
from explorer.figures.theme import COLOURS, DASHES, MODES
from tests.figures._read import layout

CURVES = {
    "original": np.array([[0.9, 1.0, 1.0]]),
    "unlearned": np.array([[0.5, 0.9, 1.0]]),
    "retrained": np.array([[0.2, 0.4, 0.6], [0.4, 0.6, 1.0]]),
}


def drawn(mode: Any = "light") -> dict[str, Any]:
    figure: Any = relearn_forget(CURVES, title="JiT", within=0.05, mode=mode)
    return {trace.name: trace for trace in figure.data if trace.name}


@pytest.mark.parametrize("mode", MODES)
def test_each_model_has_the_colour_and_the_dash_of_its_role(mode: Any):
    for role, name in (("original", "Original"), ("unlearned", "JiT"), ("retrained", "Retrained: mean")):
        line = drawn(mode)[name].line
        assert (line.color, line.dash) == (COLOURS[mode].models[role], DASHES[role])


def test_the_curves_are_those_given_and_retrained_s_band_is_its_range():
    np.testing.assert_array_equal(drawn()["JiT"].y, [0.5, 0.9, 1.0])
    np.testing.assert_allclose(drawn()["Retrained: mean"].y, [0.3, 0.5, 0.8])
    band: Any = relearn_forget(CURVES, title="JiT", within=0.05).data[:2]
    np.testing.assert_array_equal([trace.y for trace in band], [[0.2, 0.4, 0.6], [0.4, 0.6, 1.0]])
    assert band[1].fill == "tonexty"


def test_a_line_stands_where_the_points_count_as_known_again():
    np.testing.assert_allclose(drawn()["Known again"].y, [0.85, 0.85])
    notes = layout(relearn_forget(CURVES, title="JiT", within=0.05)).annotations
    assert [note.text for note in notes] == ["known again: within .05 of the original"]


def test_axes_have_names_and_show_every_value():
    made = layout(relearn_forget(CURVES, title="JiT", within=0.05))
    assert made.xaxis.title.text and "share" in made.yaxis.title.text
    assert made.yaxis.range[0] < 0.2 and made.yaxis.range[1] > 1


def test_the_alt_text_says_where_the_curves_begin_and_end():
    said = alt_text(relearn_forget(CURVES, title="JiT", within=0.05))
    assert "2 steps" in said and "JiT goes from 0.5 to 1" in said and "between 0.2 and 0.4" in said
