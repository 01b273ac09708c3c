"""Ask axe what bars people from a page, and what axe does not ask: names of icons, and what stands off the screen.

axe itself comes with a package that only the tests need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Rules that axe leaves out unless asked.
EXTRA = ("label-content-name-mismatch", "target-size")
#: What stands in Streamlit's own DOM and cannot be mended from outside: (rule, part of the element's HTML, reason).
STREAMLITS = (
    (
        "presentation-role-conflict", 'data-testid="stFileUploaderDropzone"',
        "the place for dropped files says that it is there for looks only and has a name all the same",
    ),
)  # fmt: skip

RUN = """rules => axe.run(document, {
    resultTypes: ['violations'], rules: Object.fromEntries(rules.map((rule) => [rule, {enabled: true}])),
}).then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map((one) => [one.html, one.failureSummary])]))"""
ICONS = """() => [...document.querySelectorAll('button, a, summary, [role="button"]')]
    .filter((one) => one.checkVisibility() && one.querySelector('[role="img"][aria-label$=" icon"]'))
    .filter((one) => {
        const copy = one.cloneNode(true);
        copy.querySelectorAll('[role="img"], [aria-hidden="true"]').forEach((icon) => icon.remove());
        return !copy.textContent.trim() && !one.getAttribute('aria-label');
    }).map((one) => one.textContent)"""


def barriers(page: Page) -> list[str]:
    """Return what axe finds on a page, and icons that are named after their picture, one line each."""
    base = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")
    if not page.evaluate("'axe' in window"):
        page.evaluate(base.AXE_SCRIPT)
    # `Any`: what axe hands back.
    found: list[Any] = page.evaluate(RUN, list(EXTRA))
    lines = [
        f"{rule}: {html[:200]} | {' '.join(why.split())[:300]}"
        for rule, nodes in found
        for html, why in nodes
        if not any(rule == known and part in html for known, part, _ in STREAMLITS)
    ]
    return lines + [f"an icon is its own name: {name}" for name in page.evaluate(ICONS)]
