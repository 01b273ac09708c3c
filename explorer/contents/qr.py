"""Draw an address as a picture that a phone scans."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(64)
def scanned(text: str) -> str:
    """Return a QR code as the address of an SVG, black on white in light and dark alike, as phones read it best."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(border=3, dark="#000", light="#fff", omitsize=True)
