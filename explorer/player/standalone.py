"""Write the player and its blob into one HTML file that plays without a server and without a network."""

from __future__ import annotations

import base64
import html
import zlib

from explorer import player

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; \
style-src 'unsafe-inline'; img-src data: blob:">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 16px 20px; background: {light}; }}
main {{ max-width: 1800px; margin: 0 auto; }}
@media (prefers-color-scheme: dark) {{ body {{ background: {dark}; }} }}
@media (max-width: 600px) {{ body {{ padding: 8px; }} }}
{style}
</style>
</head>
<body>
<main id="player"><noscript>This page needs JavaScript to play.</noscript></main>
<script type="application/octet-stream" id="blob">{blob}</script>
<script type="module">
{script}
const packed = Uint8Array.from(atob(document.getElementById("blob").textContent), (ch) => ch.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
mount(document.getElementById("player"), new Uint8Array(await new Response(stream).arrayBuffer()), {{}});
</script>
</body>
</html>
"""


def page(blob: bytes, title: str) -> str:
    """Return one self-contained HTML page that plays a blob.

    Args:
        blob: from `frames.pack`.
        title: name of the page in the browser's tab.
    """
    from explorer.figures.theme import COLOURS

    return _PAGE.format(
        title=html.escape(title),
        light=COLOURS["light"].paper,
        dark=COLOURS["dark"].paper,
        style=player.style(),
        script=player.script(),
        blob=base64.b64encode(zlib.compress(blob, 9)).decode(),
    )
