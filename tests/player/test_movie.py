"""Films are made of the very pictures that the canvas gave."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from explorer.player import movie


def picture(colour: str, size: tuple[int, int] = (8, 6), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def test_data_urls_become_the_same_bytes():
    assert movie.decoded([url(picture("red")), url(picture("blue"))]) == [picture("red"), picture("blue")]


@pytest.mark.parametrize("urls", [[], ["data:image/png;base64,%%%"], [url(picture("red"))] * 241])
def test_what_is_no_film_is_one_sentence(urls: list[str]):
    with pytest.raises(ValueError, match="film") as caught:
        movie.decoded(urls)
    assert "\n" not in str(caught.value)


def test_something_that_is_no_picture_is_one_sentence():
    with pytest.raises(ValueError, match="PNG, JPEG or WebP"):
        movie.Pictures([b"not a picture"])


def test_gif_plays_every_picture_and_rests_on_the_last():
    images = movie.Pictures([picture("red"), picture("lime"), picture("blue")])
    film = Image.open(io.BytesIO(movie.gif(images, fps=10)))
    assert getattr(film, "n_frames", 1) == 3
    assert film.info["loop"] == 0
    durations, colours = [], []
    for k in range(3):
        film.seek(k)
        durations.append(film.info["duration"])
        colours.append(film.convert("RGB").getpixel((4, 3)))
    assert durations == [100, 100, 1300]
    assert colours[2] == (0, 0, 255)


def test_what_stands_still_in_a_gif_takes_no_place_and_is_seen_all_the_same():
    """A noisy ground with a small square that moves: each further picture costs less than a twentieth of the first."""
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 6, (120, 160, 3), dtype=np.uint8) * 40
    pictures = []
    for k in range(12):
        pixels = ground.copy()
        pixels[40:50, 10 * k : 10 * k + 10] = (255, 0, 0)
        pictures.append(Image.fromarray(pixels))
    whole, first = movie.gif(pictures, fps=10), movie.gif(pictures[:1], fps=10)
    assert len(whole) - len(first) < 11 * len(first) / 20
    film = Image.open(io.BytesIO(whole))
    for k in range(12):
        film.seek(k)
        shown = np.asarray(film.convert("RGB")).astype(int)
        assert (shown[42:48, 10 * k + 2 : 10 * k + 8] == (255, 0, 0)).all()
        if k:  # where the square was, the ground is back
            behind = np.s_[40:50, 10 * (k - 1) : 10 * k]
            assert np.abs(shown[behind] - ground[behind]).mean() < 20


def test_pictures_of_other_sizes_are_brought_to_the_first_ones():
    assert {image.size for image in movie.Pictures([picture("red"), picture("red", (16, 12))])} == {(8, 6)}


@pytest.mark.skipif(not movie.can_mp4(), reason="needs the extra `export` (imageio-ffmpeg)")
def test_mp4_is_a_film():
    images = movie.Pictures([picture("red", (64, 48)), picture("blue", (64, 48))])
    assert movie.mp4(images, fps=10)[4:8] == b"ftyp"


def test_films_are_packed_as_the_player_reads_them():
    made = movie.packed({"gif": b"GIF", "mp4": b"MPEG"}, 3)
    length = int.from_bytes(made[:4], "little")
    assert json.loads(made[4 : 4 + length]) == {
        "number": 3,
        "films": [
            {"kind": "gif", "type": "image/gif", "bytes": 3},
            {"kind": "mp4", "type": "video/mp4", "bytes": 4},
        ],
    }
    assert made[4 + length :] == b"GIFMPEG"


def test_films_are_all_that_can_be_made_here():
    urls = [url(picture(colour)) for colour in ("red", "green", "blue")]
    made = movie.films(urls, 12.0)
    assert set(made) == ({"gif", "mp4"} if movie.can_mp4() else {"gif"})
    assert made["gif"] == movie.gif(movie.Pictures(movie.decoded(urls)), fps=12.0)
    with pytest.raises(ValueError, match="must be data URLs"):
        movie.films(["data:image/png;base64,?"], 12.0)
