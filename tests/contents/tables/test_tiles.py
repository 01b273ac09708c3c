"""The gallery of what is forgotten, and the three images of a plane."""

from pathlib import Path

import numpy as np
import pytest

from explorer.contents.recorded.runs import open_runs
from explorer.contents.tables import tiles
from tests.pages import _recordings
from tests.pages._recordings import FORGET, NAMES


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


def test_every_tile_has_its_confidence_before_after_and_retrained(opened):
    some = tiles.tiles(opened, "jit")
    assert len(some) == FORGET and some[3].row == 103 and some[3].true == NAMES[3]
    found = some[3].confidence
    np.testing.assert_allclose([found[k] for k in ("original", "unlearned", "retrained")], [0.9, 0.3, 0.6], atol=2e-3)
    np.testing.assert_array_equal(some[3].image, opened.scene.images[3])
    assert "unlearned" not in tiles.tiles(opened, "")[0].confidence


def test_a_poisoned_tile_says_both_labels(tmp_path: Path):
    shown = _recordings.scene(poisoned=True, kind="correct_labels")
    opened = open_runs("x", _recordings.write(tmp_path, shown))
    first = tiles.tiles(opened, "jit")[0]
    assert (first.label, first.true) == (NAMES[9], NAMES[0])
    assert f"<s>{NAMES[9]}</s> {NAMES[0]}" in tiles.gallery([first], "light")
    assert first.confidence["original"] == pytest.approx(0.9, abs=2e-3)  # in the true label
