"""Films are made of the very pictures that the canvas gave."""

import base64
import io

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
        movie.opened([b"not a picture"])


def test_gif_plays_every_picture_and_rests_on_the_last():
    images = movie.opened([picture("red"), picture("lime"), picture("blue")])
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


def test_pictures_of_other_sizes_are_brought_to_the_first_ones():
    assert {image.size for image in movie.opened([picture("red"), picture("red", (16, 12))])} == {(8, 6)}


@pytest.mark.skipif(not movie.can_mp4(), reason="needs the extra `export` (imageio-ffmpeg)")
def test_mp4_is_a_film():
    images = movie.opened([picture("red", (64, 48)), picture("blue", (64, 48))])
    assert movie.mp4(images, fps=10)[4:8] == b"ftyp"
