"""Write a PNG, without loss; what is drawn on a page stands in the page itself, so nothing is fetched."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

RGB, INDEXED = 2, 3


def png(pixels: NDArray[np.uint8], colours: NDArray[np.uint8] | None = None, *, level: int) -> bytes:
    """Return an image as PNG, its first row on top.

    Args:
        pixels: (h, w, 3), or with `colours` (h, w), the row of each pixel's colour.
        colours: (k, 3), at most 256.
        level: of compression, 1 (quick) to 9 (small).
    """
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # each row begins with "no filter"
    kind = RGB if colours is None else INDEXED
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    parts += [] if colours is None else [(b"PLTE", colours.tobytes())]
    parts += [(b"IDAT", zlib.compress(rows.tobytes(), level)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def data_uri(content: bytes) -> str:
    """Return a PNG as the address of an image."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
