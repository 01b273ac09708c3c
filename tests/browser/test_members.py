"""The layer of a vote's members: offered where there is a vote, and drawn."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.player import Look, pack
from explorer.player.standalone import page as html
from explorer.records import PanelFrames
from tests.browser._look import PLAYER, pixels, player, until
from tests.player.scenes import margins, panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCENE = two_class_scene(size=32, seeds=2)
PLAIN = panel(SCENE, "one", "One", [0.0, 2.0], [0, 10])


def opened(page: Page, folder: Path, shown: PanelFrames) -> None:
    file = folder / "player.html"
    file.write_text(html(pack(SCENE, [shown], Look(play=False)), "Members"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")


def test_where_one_model_answers_the_layer_is_not_offered(page: Page, tmp_path: Path):
    opened(page, tmp_path, PLAIN)
    assert page.get_by_role("button", name="Members").count() == 0


def test_it_draws_a_line_for_each_member_that_moves_with_the_panel(page: Page, tmp_path: Path):
    grid = SCENE.plane.grid(16)
    ends = [np.stack([margins(grid, share, wiggle=0.5, phase=k) for k in range(3)]) for share in (0.0, 2.0)]
    opened(page, tmp_path, dataclasses.replace(PLAIN, members=np.stack(ends)))
    page.get_by_role("button", name="More layers").click()
    seen = []
    for _ in range(2):
        for progress in (0, 1):
            page.evaluate(f"{PLAYER}.go({progress})")
            seen.append(pixels(page))
        page.get_by_role("button", name="Members").click()
    assert len(set(seen)) == 4
    page.get_by_role("button", name="Members").click()
    until(page, f"{PLAYER}.layers.includes('members')")
    assert "boundaries of the 3 models that vote, one line each" in player(page, "legend")


def test_of_a_certified_method_the_lines_are_draws_of_the_noise_and_the_gauge_drains(page: Page, tmp_path: Path):
    grid = SCENE.plane.grid(16)
    still = np.stack([np.stack([margins(grid, 0.0, wiggle=0.5, phase=k) for k in range(3)])] * 2)
    gauge = np.array([[0, 1.0], [5, 0.2], [10, 0.9]])
    unmoved = dataclasses.replace(panel(SCENE, "one", "One", [0.0, 0.0], [0, 10]), kind="certified", members=still)
    opened(page, tmp_path, dataclasses.replace(unmoved, gauge=gauge))
    assert "bar: privacy budget left; ↻ full again, by a retraining" in player(page, "legend")
    seen = []
    for progress in (0, 0.6, 1):
        page.evaluate(f"{PLAYER}.go({progress})")
        seen.append(pixels(page))
    assert len(set(seen)) == 3
    page.get_by_role("button", name="More layers").click()
    page.get_by_role("button", name="Members").click()
    assert "boundaries that 3 other draws of the noise give, one line each" in player(page, "legend")
