"""What a lesson lays over the picture, in the player alone: cue, spotlight, lock, guess and truth, the sketch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from explorer.player import Look, Overlay, pack
from explorer.player.standalone import page as html
from tests.browser._look import CANVAS, PLAYER, new_context, pixels, player, until
from tests.player.scenes import panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCENE = two_class_scene(size=32, seeds=2)
PANELS = [panel(SCENE, "one", "One", [0.0, 2.0], [0, 10]), panel(SCENE, "two", "Two", [0.0, 1.0], [0, 10])]


def opened(page: Page, folder: Path, **overlay: Any) -> None:
    file = folder / "player.html"
    shown = Overlay(place="x:0:", **overlay) if overlay else None
    file.write_text(html(pack(SCENE, PANELS, Look(play=False), shown), "Overlay"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")


def at(page: Page, progress: float) -> str:
    page.evaluate(f"{PLAYER}.go({progress})")
    return pixels(page)


def test_what_is_about_to_change_glows_until_it_has_changed(page: Page, tmp_path: Path):
    opened(page, tmp_path, sets=("forget",))
    plain = [at(page, progress) for progress in (0.3, 1.0)]
    opened(page, tmp_path, sets=("forget",), cue=True)
    assert "about to change" in player(page, "legend")
    cued = [at(page, progress) for progress in (0.3, 1.0)]
    assert plain[0] != cued[0]
    page.evaluate(f"{PLAYER}.go(0.6)")
    assert at(page, 1.0) == cued[1]  # nothing of the glow is left


def test_under_reduced_motion_it_is_outlined(browser: Browser, tmp_path: Path):
    found = []
    for motion in ("no-preference", "reduce"):
        context = new_context(browser, reduced_motion=motion)
        page = context.new_page()
        opened(page, tmp_path, cue=True)
        found.append(at(page, 0.3))
        context.close()
    assert found[0] != found[1]


def test_the_spotlight_dims_the_other_panel(page: Page, tmp_path: Path):
    opened(page, tmp_path, spotlight="")
    plain = at(page, 1.0)
    seen = set()
    for spotlight in ("one", "two", "forget"):
        opened(page, tmp_path, spotlight=spotlight)
        seen.add(at(page, 1.0))
    assert len(seen) == 3 and plain not in seen


def test_nothing_moves_while_a_guess_is_due(page: Page, tmp_path: Path):
    opened(page, tmp_path, locked=True)
    before = player(page, "progress")
    page.focus(CANVAS)
    for key in ("Home", "Space", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert (player(page, "progress"), player(page, "playing")) == (before, False)


@pytest.mark.parametrize(
    "marks",
    [
        {"panels": [{"panel": "two", "guess": False, "text": "the answer"}]},
        {"panels": [{"panel": "two", "guess": True, "bare": True, "text": "your guess: 2"}]},
        {
            "scale": {
                "panel": "one", "low": 0, "high": 9, "guess": 2, "truth": 8, "band": [7, 8],
                "texts": {"guess": "your guess: 2", "truth": "truth: 8"},
            }
        },
        {"points": {"guess": [0, 1], "truth": [2]}},
        {"line": {"path": [[0.5, 0.0], [0.5, 1.0]], "wrong": [0, 1, 2], "size": 32}},
        {
            "scale": {
                "panel": "one", "low": 0, "high": 9, "guess": None, "truth": 8, "band": None, "people": 3,
                "bins": [[-0.5, 4.5, 2], [4.5, 9.5, 1]], "texts": {"guess": "", "truth": "truth: 8"},
            }
        },
        {"votes": {"cells": [0.5] * 8 + [2] * 8, "size": 4, "truth": [2], "most": 2, "people": 2, "even": True}},
        {"heat": {"cells": [1] * 8 + [0] * 8, "size": 4, "panel": "one", "most": 1, "people": 1}},
    ],
    ids=lambda marks: "bars" if "bins" in marks.get("scale", ()) else next(iter(marks)),
)  # fmt: skip
def test_guess_and_truth_stand_in_the_picture(marks: dict[str, Any], page: Page, tmp_path: Path):
    opened(page, tmp_path, marks={})
    plain = at(page, 1.0)
    opened(page, tmp_path, marks=marks)
    assert at(page, 1.0) != plain


def test_the_true_line_runs_through_the_lines_of_a_class_until_the_panel_is_there(page: Page, tmp_path: Path):
    heat = {"cells": [0] * 16, "size": 4, "panel": "one", "most": 0, "people": 1}
    opened(page, tmp_path, marks={})
    plain = [at(page, progress) for progress in (0.3, 1.0)]
    opened(page, tmp_path, marks={"heat": heat})
    legend = player(page, "legend")
    assert "lines of the class, full where 0 of 1 run" in legend and "truth" in legend
    opened(page, tmp_path, marks={"heat": {**heat, "panel": "nobody"}})
    bare = [at(page, progress) for progress in (0.3, 1.0)]
    opened(page, tmp_path, marks={"heat": heat})
    through = [at(page, progress) for progress in (0.3, 1.0)]
    assert through[0] != bare[0] and through[1] == bare[1] and plain[0] != through[0]


def test_a_line_is_drawn_by_keyboard(page: Page, tmp_path: Path):
    opened(page, tmp_path, locked=True, ask="line")
    button = page.get_by_role("button", name="That is my guess")
    assert button.is_disabled()
    page.focus(CANVAS)
    for key in ("Enter", "ArrowUp", "ArrowRight", "Enter", "ArrowUp", "Enter", "Backspace"):
        page.keyboard.press(key)
    assert player(page, "sketch") == {"line": [[0.5, 0.5], [0.54, 0.54]]}
    until(page, "!document.querySelector('.explorer-player .done').disabled")


def test_points_are_chosen_by_keyboard_and_taken_back(page: Page, tmp_path: Path):
    opened(page, tmp_path, locked=True, ask="points")
    page.focus(CANVAS)
    for key in ("ArrowDown", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert len(player(page, "sketch.index")) == 2
    page.keyboard.press("Enter")
    assert len(player(page, "sketch.index")) == 1
