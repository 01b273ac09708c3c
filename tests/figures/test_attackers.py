"""What the figures of the quiz draw: every attacker at its rates with its arms, and the point in the middle."""

import numpy as np
import pytest

from explorer.figures.attackers import Attacker, attackers
from explorer.figures.closeup import EDGE, LEFT, SIDE, closeup
from explorer.figures.layout import alt_text
from explorer.figures.sheet import Words
from explorer.figures.theme import COLOURS, MODES, class_colour
from explorer.records import Plane

YOU = Attacker("You", (0.4, 0.12, 0.74), (0.7, 0.35, 0.93), own=True)
LOSS = Attacker("Loss", (0.2, 0.03, 0.56), (0.5, 0.19, 0.81), (np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.5, 1.0])))


def test_each_attacker_stands_at_its_rates_and_only_yours_has_arms():
    figure = attackers([YOU, LOSS], members=10, others=10)
    dots = {one.name: one for one in figure.data if one.mode == "markers"}  # type: ignore[attr-defined]
    assert (dots["You"].x[0], dots["You"].y[0]) == (0.4, 0.7) and (dots["Loss"].x[0], dots["Loss"].y[0]) == (0.2, 0.5)
    assert dots["You"].error_y.visible and not dots["Loss"].error_y.visible
    np.testing.assert_allclose([dots["You"].error_y.array[0], dots["You"].error_y.arrayminus[0]], [0.23, 0.35])


def test_the_alt_text_says_what_each_reached():
    said = alt_text(attackers([YOU, LOSS], members=10, others=10))
    assert "You found 0.7 at 0.4 false ones" in said and "10 members and 10 others" in said


@pytest.mark.parametrize("mode", MODES)
def test_the_point_lies_in_the_middle_of_its_close_up_in_the_colour_of_its_label(mode):
    plane = Plane(np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0], np.float32))
    logits = np.stack([np.ones(16), np.zeros(16)], axis=1).astype(np.float32)
    drawn = closeup(plane, logits, np.array([2.0, 3.0], np.float32), 1, ("a", "b"), "what it says", mode)
    marks = [one for one in drawn.marks if getattr(one, "fill", "") == class_colour(1, mode)]
    middle = marks[-1].points.mean(axis=0)  # type: ignore[union-attr]
    np.testing.assert_allclose(middle, [LEFT + SIDE / 2, EDGE + SIDE / 2], atol=1)
    assert drawn.alt == "what it says"
    assert {one.colour for one in drawn.marks if isinstance(one, Words)} == {COLOURS[mode].muted}
