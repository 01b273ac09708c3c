import numpy as np

from explorer.figures.layout import alt_text
from explorer.figures.roc import Line, roc
from explorer.metrics.roc import auc
from explorer.metrics.roc import roc as curve
from tests.figures._read import layout


def line(role, shift, seed=0):
    rng = np.random.default_rng(seed)
    member = np.arange(250) < 50
    score = rng.normal(size=250) + shift * member
    found = curve(score, member)
    return Line(role, role, found.fpr, found.tpr, auc(score, member))


FIGURE = roc([line("original", 2.0), line("retrained", 0.0), line("retrained", 0.1, 1)], others=200, members=50)


def test_both_axes_are_logarithmic_and_reach_down_to_what_can_be_seen():
    assert (layout(FIGURE).xaxis.type, layout(FIGURE).yaxis.type) == ("log", "log")
    np.testing.assert_allclose(layout(FIGURE).xaxis.range, [np.log10(0.5 / 200), 0])
    np.testing.assert_allclose(layout(FIGURE).yaxis.range, [np.log10(0.5 / 50), 0])


def test_no_rate_of_0_is_lost_on_a_logarithmic_axis():
    for trace in FIGURE.data:
        assert min(trace.x) > 0
        assert min(trace.y) > 0


def test_the_diagonal_of_a_blind_attacker_is_drawn():
    assert FIGURE.data[0].name == "cannot tell"
    assert list(FIGURE.data[0].x) == list(FIGURE.data[0].y)


def test_the_axes_say_how_many_points_were_judged():
    assert "200 unseen" in layout(FIGURE).xaxis.title.text
    assert "50 forgotten" in layout(FIGURE).yaxis.title.text


def test_roles_differ_in_dash_and_the_alt_text_has_the_aucs():
    assert FIGURE.data[1].line.dash != FIGURE.data[2].line.dash
    assert f"original AUC {line('original', 2.0).auc:.3g}" in alt_text(FIGURE)
