"""The entropy excess that the player paints is the one that `metrics` computes."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from explorer.metrics import entropy_excess
from explorer.player import Look, pack
from explorer.player.standalone import page as html
from explorer.records import PanelFrames, Scene
from tests.browser._look import PLAYER, asked, open_app, pixels, player, rest, until, wait_address
from tests.player.scenes import many_class_scene, margins, panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

LAYER = "Entropy excess"


def opened(page: Page, folder: Path, scene: Scene, panels: list[PanelFrames], **look: Any) -> None:
    file = folder / "player.html"
    file.write_text(html(pack(scene, panels, Look(play=False, **look)), "Excess"), encoding="utf-8")
    page.goto(file.as_uri())
    until(page, f"Boolean({PLAYER})")


def two_classes() -> tuple[Scene, list[PanelFrames]]:
    scene = two_class_scene(size=32, seeds=3)
    return scene, [panel(scene, "one", "One", [0.0, 2.0], [0, 10])]


@pytest.mark.parametrize("make", [two_classes, many_class_scene])
def test_it_is_what_metrics_compute_but_for_the_rounding_of_scores(make, page: Page, tmp_path: Path):
    scene, panels = make()
    opened(page, tmp_path, scene, panels)
    for shown in panels:
        for progress, keyframe in ((0, 0), (1, -1)):
            found = page.evaluate(f"[...{PLAYER}.excess('{shown.name}', {progress})]")
            exact = entropy_excess(shown.logits[keyframe], scene.retrained)
            assert np.abs(np.array(found) - exact).max() < 0.03  # nats


def test_less_sure_is_orange_surer_is_blue_and_as_sure_is_neutral(page: Page, tmp_path: Path):
    sure, unsure = (np.tile(np.array(z, np.float32), (256, 1)) for z in ((0, 8), (0, 0)))
    scene = two_class_scene(size=16, n=4, seeds=2)
    far = np.full((4, 2), 1e3, np.float32)  # no point in the picture

    def shown(logits: np.ndarray, retrained: np.ndarray) -> tuple[float, float]:
        still = Scene(
            scene.plane, 16, far, scene.y, scene.forget[:0], scene.names, logits, np.stack([retrained] * 2), retrained,
            far[:0], scene.y[:0],
        )  # fmt: skip
        one = PanelFrames("one", "One", "exact", np.zeros(1, np.int64), logits[None], np.ones((1, 4), np.float32))
        opened(page, tmp_path, still, [one], layers=("excess",))
        box = page.evaluate(f"{PLAYER}.boxes[0]")
        picture = Image.open(io.BytesIO(base64.b64decode(pixels(page).partition(",")[2]))).convert("RGB")
        red, _, blue = picture.getpixel((int(box["x"] + box["w"] / 2), int(box["y"] + box["h"] / 2)))  # type: ignore[misc]
        return red, blue

    red, blue = shown(unsure, sure)
    assert red > blue + 100
    red, blue = shown(sure, unsure)
    assert blue > red + 100
    red, blue = shown(sure, sure)
    assert abs(red - blue) < 10


def test_its_button_colours_the_plane_names_the_scale_and_puts_it_in_the_summary(page: Page, tmp_path: Path):
    scene, panels = two_classes()
    opened(page, tmp_path, scene, panels)
    assert LAYER.lower() not in " ".join(player(page, "legend"))
    page.evaluate(f"{PLAYER}.go(1)")
    before = pixels(page)
    page.get_by_role("button", name="More layers").click()
    page.get_by_role("button", name=LAYER).click()
    assert {"excess", "confidence"} & set(player(page, "layers")) == {"excess"}, "one layer colours the plane"
    until(page, f"{PLAYER}.legend.some((text) => text.includes('−0.69 nats'))")
    told = re.search(r"its entropy is ([\d.]+) nats (above|below) the retrained", player(page, "summary"))
    points = scene.x[scene.forget]
    retrained = np.stack([margins(points, 1.0, wiggle=0.05 * k, phase=k) for k in (1, 2, 3)])
    exact = entropy_excess(margins(points, 2.0), retrained).mean()
    assert told and abs(float(told[1]) * (1 if told[2] == "above" else -1) - exact) < 0.03
    page.evaluate(f"{PLAYER}.go(1)")
    assert pixels(page) != before


def test_a_link_carries_it(page: Page, address: str):
    small = "/?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)"
    open_app(page, address + small, panels=2)
    rest(page)
    page.get_by_role("button", name="More layers").click()
    page.get_by_role("button", name=LAYER).click()
    wait_address(page, "layers=boundary~original~retrained~excess")
    page.goto(page.url)
    until(page, f"Boolean({PLAYER}) && {PLAYER}.layers.includes('excess')")
    assert "excess" in asked(page)["layers"]
