"""Numbers and sentences of the panels: those of the frame on screen, at every frame."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer.player import Look, pack, unpack
from explorer.player.standalone import page as html
from explorer.player.still import number_lines
from tests.browser._look import CANVAS, PLAYER, player, until
from tests.player.scenes import SENTENCE, panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCENE = two_class_scene(size=16, seeds=2, n=80)
FORGET = np.array([0.9125, 0.3125, 0.1])
PATH = dataclasses.replace(
    panel(SCENE, "jit", "JiT", [0.0, 0.5, 1.0], [0, 10, 40]), accuracy={"forget": FORGET, "test": 1 - FORGET}, cost=1.84
)
RETRAINED = panel(SCENE, "retrained", "Retrained", [1.0], [0], kind="reference", several=2)
BROKEN = panel(SCENE, "ga", "Gradient ascent", [0.0, 3.0], [0, 10], trouble=SENTENCE)
IDLE = panel(SCENE, "ssd", "SSD", [0.0, 0.0], [0, 1], unmoved="Nothing moves.")
REFUSED = dataclasses.replace(
    panel(SCENE, "unsir", "UNSIR", [0.0], [0]), accuracy={}, trouble="UNSIR cannot.", refused=True
)
BLOB = pack(SCENE, [RETRAINED, PATH, BROKEN, IDLE, REFUSED], Look(play=False, focus="jit", lines=(3, 1)))


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Page:
    file = tmp_path / "player.html"
    file.write_text(html(BLOB, "Numbers"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")
    return page


def below(page: Page, name: str) -> str:
    """Return what the canvas shows of the numbers under a panel, as a data URL."""
    return page.locator(CANVAS).evaluate(
        """(canvas, name) => {
            const box = window.explorerPlayer.boxes.find((one) => one.name === name);
            const ratio = canvas.width / canvas.clientWidth;
            const part = document.createElement("canvas");
            [part.width, part.height] = [box.w * ratio, 50 * ratio];
            part.getContext("2d").drawImage(canvas, -box.x * ratio, -(box.y + box.h + 18) * ratio);
            return part.toDataURL();
        }""",
        name,
    )


def test_numbers_are_those_of_the_step_on_screen(opened: Page):
    packed = unpack(BLOB)
    seen: dict[str, list[str]] = {"jit": [], "retrained": []}
    for progress in (0.0, 0.1, 0.25, 0.6, 0.7, 1.0):
        opened.evaluate(f"{PLAYER}.go({progress})")
        said = player(opened, "numbers")
        for one in packed.header["panels"]:  # a file made without a browser says the same
            assert said[one["name"]] == list(number_lines(packed.header, one, progress)), one["name"]
        for name, each in seen.items():
            each.append(below(opened, name))
    assert said["jit"] == ["forget .100 (retrained .250–.350)", "test .900 (retrained .250–.350)"]
    assert [len(set(each)) for each in seen.values()] == [3, 1]  # three keyframes were shown


def test_numbers_move_while_it_plays(opened: Page):
    opened.evaluate(f"{PLAYER}.go(0); {PLAYER}.play()")
    until(opened, f"{PLAYER}.numbers.jit[0].startsWith('forget .312')")
    assert player(opened, "playing")
    until(opened, f"{PLAYER}.numbers.jit[0].startsWith('forget .100')")


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_what_a_panel_has_to_say_stands_with_its_title_at_every_frame(opened: Page, progress: float):
    opened.evaluate(f"{PLAYER}.go({progress})")
    said = {name: text for name, text in player(opened, "said").items() if text}
    assert said == {"ga": SENTENCE, "ssd": "Nothing moves.", "unsir": "UNSIR cannot."}
    assert all(text in player(opened, "summary") for text in said.values())
    rows = {box["name"]: box["y"] - box["top"] for box in player(opened, "boxes")}
    assert rows["ga"] > 30  # there is room for it between title and picture


def test_legend_and_layers_explain_themselves(opened: Page):
    legend = " ".join(player(opened, "legend"))
    for said in ("the method broke", "the panel chosen in the sidebar", "range of the retrained models", "work:"):
        assert said in legend
    opened.get_by_role("button", name="More layers").click()
    for button in opened.locator(".explorer-player .layers button:not(.opener)").all():
        name, title = button.inner_text(), button.get_attribute("title") or ""
        assert opened.get_by_role("button", name=name, exact=True).count() == 1  # the hint does not name it
        assert len(title.split()) > 4 and title != name
