"""How the time of recorded runs is shared out, from JSONs written by hand."""

import json
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.experiments.cifar.files import Unreadable
from explorer.experiments.cifar.time_share import lines, share_of_record
from explorer.records import Accuracies, Cost, ModelNumbers, RunNumbers

MODEL = ModelNumbers(Accuracies(1.0, 0.5, 0.7), {})


def write(folder: Path, name: str, models: int = 1, **seconds: float) -> None:
    folder.mkdir(exist_ok=True)
    content = {"numbers": RunNumbers((MODEL,) * models, seconds=Cost(**seconds)).as_json()}
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an original of 100 s, three retrained models of 80 s and methods of 40 and 20 s; 100 s of recording."""
    place = tmp_path / "one"
    write(place, "original", train=100.0, record=10.0)
    write(place, "retrained", models=3, train=80.0, record=20.0)
    write(place, "tmu", unlearn=10.0, prepare=30.0, record=40.0)
    write(place, "jit", unlearn=20.0, prepare=0.0, record=30.0)
    return place


def test_the_share_counts_every_training_and_every_method(folder: Path):
    share, whole = share_of_record(folder)
    assert whole == 100 + 3 * 80 + 40 + 20 + 100
    assert share == pytest.approx(100 / 500)


def test_a_folder_over_a_quarter_is_told(folder: Path, tmp_path: Path):
    assert list(lines(tmp_path, ["one"])) == ["one: evaluation and recording took 20 % of 8 min"]
    write(folder, "ssd", unlearn=0.0, prepare=0.0, record=100.0)
    (said,) = lines(tmp_path, ["one"])
    assert said == "one: evaluation and recording took 33 % of 10 min, more than the 25 % that are allowed"


def test_what_holds_no_times_is_told_in_one_sentence(tmp_path: Path):
    write(tmp_path / "two", "original")
    with pytest.raises(Unreadable, match="two/original must say how many seconds it took"):
        share_of_record(tmp_path / "two")
    (tmp_path / "three").mkdir()
    with pytest.raises(Unreadable, match="no run in three says how long"):
        share_of_record(tmp_path / "three")


def test_recording_ends_with_a_line_for_each_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "store"))
    assert not main(["record", "--to", str(tmp_path), "--only", "nothing of this name", "--workers", "1"])
    assert capsys.readouterr().out.splitlines()[-1] == "one: evaluation and recording took 20 % of 8 min"
