"""Layers: one list in the link, the blob and the script; and colours that every eye can tell apart."""

import re

import numpy as np
import pytest

from explorer import view
from explorer.figures import theme
from explorer.player import frames, script

# Linear RGB as seen without red or without green cones: Viénot, Brettel and Mollon 1999.
SEEN = {
    "all cones": np.eye(3),
    "no red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "no green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def test_link_blob_and_script_know_the_same_layers():
    words = re.search(r"const LAYER_WORDS = \{(.*?)\};", script(), re.DOTALL)
    assert words
    named = re.findall(r"^\s*(\w+):", words[1], re.MULTILINE)
    assert set(view.LAYERS) == set(frames.LAYERS) == set(named)
    assert "excess" not in view.DEFAULT_LAYERS


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """CIELAB of "#rrggbb" as seen, white point D65."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = (to_xyz @ np.clip(seen @ linear, 0, 1)) / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("eye", SEEN)
def test_both_ends_of_the_diverging_scale_stand_apart_from_each_other_and_from_its_middle(mode, eye: str):
    palette = theme.COLOURS[mode]
    below, above, middle = (lab(colour, SEEN[eye]) for colour in (*palette.diverging, palette.panel))
    assert np.linalg.norm(below - above) > 60  # a difference of 2 is just seen
    assert min(np.linalg.norm(below - middle), np.linalg.norm(above - middle)) > 40
