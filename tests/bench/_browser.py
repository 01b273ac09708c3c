"""What the user waits for, measured inside the page: a hook stamps the event and the frame after the new picture.

Playwright only drives; its own tracing is not in the figures. Every figure is the median of several tries.
"""

from __future__ import annotations

import contextlib
import functools
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench._neighbours import busy
from tests.browser import chromium
from tests.browser._look import WIRE, open_app, rest, slider, thumb, wait_ready
from tests.browser._server import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TRIES = 7
EIGHT = ("retrained", "jit", "gradient_ascent", "fine_tune", "neg_grad_plus", "random_labels", "greedy", "l1_sparse")
SLOWEST = "sisa"  # of all methods the one that takes longest after `prepare`
HOOK = """
window.timed = (watch) => new Promise((done) => {
    let start = 0;
    addEventListener('keydown', () => { start = start || performance.now(); }, { capture: true, once: true });
    const look = () => {
        if (start && watch()) requestAnimationFrame(() => done(performance.now() - start));
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
});
"""
# The times of a drag: when the pointer came to each place of the slider, and when each new picture stood on screen.
DRAG = """() => {
    window.drag = {came: new Map(), shown: [], stop: false};
    let moved = 0, before = null;
    addEventListener('pointermove', (event) => { moved = event.timeStamp; }, {capture: true});
    new MutationObserver((changes) => { for (const {target} of changes) drag.came.set(Number(target.value), moved); })
        .observe(document.body, {subtree: true, attributes: true, attributeFilter: ['value']});
    const look = () => {
        const place = window.explorerPlayer.followed;
        if (place !== null && place !== before)
            requestAnimationFrame((now) => drag.shown.push([now, now - drag.came.get(place)]));
        before = place;
        if (!drag.stop) requestAnimationFrame(look);
    };
    look();
}"""
DRAGGED = 4.0  # seconds
FIRST = """
const look = () => {
    const player = window.explorerPlayer;
    if (player?.panels.length >= PANELS) requestAnimationFrame(() => { window.firstPicture = performance.now(); });
    else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@contextlib.contextmanager
def app() -> Iterator[tuple[Browser, str]]:
    """Yield a browser and the address of a running app with an empty store."""
    with tempfile.TemporaryDirectory() as store, chromium.opened() as browser, running(Path(store)) as address:
        yield browser, address


@contextlib.contextmanager
def view(panels: tuple[str, ...] = EIGHT, more: str = "") -> Iterator[Page]:
    """Yield a page on which these panels stand, with the first method in focus."""
    with app() as (browser, address):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(180_000)
        page.add_init_script(WIRE)
        page.add_init_script(HOOK)
        open_app(page, f"{address}/?v=1&panels={'~'.join(panels)}{more}", panels=len(panels))
        rest(page)
        yield page


def first_picture() -> float:
    """Return seconds from the start of loading *Watch* to the first finished picture."""
    return _opened("watch", 6)


def start_picture() -> float:
    """Return the same of *Start*, which an empty address opens."""
    return _opened("", 2)


def _opened(place: str, panels: int) -> float:
    tries = []
    for _ in range(3):
        with app() as (browser, address):
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(180_000)
            page.add_init_script(FIRST.replace("PANELS", str(panels)))
            page.goto(f"{address}/{place}")
            page.wait_for_function("window.firstPicture")
            tries.append(page.evaluate("window.firstPicture") / 1000)
    return statistics.median(tries)


def press(page: Page, widget: str, key: str, watch: str) -> float:
    """Press a key on a slider and return seconds to the frame after `watch` (JavaScript) has become true."""
    slider(page, widget).focus()
    page.evaluate(f"() => {{ window.waiting = timed(() => {watch}); }}")  # returns nothing: a promise would be awaited
    page.keyboard.press(key)
    seconds = page.evaluate("window.waiting") / 1000
    wait_ready(page, 1)
    return seconds


def knob(page: Page, method: str, name: str) -> list[float]:
    """Return seconds of several moves of one knob, each to a value not seen before."""
    panel = next(p for p in page.evaluate("window.explorerPlayer.panels") if p.endswith(f":{method}"))
    found = []
    for _ in range(TRIES):
        old = page.evaluate("window.explorerPlayer.generation")[panel]
        watch = f"window.explorerPlayer.generation['{panel}'] > {old}"
        found.append(press(page, f"knob-{panel.partition(':')[0]}-{method}-{name}", "ArrowRight", watch))
    return found


@functools.cache
def _idle() -> tuple[float, float]:
    """Return seconds of a knob's move to a new value, and of a move back to one seen before."""
    with view() as page:
        new = statistics.median(knob(page, "jit", "epochs"))
        old = page.evaluate("window.explorerPlayer.generation")["1:jit"]
        watch = f"window.explorerPlayer.generation['1:jit'] > {old}"
        back = [press(page, "knob-1-jit-epochs", "ArrowLeft", watch)]
        for _ in range(TRIES - 2):
            old = page.evaluate("window.explorerPlayer.generation")["1:jit"]
            watch = f"window.explorerPlayer.generation['1:jit'] > {old}"
            back.append(press(page, "knob-1-jit-epochs", "ArrowLeft", watch))
        return new, statistics.median(back)


