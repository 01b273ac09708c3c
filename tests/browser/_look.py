"""Look at the app as its user would: through the page, its keyboard, its mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAYER = "window.explorerPlayer"
CANVAS = ".explorer-player canvas"


def open_app(page: Page, address: str, *, panels: int) -> None:
    """Open the app and wait until every panel is drawn and nothing is being computed."""
    page.goto(address)
    wait_ready(page, panels)


def wait_ready(page: Page, panels: int) -> None:
    page.wait_for_function(f"{PLAYER} && {PLAYER}.panels.length >= {panels}")
    wait_quiet(page)


def wait_quiet(page: Page) -> None:
    """Wait until no line of progress is left, for half a second on end."""
    page.wait_for_function(
        """() => {
            const busy = document.querySelector('.ue-busy') || document.querySelector('[data-testid="stStatusWidget"]')
                || !document.querySelector('.ue-numbers, .ue-poster, .ue-facts');
            window.quietSince = busy ? 0 : window.quietSince || performance.now();
            return window.quietSince && performance.now() - window.quietSince > 500;
        }"""
    )


def player(page: Page, what: str) -> Any:
    return page.evaluate(f"{PLAYER}.{what}")


def generations(page: Page) -> dict[str, int]:
    return player(page, "generation")


def pixels(page: Page) -> str:
    """Return what the canvas shows, as a data URL."""
    return page.eval_on_selector(CANVAS, "canvas => canvas.toDataURL()")
