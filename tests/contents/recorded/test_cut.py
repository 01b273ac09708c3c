"""A recorded plane as the player draws it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from explorer.contents.recorded.cut import OTHERS, Cut, slots
from explorer.contents.recorded.runs import open_runs
from explorer.contents.tables import tiles
from explorer.player import Look, pack, unpack
from tests.pages import _recordings
from tests.pages._recordings import CELLS, FORGET


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


def test_the_player_gets_the_regions_and_their_confidence_back(opened):
    cut = Cut(opened, 1, ["jit"])
    shown = cut.scene()
    region = opened.original.snapshots[0].region[0, 1]
    np.testing.assert_array_equal(shown.original.argmax(axis=-1), region)
    p = np.exp(shown.original.max(axis=-1)) / np.exp(shown.original).sum(axis=-1)
    np.testing.assert_allclose(p, 1 / (1 + 9 * np.exp(-40 / 16)), rtol=1e-5)
    panel = cut.panel("jit", "JiT", opened.methods["jit"], "approximate")
    np.testing.assert_allclose(panel.confidence[:, 0], [0.9, 0.7, 0.3], atol=2e-3)  # its forget image
    assert panel.step.tolist() == [0, 5, 10]


def test_the_three_images_stand_at_their_places_with_their_names(opened):
    cut = Cut(opened, 1, [])
    shown = cut.scene()
    assert shown.y.tolist() == [1, 1, 0] and shown.forget.tolist() == [0]
    scene = opened.scene
    assert shown.images is not None
    np.testing.assert_array_equal(shown.images, scene.images[[1, FORGET + 1, FORGET]])
    assert [name for name, _ in cut.roles()] == ["automobile", "automobile", "airplane"]
    packed = unpack(pack(shown, [cut.panel("original", "Original", opened.original, "reference")], Look()))
    np.testing.assert_array_equal(packed.blocks["images"], shown.images)
    assert tiles.three(cut).count("data:image/png;base64,") == 3


def test_as_many_pictures_as_points_are_packed(opened):
    shown = dataclasses.replace(Cut(opened, 0, []).scene(), images=np.zeros((2, 32, 32, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match=r"`images` must be \(3, h, w, 3\), got \(2, 32, 32, 3\)"):
        pack(shown, [])


def test_of_many_classes_those_seen_most_keep_a_colour():
    names = [f"class {k}" for k in range(100)]
    seen = np.zeros(100, dtype=int)
    seen[[70, 80]] = 5, 9
    kept = slots(names, [42], seen.tolist())
    assert kept.names[:3] == ("class 42", "class 80", "class 70")
    assert len(kept.names) == 10 and kept.names[-1] == OTHERS
    assert kept.of[99] == 9 and kept.of[80] == 1


def test_fewer_colours_leave_the_confidence_as_it_was(tmp_path: Path):
    names = tuple(f"class {k}" for k in range(100))
    opened = open_runs("x", _recordings.write(tmp_path, _recordings.scene(names=names)))
    grid = Cut(opened, 0, []).scene().original
    assert grid.shape == (CELLS**2, 10)
    p = np.exp(grid.max(axis=-1)) / np.exp(grid).sum(axis=-1)
    np.testing.assert_allclose(p, 1 / (1 + 99 * np.exp(-40 / 16)), rtol=1e-5)
