"""Models of one request are trained side by side: all at once, and a cancel or a fault ends all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.experiments.cifar import side_by_side
from tests.experiments import _calls
from tests.pipeline._noise import spec

ROLES: side_by_side.Roles = [("original", 0), ("retrained", 0), ("retrained", 1)]


@pytest.fixture(autouse=True)
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "train_told", _calls.trained_slowly)


def test_all_are_trained_and_it_is_said_how_far_they_are(tmp_path: Path):
    heard: list[float] = []
    side_by_side.train(spec(), ROLES, str(tmp_path), heard.append, 3)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "original-0": "40 None", "retrained-0": "40 None", "retrained-1": "40 None",
    }  # fmt: skip
    assert heard == sorted(heard) and 0 < heard[-1] <= 1


def test_a_cancel_reaches_every_training_and_what_was_done_is_kept(tmp_path: Path):
    class Enough(BaseException):
        pass

    def tell(share: float) -> None:
        if share > 0.1:
            raise Enough

    with pytest.raises(Enough):
        side_by_side.train(spec(), ROLES[:2], str(tmp_path), tell, 2)
    steps = [int(file.read_text().split()[0]) for file in tmp_path.iterdir()]
    assert len(steps) == 2 and all(0 < step < 40 for step in steps)


def test_one_that_breaks_down_ends_the_others_and_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="training broke down"):
        side_by_side.train(spec(), [("retrained", 9), ("original", 0)], str(tmp_path), lambda _: None, 2)
