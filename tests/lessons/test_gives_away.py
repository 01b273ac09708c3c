"""What *What deleting gives away* says of its pictures holds."""

from explorer.contents.lessons import shown as over
from explorer.contents.lessons.staged import Staged
from explorer.contents.lessons.truths import truth_of
from explorer.lessons import Guess, standing
from explorer.player import unpack
from explorer.spec.catalog import CATALOG
from tests.lessons._staged import place, shown, step_of

KEY = "gives_away"


def test_the_points_are_not_marked_until_they_were_guessed():
    found, step = shown(KEY, 0), step_of(KEY, 0, Guess)
    for answer, marked in ((None, 0), ((1, 2), 80)):
        packed = unpack(over.blob(place(KEY, 0, answer), standing(step, answer), found))
        assert len(packed.blocks["forget"]) == marked


def test_where_the_answer_changed_there_they_were():
    found = shown(KEY, 0)
    changed = set(over_changed(found))
    assert set(found.truth) == set(found.scene.forget.tolist()) and len(found.truth) == 80
    near = step_of(KEY, 0, Guess).kind.near
    assert len(changed & set(found.truth)) >= near * len(changed | set(found.truth)), "who draws round it is right"


def over_changed(found: Staged) -> tuple[int, ...]:
    return truth_of("retrained_changed", found.scene, found.panels)


def test_gradient_ascent_prints_the_point_and_fine_tuning_does_not():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    assert len(found.scene.forget) == 1 and step.kind.options[found.truth] == "Gradient ascent"
    assert "ghost less than .01" in found.panels["gradient_ascent"].note
    assert "ghost less" not in found.panels["fine_tune"].note
    assert {part.partition(".")[0] for part in CATALOG.methods["gradient_ascent"].reads} == {"forget"}
    assert {part.partition(".")[0] for part in CATALOG.methods["fine_tune"].reads} == {"retain"}


def test_the_print_is_not_on_screen_while_it_is_asked_about():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    header = unpack(over.blob(place(KEY, 2), standing(step, None), found)).header
    assert header["look"]["step"] == 0 and not any(panel["note"] for panel in header["panels"])
    assert all(one.since > 0 for panel in found.panels.values() for one in panel.helpers)
