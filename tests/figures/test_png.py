"""PNGs are read back by another program's reader."""

import base64
import io

import numpy as np
from PIL import Image

from explorer.figures.png import data_uri, png


def test_an_image_comes_back_pixel_by_pixel():
    image = np.random.default_rng(1).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    with Image.open(io.BytesIO(png(image, level=9))) as opened:
        assert opened.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(opened), image)


def test_an_indexed_image_comes_back_in_its_colours():
    colours = np.array([[0, 0, 0], [250, 10, 20]], dtype=np.uint8)
    index = np.array([[0, 1, 1], [1, 0, 0]], dtype=np.uint8)
    with Image.open(io.BytesIO(png(index, colours, level=6))) as opened:
        assert opened.mode == "P"
        np.testing.assert_array_equal(np.asarray(opened.convert("RGB")), colours[index])


def test_an_address_holds_the_whole_image():
    content = png(np.zeros((2, 2, 3), dtype=np.uint8), level=9)
    head, _, data = data_uri(content).partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(data) == content
