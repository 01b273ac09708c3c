"""Make films of pictures: GIF always, MP4 where the extra `export` is installed. Bytes in, bytes out."""

from __future__ import annotations

import base64
import binascii
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

MAX_FRAMES = 240
SAME = 255  # place in a GIF's palette of "as it was"; the colours stand below
HOLD = 1.2  # seconds for which a film rests on its last picture


def decoded(data_urls: Sequence[str]) -> list[bytes]:
    """Return encoded pictures from data URLs, as a canvas gives them.

    Raises:
        ValueError: if there are none or too many, or one is not a picture in base64.
    """
    if not 1 <= len(data_urls) <= MAX_FRAMES:
        raise ValueError(f"a film must have 1 to {MAX_FRAMES} pictures, got {len(data_urls)}")
    try:
        return [base64.b64decode(url.partition("base64,")[2], validate=True) for url in data_urls]
    except (binascii.Error, ValueError):
        raise ValueError("the pictures of a film must be data URLs in base64") from None


def films(data_urls: Sequence[str], fps: float) -> dict[str, bytes]:
    """Return the films that can be made here of a canvas's pictures: "gif" or "mp4" -> its bytes.

    Raises:
        ValueError: as of `decoded` and `Pictures`.
    """
    images = Pictures(decoded(data_urls))
    found = {"gif": gif(images, fps=fps)}
    if can_mp4():
        found["mp4"] = mp4(images, fps=fps)
    return found


class Pictures(Sequence[Image.Image]):
    """Pictures without transparency, all of the first one's size; each is read when it is looked at."""

    def __init__(self, contents: Sequence[bytes]) -> None:
        """Keep encoded pictures.

        Raises:
            ValueError: if one cannot be read.
        """
        self._contents, self._size = contents, (0, 0)
        try:
            for image in map(_read, contents):
                self._size = self._size if any(self._size) else image.size
        except (UnidentifiedImageError, OSError):
            raise ValueError("the pictures of a film must be PNG, JPEG or WebP") from None

    def __len__(self) -> int:
        return len(self._contents)

    def __getitem__(self, place: Any) -> Any:  # `Any`: of a place a picture, of a slice several, as lists have it
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        image = _read(self._contents[place])
        return image if image.size == self._size else image.resize(self._size)


def _read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def gif(images: Sequence[Image.Image], *, fps: float) -> bytes:
    """Return an endless GIF that rests on its last picture; one palette serves all pictures.

    A pixel that stays as it was is transparent, which packs to next to nothing: most of a picture stands still.

    Args:
        images: of one size.
        fps: pictures a second; a GIF counts in hundredths of a second.
    """
    palette = _some(images).quantize(SAME, dither=Image.Dither.NONE)
    frames = (_indexed(pixels, palette) for pixels in _changes(images, palette))
    each = round(100 / fps) * 10
    out = io.BytesIO()
    durations = [each] * (len(images) - 1) + [each + round(1000 * HOLD)]
    next(frames).save(
        out, "GIF", save_all=True, append_images=frames, duration=durations, loop=0, optimize=False,
        transparency=SAME, disposal=1,
    )  # fmt: skip
    return out.getvalue()


def _changes(images: Sequence[Image.Image], palette: Image.Image) -> Iterator[NDArray[np.uint8]]:
    """Yield places in a palette (h, w): of the first picture, then of each what is not as it was."""
    before = None
    for image in images:
        now = np.asarray(image.quantize(palette=palette, dither=Image.Dither.NONE))
        yield now if before is None else np.where(now == before, SAME, now).astype(np.uint8)
        before = now


def _indexed(pixels: NDArray[np.uint8], palette: Image.Image) -> Image.Image:
    """Return places in a palette (h, w) as a picture."""
    image = Image.fromarray(pixels, "P")
    colours = palette.getpalette() or []
    image.putpalette(colours + [0] * (3 * 256 - len(colours)))
    return image


def _some(images: Sequence[Image.Image]) -> Image.Image:
    """Return up to five evenly spread pictures on one sheet, the last among them, from which a palette is taken."""
    some = [images[-1 - k * (len(images) - 1) // 4] for k in range(5)] if len(images) > 1 else list(images)
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * len(some)))
    for k, image in enumerate(some):
        sheet.paste(image, (0, k * height))
    return sheet


def packed(films: Mapping[str, bytes], number: int) -> bytes:
    """Return films as the page hands them on: the length of a head, the head in JSON, the films.

    Args:
        films: "gif" or "mp4" -> its bytes; none where none could be made.
        number: of the attempt, so that a browser takes each as a new one.
    """
    types = {"gif": "image/gif", "mp4": "video/mp4"}
    head = [{"kind": kind, "type": types[kind], "bytes": len(content)} for kind, content in films.items()]
    text = json.dumps({"number": number, "films": head}).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(films.values())


def can_mp4() -> bool:
    """Return whether MP4 can be made here."""
    try:
        import imageio_ffmpeg  # type: ignore[import-untyped]  # the extra `export`; it has no types
    except ImportError:
        return False
    return bool(imageio_ffmpeg.__version__)


def mp4(images: Sequence[Image.Image], *, fps: float) -> bytes:
    """Return an H.264 film that rests on its last picture.

    Raises:
        ImportError: without the extra `export`.
    """
    import imageio_ffmpeg  # type: ignore[import-untyped]

    width, height = (side - side % 2 for side in images[0].size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        writer = imageio_ffmpeg.write_frames(
            str(path),
            (width, height),
            fps=round(fps),
            codec="libx264",
            quality=8,
            macro_block_size=2,
            ffmpeg_log_level="error",
        )
        writer.send(None)
        for image in chain(images, repeat(images[-1], round(fps * HOLD))):
            writer.send(image.crop((0, 0, width, height)).tobytes())
        writer.close()
        return path.read_bytes()
