"""A guess of a lesson put to a class: what phones get gives nothing away, and what was guessed is counted as said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer.contents.lessons import asked, shown
from explorer.contents.lessons.staged import Staged
from explorer.lessons import Choice, Guess, Line, Number, Order, Place, Points, lessons, standing
from explorer.player import unpack
from explorer.records import Plane
from tests.lessons._staged import place, step_of
from tests.lessons._staged import shown as computed

#: A guess of each kind, from the lessons that ship.
OF = {
    Choice: ("never_saw", 1), Number: ("right_anyway", 0), Points: ("right_anyway", 2), Line: ("gap_or_inside", 1),
    Order: ("what_it_reads", 1),
}  # fmt: skip


def at(kind: type[Any]) -> tuple[Place, Guess, Staged]:
    key, number = OF[kind]
    step = step_of(key, number, Guess)
    assert isinstance(step.kind, kind)
    return place(key, number), step, computed(key, number)


def question(kind: type[Any]) -> asked.Question:
    there, step, found = at(kind)
    return asked.question_of(there, standing(step, None), found)


def marks(kind: type[Any], *texts: str) -> dict[str, Any]:
    _, step, found = at(kind)
    named = {panel.name: f"{k}:{panel.name}" for k, panel in enumerate(step.picture.panels)}
    return asked.marks(step, tally(kind, *texts), found, named)


def tally(kind: type[Any], *texts: str) -> asked.Tally:
    asking = question(kind)
    return asked.tallied(asking, tuple(asking.read(text) for text in texts), at(kind)[2])


def said(kind: type[Any], *texts: str) -> str:
    _, step, found = at(kind)
    return asked.summary(step, tally(kind, *texts), found)


@pytest.mark.parametrize("kind", OF, ids=lambda kind: kind.__name__)
def test_every_kind_is_asked_under_the_key_of_its_step(kind: type[Any]):
    key, number = OF[kind]
    made = question(kind)
    assert made.key == f"{key}:{number}" and made.ask == step_of(key, number, Guess).ask
    assert bool(made.picture) == (kind in (Points, Line))


@pytest.mark.parametrize("kind", [Points, Line], ids=lambda kind: kind.__name__)
def test_the_picture_on_a_phone_shows_the_original_and_nothing_that_comes_after(kind: type[Any]):
    _, _, found = at(kind)
    blob = unpack(question(kind).picture)
    overlay = blob.header["overlay"]
    assert overlay["locked"] and overlay["ask"] and overlay["marks"] == {}
    assert [panel["step"] for panel in blob.header["panels"]] == [[0]]
    assert blob.header["look"]["layers"] == ["confidence", "boundary"]
    name = blob.header["panels"][0]["name"]
    for grid in (blob.blocks["retrained"][0], blob.blocks["paired"], blob.blocks[f"{name}/grids"][0]):
        assert np.array_equal(grid, blob.blocks["original"])
    assert "right" not in blob.blocks and blob.header["goals"] == {}
    assert not np.array_equal(found.scene.paired.argmax(-1), found.scene.original.argmax(-1))  # there was something


def test_a_row_that_the_picture_does_not_have_is_no_guess():
    with pytest.raises(ValueError, match="must lie in"):
        question(Points).read("400")
    assert question(Points).read("399") == (399,)


def test_a_choice_frames_the_truth_and_says_how_many_chose_each():
    panels = {mark["panel"]: mark for mark in marks(Choice, "1", "1", "0")["panels"]}
    assert panels["1:retrained"]["text"] == "the answer: 2 of 3" and not panels["1:retrained"]["bare"]
    assert [panels[name]["text"] for name in ("0:fine_tune", "2:gradient_ascent")] == ["1 of 3", "0 of 3"]
    _, step, found = at(Choice)
    bars = asked.bars(step, step.picture, tally(Choice, "1", "1", "0"), found.truth)
    assert [(bar.title, bar.count, bar.right) for bar in bars] == [("A", 1, False), ("B", 2, True), ("C", 0, False)]
    assert said(Choice, "1", "1", "0") == "3 have guessed, 2 of them rightly."


def test_numbers_stand_as_bars_on_the_scale_of_the_truth():
    scale = marks(Number, "40", "70", "72")["scale"]
    assert (scale["guess"], scale["truth"], scale["people"]) == (None, 75, 3)
    assert [bin for bin in scale["bins"] if bin[2]] == [[39.5, 44.5, 1], [69.5, 74.5, 2]]
    assert said(Number, "40", "70", "72") == "3 have guessed: median 70; 2 of them within 5 of the truth."


def test_points_are_counted_beside_those_that_change():
    votes = marks(Points, "1.2", "2.3")["votes"]
    size = at(Points)[2].scene.size
    assert (votes["most"], votes["people"], votes["size"], len(votes["cells"])) == (2, 2, size, size * size)
    assert 0 < max(votes["cells"]) <= 2 and min(votes["cells"]) == 0
    assert len(votes["truth"]) == 74
    all_of_them = ".".join(map(str, votes["truth"]))
    assert said(Points, all_of_them) == "1 has guessed: the median guess holds 74 of the 74 points that change."


def test_a_cell_is_as_full_as_the_points_around_it_were_chosen():
    plane = Plane(np.zeros(2, np.float32), np.ones(2, np.float32))
    scene = replace(at(Points)[2].scene, plane=plane, size=4, x=plane.grid(4)[[0, 15]].astype(np.float32))
    cells = asked.around(scene, np.array([3, 1]))
    assert cells[[0, 15]].tolist() == pytest.approx([3, 1])  # each lies on a point, the other is far
    assert cells[5] < 1e-9  # far from both, between them


def test_lines_make_a_heat_map_twice_as_fine_as_the_picture():
    heat = marks(Line, "500.0.500.1000", "500.0.500.1000", "0.500.1000.500")["heat"]
    size = 2 * at(Line)[2].scene.size
    grid = np.array(heat["cells"]).reshape(size, size)
    assert (heat["size"], heat["most"], heat["people"], heat["panel"]) == (size, 3, 3, "0:jit")
    assert grid[0, size // 2] == 2 and grid[size // 2, 0] == 1 and grid[size // 2, size // 2] == 3 and grid[0, 0] == 0


def test_a_class_hears_how_well_its_lines_part_the_plane():
    _, _, found = at(Line)
    upright, lying = ((0.5, 0.0), (0.5, 1.0)), ((0.0, 0.5), (1.0, 0.5))
    shares = sorted(shown.share(found, path) for path in (upright, lying))
    assert said(Line, "500.0.500.1000", "0.500.1000.500") == (
        f"2 have guessed: the median line puts {sum(shares) / 2:.0%} of the plane on the right side, the best "
        f"{shares[1]:.0%}."
    )


def test_an_order_says_what_was_put_first_and_how_many_had_all_of_it():
    panels = {mark["panel"]: mark["text"] for mark in marks(Order, "3.2.1.0", "0.1.2.3")["panels"]}
    assert panels["3:scrub"] == "1. put first by 1 of 2" and panels["0:gradient_ascent"] == "4. put first by 1 of 2"
    assert said(Order, "3.2.1.0", "0.1.2.3") == "2 have guessed; 1 have the whole order right."


@pytest.mark.parametrize("kind", OF, ids=lambda kind: kind.__name__)
def test_nobody_has_guessed(kind: type[Any]):
    assert said(kind) == "Nobody has guessed."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Choice, ("The answer: B.", "1")), (Number, ("It is 75 points.", "75")),
        (Points, ("74 points change; they are on the screen.", "")), (Line, ("The true line is on the screen.", "")),
        (Order, ("The order: SCRUB, Fine-tuning, JiT, Gradient ascent.", "3.2.1.0")),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_a_phone_is_told_the_answer_in_one_sentence(kind: type[Any], told: tuple[str, str]):
    _, step, found = at(kind)
    assert asked.said_of(step, standing(step, None), found) == told


def test_every_guess_of_every_lesson_can_be_put_to_a_class():
    for key, lesson in lessons().items():
        for number, step in enumerate(lesson.steps):
            if isinstance(step, Guess):
                card = asked.Question(f"{key}:{number}", step.ask, step.kind).card()
                assert card["ask"] == step.ask and card["kind"] in ("choice", "number", "order", "points", "line")
