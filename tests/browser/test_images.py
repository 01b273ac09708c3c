"""The page *CIFAR* in a browser, on a recorded folder, without data and without torch's help for the first picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser._look import CANVAS, asked, pixels, player, wait_address, wait_quiet, wait_ready
from tests.browser._server import running
from tests.pages import _recordings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = "yours:cifar10-compact-memorise-random"


@pytest.fixture(scope="module")
def images(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store: Path = tmp_path_factory.mktemp("images")
    _recordings.write(store / "recorded")
    before = os.environ.get("EXPLORER_DATA")
    os.environ["EXPLORER_DATA"] = str(store / "no data")
    try:
        with running(store) as address:
            yield f"{address}/images?v=1&folder={FOLDER}"
    finally:
        if before is None:
            del os.environ["EXPLORER_DATA"]
        else:
            os.environ["EXPLORER_DATA"] = before


def opened(page: Page, address: str) -> None:
    page.goto(address)
    wait_ready(page, 5)
    page.locator(".ue-papers").wait_for()


def test_recorded_runs_open_without_data(page: Page, images: str):
    opened(page, images)
    assert player(page, "panels") == ["original", "retrained", "jit", "fine_tune", "scrub"]
    legend = player(page, "legend")
    assert {"airplane", "automobile", "bird"} <= set(legend)  # the last has a region and no image
    assert "cat" not in legend and any(text.startswith("image to forget") for text in legend)
    assert page.get_by_text("CIFAR-10 is not on this machine").count() == 1
    assert page.get_by_text("Published, another setting: JiT, table 4(a)").count() == 1
    assert page.get_by_text("Traceback").count() == 0
    assert page.locator(".ue-tiles img").count() == _recordings.FORGET


def test_the_picture_follows_the_choices_and_so_does_the_address(page: Page, images: str):
    opened(page, images)
    scene = player(page, "scene")
    page.evaluate("window.explorerPlayer.go(1)")
    wait_quiet(page)
    page.locator('[class*="st-key-cut-"] [role="combobox"]').click()
    page.get_by_role("option", name="2: around").click()
    wait_address(page, "cut=1")
    page.wait_for_function(f"window.explorerPlayer.scene > {scene}")
    page.locator(CANVAS).focus()
    before = pixels(page)
    page.keyboard.press("Home")
    page.wait_for_function("window.explorerPlayer.progress == 0")
    wait_address(page, "step=0")
    assert (asked(page)["folder"], asked(page)["cut"]) == (FOLDER, "1")
    assert pixels(page) != before or player(page, "progress") == 0


def test_the_cloud_of_features_moves(page: Page, images: str):
    opened(page, images)
    chart = page.locator('[class*="st-key-images-cloud"] .js-plotly-plot')
    chart.scroll_into_view_if_needed()
    assert "step: 10" in chart.evaluate("chart => chart.querySelector('.slider-container').textContent")
    places = "chart => [...chart.querySelectorAll('.x2y2 .point')].map((one) => one.getAttribute('transform')).join()"
    before = chart.evaluate(places)
    chart.get_by_text("Play", exact=True).click()
    page.wait_for_function(
        f"before => ({places})(document.querySelector('[class*=\"st-key-images-cloud\"] .js-plotly-plot')) !== before",
        arg=before,
    )
