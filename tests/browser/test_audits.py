"""What the player does for audits alone: places on a way, steps of training on, and a ghost that appears."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.player import Look, pack
from explorer.player.standalone import page as html
from explorer.records import Helpers, PanelFrames
from tests.browser._look import PLAYER, player, until
from tests.player.scenes import panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCENE = two_class_scene(size=32, seeds=2)
PLAIN = panel(SCENE, "one", "One", [0.0, 2.0], [0, 40])
WAY = dataclasses.replace(PLAIN, way="a", ends=(-0.5, 1.5))


def opened(page: Page, folder: Path, shown: PanelFrames, *layers: str) -> None:
    file = folder / "player.html"
    file.write_text(html(pack(SCENE, [shown], Look(play=False, layers=layers)), "Audits"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")


def picture(page: Page) -> str:
    """Return the pixels of the panel alone: heading and legend say other things."""
    return page.evaluate(
        f"""() => {{
            const canvas = document.querySelector("canvas"), box = {PLAYER}.boxes[0];
            const ratio = canvas.width / canvas.getBoundingClientRect().width;
            const at = [box.x, box.y, box.w, box.h].map((value) => Math.round(value * ratio));
            return canvas.getContext("2d").getImageData(...at).data.join();
        }}"""
    )


def test_a_way_says_its_place_instead_of_a_step(page: Page, tmp_path: Path):
    opened(page, tmp_path, WAY, "boundary")
    for progress, said in ((0, "a = −0.50"), (0.25, "a = 0.00"), (0.75, "a = 1.00")):
        page.evaluate(f"{PLAYER}.go({progress})")
        until(page, f"document.querySelector('.where').textContent === '{said}'")
        assert f"({said})" in player(page, "summary")


def test_a_reference_that_is_trained_on_says_its_step(page: Page, tmp_path: Path):
    opened(page, tmp_path, dataclasses.replace(PLAIN, way="step", kind="reference", several=5), "boundary")
    page.evaluate(f"{PLAYER}.go(0.5)")
    assert "(step 20 of 40)" in player(page, "summary")


def test_a_ghost_is_drawn_only_after_its_share_of_the_way(page: Page, tmp_path: Path):
    ghost = Helpers(
        "ghost", np.array([[0.2, 0.2]], np.float32), np.array([-1]), np.array([0]), mark="ghost", since=0.5
    )  # fmt: skip
    seen = list[list[str]]()
    for layers in (("boundary",), ("boundary", "helpers")):
        opened(page, tmp_path, dataclasses.replace(WAY, helpers=(ghost,)), *layers)
        seen.append([])
        for progress in (0, 0.4, 1):
            page.evaluate(f"{PLAYER}.go({progress})")
            seen[-1].append(picture(page))
    without, drawn = seen
    assert [one == other for one, other in zip(without, drawn, strict=True)] == [True, True, False]
    assert "ghost, arrow from its origin" in player(page, "legend")
