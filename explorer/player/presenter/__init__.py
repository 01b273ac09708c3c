"""The presenter's page: a deck slide by slide in large type, by the keys of a clicker; its notes in a second window.

The page is plain HTML and no page of Streamlit's: the next slides are fetched while one speaks, so that a click shows
what is at hand already and waits for no run of a script. Its scripts stand beside this file, in the order of `PARTS`;
they put the player around each picture. Two kinds of page are made of the same parts:

    served(deck, ...)            asks a route for each slide
    exported(deck, contents)     carries all of them, and plays without a server and without a network

The two windows of a talk follow each other by a BroadcastChannel of the browser.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer import player

PARTS = ("slides", "stage", "follow", "keys", "notes", "room", "main")
_FOLDER = Path(__file__).parent
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{policy}<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --paper: {light}; --ink: {ink}; --muted: {muted}; --line: {line}; }}
:root {{ --accent: {accent}; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: {dark}; --ink: {dark_ink}; --muted: {dark_muted}; --line: {dark_line}; --accent: {dark_accent}; }}
}}
{style}
</style>
</head>
<body>
<main id="talk"><noscript>This page needs JavaScript to play.</noscript></main>
<script type="application/json" id="deck">{deck}</script>
{contents}
<script type="module">
{script}
</script>
</body>
</html>
"""
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:\">\n"
)


def served(
    deck: Mapping[str, Any] | None, *, route: str, home: str, classes: str = "", said: Sequence[str] = (), at: int = 0
) -> str:
    """Return the page that asks a route for each slide.

    Args:
        deck: {"title", "slides": [{"link", "title", "says", "note", "trouble"}]}; None where the address holds it,
            behind its #.
        route: where a slide is had: its address behind a "?".
        home: where the app is; before the link of a slide.
        classes: the path below which a class is opened and asked; "" for none.
        said: sentences that are shown first, for instance on what of a link was ignored.
        at: number of the slide on which it opens, from 0.
    """
    return _page({"deck": deck, "route": route, "home": home, "classes": classes, "said": list(said), "at": at}, "", "")


def exported(deck: Mapping[str, Any], contents: Sequence[tuple[str, bytes]]) -> str:
    """Return the page that carries its slides.

    Args:
        deck: as of `served`.
        contents: (kind, body) of each slide; the kinds are "player", "table" and "text".
    """
    bodies = "\n".join(
        f'<script type="application/octet-stream" class="slide" data-kind="{html.escape(kind, quote=True)}">'
        f"{base64.b64encode(zlib.compress(body, 9)).decode()}</script>"
        for kind, body in contents
    )
    return _page({"deck": deck, "route": "", "home": "", "classes": "", "said": [], "at": 0}, bodies, _POLICY)


def _page(given: Mapping[str, Any], contents: str, policy: str) -> str:
    from explorer.figures.theme import COLOURS

    light, dark, deck = COLOURS["light"], COLOURS["dark"], given["deck"] or {}
    return _PAGE.format(
        policy=policy, title=html.escape(str(deck.get("title") or "Unlearning Explorer")),
        light=light.paper, ink=light.ink, muted=light.muted, line=light.line, accent=light.accent,
        dark=dark.paper, dark_ink=dark.ink, dark_muted=dark.muted, dark_line=dark.line, dark_accent=dark.accent,
        style=f"{player.style()}\n{(_FOLDER / 'talk.css').read_text(encoding='utf-8')}",
        deck=json.dumps(given, ensure_ascii=False).replace("<", "\\u003c"), contents=contents,
        script=f"{player.script()}\n{script()}",
    )  # fmt: skip


def script() -> str:
    """Return the text of the presenter's own scripts: its parts, joined."""
    return "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)
