"""The picture of a view, piece by piece, and the bytes that the player gets of it."""

import numpy as np
import pytest

from explorer.contents.picture import Picture, blob, panel_names, pictures
from explorer.figures.numerals import number, span
from explorer.player import unpack
from explorer.session.desk import Here, silent
from explorer.spec import Spec
from explorer.view import View, parse_panel
from tests._claims import memo

SMALL = {"data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2}, "method": None}
VIEW = View(
    Spec.parse(SMALL),
    tuple(
        parse_panel(panel)
        for panel in ({"method": "retrained"}, {"method": "unsir"}, {"method": "fine_tune", "knobs": {"steps": 4}})
    ),
)
REFUSED, RAN = "1:unsir", "2:fine_tune"


@pytest.fixture(scope="module")
def picture() -> Picture:
    *_, last = pictures(VIEW, Here(memo), silent)
    return last


def test_a_method_that_cannot_answer_stands_still_says_why_and_has_no_numbers(picture: Picture):
    panel = picture.panels[REFUSED]
    assert panel.refused and panel.trouble.startswith("UNSIR answers requests for a whole class")
    assert panel.title == "UNSIR" and panel.kind == "approximate" and panel.accuracy == {}
    assert picture.scene is not None
    np.testing.assert_array_equal(panel.logits[0], picture.scene.original)
    assert list(picture.numbers) == [RAN] and picture.complete


def test_no_other_panel_is_refused(picture: Picture):
    assert [name for name, panel in picture.panels.items() if panel.refused] == [REFUSED]


def test_the_player_is_sent_the_sentence_as_it_is_and_that_there_is_no_picture(picture: Picture):
    panels = {panel["name"]: panel for panel in unpack(blob(picture, VIEW)).header["panels"]}
    assert tuple(panels) == panel_names(VIEW)
    assert panels[REFUSED]["trouble"] == picture.panels[REFUSED].trouble
    assert panels[REFUSED]["trouble"].isprintable()
    assert [name for name, panel in panels.items() if panel["refused"]] == [REFUSED]


def test_at_its_end_a_panel_has_the_numbers_of_the_table(picture: Picture):
    header = unpack(blob(picture, VIEW)).header
    panels, numbers = {panel["name"]: panel for panel in header["panels"]}, picture.numbers[RAN]
    for name in ("forget", "retain", "test"):
        own, goal = numbers.accuracy["unlearned"][name], numbers.accuracy["retrained"][name]
        assert panels[RAN]["accuracy"][name][-1] == number(own.values[0])
        assert panels["0:retrained"]["accuracy"][name] == [number(goal.values[0])]  # the first of the models
        assert header["goals"][name] == {"mean": number(goal.mean), "range": span(goal.low, goal.high)}
    spent = numbers.example_gradients
    assert panels[RAN]["cost"] == number((spent["unlearn"] + spent["prepare"]) / spent["retrain"])
    assert panels["0:retrained"]["cost"] == "" and panels["0:retrained"]["several"] == 2


def test_panels_of_the_picture_before_stand_in_for_those_still_computed(picture: Picture):
    first = next(pictures(VIEW, Here(memo), silent))
    assert list(first.panels) == ["0:retrained"] and not first.ready(VIEW)
    header = unpack(blob(first, VIEW, picture)).header
    assert [panel["name"] for panel in header["panels"]] == list(panel_names(VIEW))
    other = Picture("another scene", picture.scene, panels=picture.panels)
    assert [panel["name"] for panel in unpack(blob(first, VIEW, other)).header["panels"]] == ["0:retrained"]
    assert header["look"]["expected"] == [
        ["0:retrained", "Retrained"], ["1:unsir", "UNSIR"], ["2:fine_tune", "Fine-tuning"],
    ]  # fmt: skip
