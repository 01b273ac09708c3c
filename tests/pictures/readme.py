"""Make the README's pictures from the running app: two moving ones, a lesson's reveal and a drag; a still one a page.

    python -m tests.pictures.readme

They are written to .github/. A moving one is the page itself, frame by frame, as a WebP below 3 MB.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.browser import chromium
from tests.browser._look import WIRE, open_app, rest, thumb, wait_quiet
from tests.browser._server import ROOT, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLACE = ROOT / ".github"
FRAMES, FPS, HOLD = 40, 10, 1500
WIDTH, HEIGHT = 1280, 860
MOVING, DRAGGED = "lesson", "drag"
REVEAL, ENDS, LOW = (
    "lessons?v=1&lesson=never_saw&at=4&g=4.0",
    ":4:told",
    720,
)  # a wrong guess and the answer; its height
# What is dragged: an address, its slider, and the way of the pointer in pixels from where the slider stands.
HELD, SLIDER, WAY = "watch?v=1&panels=retrained~gradient_ascent&focus=1", "knob-1-gradient_ascent-lr", (-60, 32)
# A pointer, which a screenshot leaves out.
POINTER = """() => {
    const arrow = document.createElement('div');
    arrow.style.cssText = 'position:fixed;left:0;top:0;z-index:2147483647;pointer-events:none';
    arrow.innerHTML = '<svg width="22" height="26" viewBox="0 0 22 26"><path d="M2 2v19l5-5 4 9 4-2-4-8h7z" '
        + 'fill="#111" stroke="#fff" stroke-width="1.5"/></svg>';
    document.body.append(arrow);
    addEventListener('pointermove', (event) => {
        arrow.style.transform = `translate(${event.clientX - 2}px, ${event.clientY - 2}px)`;
    }, {capture: true});
}"""
PAGES = {"watch": ("watch", 6), "method": ("method", 1), "tradeoff": ("tradeoff", 0), "attacks": ("attacks", 0),
         "compare": ("compare", 0), "cifar": ("images", 0)}  # fmt: skip
LIMIT = 3_000_000
DRAWN = "document.querySelector('.js-plotly-plot') && !document.querySelector('.ue-busy')"


def shot(page: Page) -> Image.Image:
    """Return what is on screen."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def moving(page: Page) -> list[Image.Image]:
    """Return one pass of the animation, the page around it included."""
    page.evaluate("window.explorerPlayer.pause()")
    frames = []
    for k in range(FRAMES):
        page.evaluate(f"window.explorerPlayer.go({k / (FRAMES - 1)})")
        frames.append(shot(page))
    return frames


def write(frames: list[Image.Image], place: Path, hold: int = HOLD) -> None:
    """Write a moving WebP that stays below the limit and rests on its last picture for so many milliseconds."""
    durations = [1000 // FPS] * (len(frames) - 1) + [hold]
    for quality in (70, 55, 40, 25):
        frames[0].save(
            place,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            quality=quality,
            method=4,
        )
        if place.stat().st_size < LIMIT:
            return
    raise RuntimeError(f"{place.name} must stay below {LIMIT:,} bytes, got {place.stat().st_size:,}")


def reveal(page: Page, address: str) -> None:
    """Write the moving picture: how a lesson answers a guess."""
    page.set_viewport_size({"width": WIDTH, "height": LOW})
    page.goto(f"{address}/{REVEAL}")
    page.wait_for_function(f"window.explorerPlayer?.overlay?.place.endsWith('{ENDS}')")
    wait_quiet(page)
    write(moving(page), PLACE / "explorer.webp")


def drag(page: Page, address: str) -> None:
    """Write the other moving picture: a slider is dragged there and back, and the boundary follows the hand."""
    page.set_viewport_size({"width": WIDTH, "height": LOW + 40})
    open_app(page, f"{address}/{HELD}", panels=2)
    rest(page)
    page.evaluate(POINTER)
    x, y = thumb(page, SLIDER)
    page.mouse.move(x, y)
    page.mouse.down()
    low, high = WAY
    frames = []
    for k in range(FRAMES):
        to = low + (high - low) * (1 - abs(1 - 2 * k / (FRAMES - 1)))
        page.mouse.move(x + to, y)
        page.wait_for_function("window.explorerPlayer.following === 'shown'")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        frames.append(shot(page))
    page.mouse.up()
    write(frames, PLACE / "drag.webp", hold=1000 // FPS)


def main(names: list[str]) -> None:
    """Make the pictures of some pages, by their names, "lesson" or "drag" for the moving ones, or all."""
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as store, chromium.opened() as opened, running(Path(store)) as address:
        for name, make in ((MOVING, reveal), (DRAGGED, drag)):
            if names and name not in names:
                continue
            page = opened.new_page()
            page.set_default_timeout(300_000)
            page.add_init_script(WIRE)
            make(page, address)
            page.close()
        for name, (path, panels) in PAGES.items():
            if names and name not in names:
                continue
            page = opened.new_page(viewport={"width": WIDTH, "height": 1150 if name == "compare" else HEIGHT})
            page.set_default_timeout(300_000)
            page.add_init_script(WIRE)
            if panels:
                open_app(page, f"{address}/{path}", panels=panels)
                page.wait_for_timeout(2000)
            else:
                page.goto(f"{address}/{path}")
                page.wait_for_function(DRAWN)
                page.wait_for_timeout(8000)
                page.wait_for_function(DRAWN)
                wait_quiet(page)
            shot(page).save(PLACE / f"{name}.webp", "WEBP", quality=80, method=6)
            page.close()
        opened.close()
    for file in sorted(PLACE.glob("*.webp")):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
