"""Numbers by step, measured on the probes."""

from pathlib import Path

import numpy as np
import pytest

from explorer.contents.recorded import steps
from explorer.contents.recorded.runs import open_runs
from explorer.contents.words import method_title
from tests.pages import _recordings


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


def test_accuracy_by_step_is_counted_on_the_probes(opened):
    probes, one = opened.scene.probes, opened.methods["jit"].snapshots[0]
    # with ten classes a true class at .3 is still the most likely one, and below .1 it is not
    assert steps.by_step(one, probes, "forget").tolist() == [1, 1, 1]
    low = _recordings.snapshots(opened.scene, [0.9, 0.05])
    assert steps.by_step(low, probes, "forget").tolist() == [1, 0]
    assert steps.by_step(low, probes, "test").tolist() == [1, 1]


def test_the_attack_by_step_counts_pairs_of_forgotten_and_unseen_images(opened):
    # the unseen ones have probability e^3 / (e^3 + 9) = .69
    low = _recordings.snapshots(opened.scene, [0.9, 0.05])
    assert steps.by_step(low, opened.scene.probes, "auc").tolist() == [1, 0]
    level = _recordings.snapshots(opened.scene, [1 / (1 + 9 * np.exp(-3))])
    assert steps.by_step(level, opened.scene.probes, "auc") == pytest.approx(0.5, abs=0.01)


def test_the_plane_has_a_star_with_a_band_and_every_step_of_every_path(opened):
    found = steps.plane(opened, ["jit", "scrub"], "auc", method_title)
    assert [path.panel for path in found.paths] == ["jit", "scrub"]
    assert found.paths[0].step.tolist() == [0, 5, 10]
    assert len(found.retrained[0].values) == 3
    assert found.original == (1.0, 1.0)
