"""Numbers by step, measured on the probes."""

from pathlib import Path

import numpy as np
import pytest

from explorer.contents.recorded import steps
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import open_runs
from explorer.contents.tables import papers
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


def test_the_player_has_the_accuracies_of_every_step_beside_retrained(opened):
    cut = Cut(opened, 0, ["jit"])
    panel, retrained = (
        cut.panel(run.name, run.name, run, "approximate") for run in (opened.methods["jit"], opened.retrained)
    )
    for name in ("forget", "retain", "test"):
        one = opened.methods["jit"].snapshots[0]
        assert panel.accuracy[name].tolist() == steps.by_step(one, opened.scene.probes, name).tolist()
        assert cut.scene().goals[name] == steps.retrained(opened, name)
    assert (panel.several, retrained.several) == (0, 3)
    assert panel.cost == pytest.approx(5000 / 90000) and np.isnan(retrained.cost)


def test_poisoned_images_are_judged_by_their_true_labels(tmp_path: Path):
    place = _recordings.write(tmp_path, _recordings.scene(poisoned=True, kind="correct_labels"))
    poisoned = open_runs("x", place)
    cut = Cut(poisoned, 0, [])
    original = cut.panel("original", "Original", poisoned.original, "reference")
    assert original.accuracy["forget"].tolist() == [1]  # these made-up models are right about the true class
    assert steps.axis(poisoned, "forget").title == "Accuracy on corrected images"
    titles = {key: column.title for key, column in papers.columns(poisoned, "loss", "Loss").items()}
    assert titles["forget"] == "Corrected"
    assert not [c for c in papers.columns(poisoned, "loss", "Loss").values() if "forg" in (c.title + c.says).lower()]


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