def knob_idle() -> float:
    """Return seconds from a key on JiT's slider to its new panel, eight panels on screen."""
    return _idle()[0]


def seen_before() -> float:
    """Return the same for a value that was on screen before."""
    return _idle()[1]


@functools.cache
def _drag() -> tuple[float, float]:
    """Return seconds from a move to its picture, median, and pictures a second, of one drag over new values."""
    with view() as page:
        page.evaluate(DRAG)
        x, y = thumb(page, "knob-1-jit-sigma")
        page.mouse.move(x, y)
        page.mouse.down()
        start = time.perf_counter()
        while (now := time.perf_counter() - start) < DRAGGED:
            page.mouse.move(x + 150 * now / DRAGGED, y)  # the slider is some 200 pixels long and has 100 places
        shown = page.evaluate("(drag.stop = true, drag.shown)")
        page.mouse.up()
        wait_ready(page, 1)
    return statistics.median(after for _, after in shown) / 1000, len(shown) / DRAGGED


def knob_drag_first() -> float:
    """Return seconds from a move of the pointer, slider held, to the frame after the picture of its value."""
    return _drag()[0]


def knob_drag_rate() -> float:
    """Return new pictures a second while the pointer moves on."""
    return _drag()[1]


def knob_busy() -> float:
    """Return the same beside two busy neighbours."""
    with view() as page, busy():
        return statistics.median(knob(page, "jit", "epochs"))


def knob_slow() -> float:
    """Return seconds from a key on the slowest method's slider to its new panel."""
    with view(("retrained", SLOWEST)) as page:
        return statistics.median(knob(page, SLOWEST, "steps"))


@functools.cache
def _request() -> tuple[float, float]:
    """Return seconds from a new request to its first panel, and to all eight."""
    first, every = [], []
    with view() as page:
        page.get_by_text("Data: Two moons").click()
        for _ in range(5):
            scene = page.evaluate("window.explorerPlayer.scene")
            new = f"window.explorerPlayer.scene > {scene} && window.explorerPlayer.panels.length"
            page.evaluate(f"() => {{ window.whole = timed(() => {new} >= 8); }}")
            first.append(press(page, "request-cluster-fraction", "ArrowRight", f"{new} >= 2"))
            every.append(page.evaluate("window.whole") / 1000)
    return statistics.median(first), statistics.median(every)


def request_first() -> float:
    """Return seconds from a new request to retrained and the first method's panel."""
    return _request()[0]


def request_all() -> float:
    """Return seconds from a new request to all eight panels."""
    return _request()[1]


@functools.cache
def _playing() -> dict[str, Any]:
    with view() as page:
        page.evaluate("window.explorerPlayer.play(); window.explorerPlayer.forgetStats()")
        page.wait_for_timeout(6000)
        return page.evaluate("window.explorerPlayer.stats()")


def fps() -> float:
    """Return frames a second of eight panels playing."""
    return _playing()["fps"]


def frame_p95() -> float:
    """Return the 95th percentile of frame times in milliseconds."""
    return _playing()["p95"]


def frame_script() -> float:
    """Return milliseconds of script a frame, median."""
    return _playing()["script"]["p50"]


MEMORISE = (
    "/attacks?v=1&data=moons(n:150,noise:.35)&request=random(fraction:.2)&training=memorise"
    "&panels=retrained~fine_tune(steps:50)&evaluation=(attacks:[loss])"
)
ATTACKED = "!document.querySelector('.ue-busy') && /U-LiRA AUC: .*retrained/.test(document.body.innerText)"


def u_lira_page() -> float:
    """Return seconds of the whole live attack with 64 models: opening its page, then from Start until all is drawn.

    The app is warm, the store empty; the seconds until somebody presses Start are not counted.
    """
    with app() as (browser, address):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.add_init_script(WIRE)
        page.set_default_timeout(180_000)
        open_app(page, f"{address}/?v=1&panels=retrained~original", panels=2)
        start = time.perf_counter()
        page.goto(address + MEMORISE)
        button = page.get_by_role("button", name="Start", exact=False).last
        button.wait_for()
        opened = time.perf_counter() - start
        start = time.perf_counter()
        button.click()
        page.wait_for_function("document.querySelector('.ue-busy')")
        page.wait_for_function(ATTACKED)
        return opened + time.perf_counter() - start
