"""Write a sheet as PDF: lines and letters stay sharp at every size, and nothing beside Pillow is needed.

The letters are Helvetica, which every reader of PDF has by itself; a letter outside its Western set is written as the
one next to it, or as "?". A pixel of the sheet is three quarters of a point.
"""

from __future__ import annotations

import base64
import io
import unicodedata
import zlib
from collections.abc import Sequence

from PIL import Image

from explorer.figures.sheet import Bitmap, Path, Sheet, Words, paint

POINT = 0.75  # points a pixel
_CLOSE = str.maketrans({"●": "•", "○": "o", "−": "–", "→": "->", "≥": ">=", "≤": "<=", "≈": "~"})
#: Width of the letters from blank to ~ in thousandths of their size, from Adobe's metrics of the standard fonts.
_PLAIN = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip
_OTHER = 556  # of all other letters, about


def pdf(sheet: Sheet) -> bytes:
    """Return the bytes of a PDF file of one page."""
    page = _Page(sheet)
    paint(sheet, page)
    return _file(sheet, page)


class _Page:
    """What is drawn, as operators of PDF, and the pictures and opacities that they name."""

    def __init__(self, sheet: Sheet) -> None:
        self.height = sheet.height
        self.lines = [f"{_colour(sheet.paper)} rg 0 0 {_n(sheet.width * POINT)} {_n(sheet.height * POINT)} re f"]
        self.images: list[bytes] = []
        self.opacities: dict[float, str] = {}

    def words(self, mark: Words) -> None:
        text = _western(mark.text)
        size = mark.size * POINT
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * _width(text, size, bold=mark.bold)
        x, y = self._place(mark.x, mark.y)
        font = "F2" if mark.bold else "F1"
        self.lines.append(
            f"BT /{font} {_n(size)} Tf {_colour(mark.colour)} rg {_n(x - back)} {_n(y)} Td <{text.hex()}> Tj ET"
        )

    def bitmap(self, mark: Bitmap) -> None:
        content = base64.b64decode(mark.source.partition("base64,")[2])
        image = Image.open(io.BytesIO(content)).convert("RGB")
        smooth = "true" if mark.smooth else "false"
        about = (
            f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /ColorSpace /DeviceRGB "
            f"/BitsPerComponent 8 /Interpolate {smooth}"
        )
        self.images.append(_stream(image.tobytes(), about))
        x, y = self._place(mark.x, mark.y + mark.height)
        size = f"{_n(mark.width * POINT)} 0 0 {_n(mark.height * POINT)} {_n(x)} {_n(y)} cm"
        self.lines.append(f"q {size} /I{len(self.images)} Do Q")

    def path(self, mark: Path) -> None:
        places = [self._place(float(x), float(y)) for x, y in mark.points]
        way = " ".join(f"{_n(x)} {_n(y)} {'l' if k else 'm'}" for k, (x, y) in enumerate(places))
        look = [f"/{self._opacity(mark.opacity)} gs"] if mark.opacity < 1 else []
        if mark.fill:
            look.append(f"{_colour(mark.fill)} rg")
        if mark.stroke:
            dash = " ".join(_n(length * POINT) for length in mark.dash)
            look.append(f"{_colour(mark.stroke)} RG {_n(mark.width * POINT)} w 1 j [{dash}] 0 d")
        paint = {(True, True): "b", (True, False): "h f", (False, True): "S"}.get((bool(mark.fill), bool(mark.stroke)))
        if paint and places:
            self.lines.append(f"q {' '.join(look)} {way} {paint} Q")

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x * POINT, (self.height - y) * POINT

    def _opacity(self, value: float) -> str:
        return self.opacities.setdefault(value, f"G{len(self.opacities) + 1}")


def _file(sheet: Sheet, page: _Page) -> bytes:
    """Return the objects of a file, and the table of where each begins."""
    first = 7  # of the pictures
    states = " ".join(f"/{name} << /ca {_n(value)} /CA {_n(value)} >>" for value, name in page.opacities.items())
    pictures = " ".join(f"/I{k + 1} {first + k} 0 R" for k in range(len(page.images)))
    resources = f"/Font << /F1 5 0 R /F2 6 0 R >> /ExtGState << {states} >> /XObject << {pictures} >>"
    size = f"/MediaBox [0 0 {_n(sheet.width * POINT)} {_n(sheet.height * POINT)}]"
    title = "FEFF" + sheet.alt.encode("utf-16-be").hex().upper()
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects: Sequence[bytes] = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {size} /Contents 4 0 R /Resources << {resources} >> >>".encode(),
        _stream("\n".join(page.lines).encode(), ""),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        *page.images,
        f"<< /Title <{title}> /Producer (Unlearning Explorer) >>".encode(),
    )
    out, starts = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), list[int]()
    for number, content in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def _stream(content: bytes, about: str) -> bytes:
    packed = zlib.compress(content, 9)
    return f"<< {about} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"


def _western(text: str) -> bytes:
    """Return a text in the letters that the font has."""
    found = bytearray()
    for letter in text.translate(_CLOSE):
        plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one))
        for candidate in (letter, plain, "?"):
            try:
                found += candidate.encode("cp1252")
                break
            except UnicodeEncodeError:
                continue
    return bytes(found)


def _width(text: bytes, size: float, *, bold: bool) -> float:
    widths = _BOLD if bold else _PLAIN
    return size * sum(widths[code - 32] if 32 <= code < 127 else _OTHER for code in text) / 1000


def _colour(colour: str) -> str:
    return " ".join(_n(int(colour[i : i + 2], 16) / 255, 3) for i in (1, 3, 5))


def _n(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
