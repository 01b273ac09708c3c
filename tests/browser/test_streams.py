"""What the player does for streams alone: points are ringed once they are asked for, and the reference moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.player import Look, pack
from explorer.player.standalone import page as html
from explorer.records import Moving
from tests.browser._look import PLAYER, player, until
from tests.browser.test_audits import picture
from tests.player.scenes import margins, panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAIN = two_class_scene(size=32, seeds=2)
STILL = replace(panel(PLAIN, "one", "One", [1.0, 1.0, 1.0], [0, 1, 2]), way="request")
GRID = PLAIN.plane.grid(32)


def opened(page: Page, folder: Path, shares: tuple[float, float, float], asked: int, *layers: str) -> None:
    """Open a player whose panel stands still, whose reference has these shares, and whose points go at this request."""
    moving = Moving(
        np.stack([margins(GRID, share) for share in shares]), np.full(len(PLAIN.forget), asked),
        {"retain": np.array([0.9, 0.95, 1.0])},
    )  # fmt: skip
    file = folder / "player.html"
    blob = pack(replace(PLAIN, moving=moving), [STILL], Look(play=False, layers=layers))
    file.write_text(html(blob, "Streams"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")


def at(page: Page, progress: float) -> str:
    page.evaluate(f"{PLAYER}.go({progress})")
    return picture(page)


def test_the_player_says_its_request_and_retrained_s_number_of_it(page: Page, tmp_path: Path):
    opened(page, tmp_path, (0, 0.5, 1), 2, "boundary")
    for progress, said, goal in ((0, "0 of 2", ".900"), (0.5, "1 of 2", ".950"), (1, "2 of 2", "1")):
        page.evaluate(f"{PLAYER}.go({progress})")
        until(page, f"document.querySelector('.where').textContent === '{said}'")
        assert f"(request {said})" in player(page, "summary") and f"retrained {goal})" in player(page, "summary")


def test_the_reference_moves_where_its_line_is_drawn(page: Page, tmp_path: Path):
    opened(page, tmp_path, (0, 0.5, 1), 3, "boundary", "retrained")
    assert at(page, 0) != at(page, 0.5) != at(page, 1)
    opened(page, tmp_path, (0, 0.5, 1), 3, "boundary")
    assert at(page, 0) == at(page, 0.5) == at(page, 1)


def test_points_are_marked_from_their_request_on(page: Page, tmp_path: Path):
    opened(page, tmp_path, (1, 1, 1), 2, "boundary")
    assert at(page, 0) == at(page, 0.5) != at(page, 1)
    assert "0 of 0 points" in (page.evaluate(f"{PLAYER}.go(0.5)"), player(page, "summary"))[1]
