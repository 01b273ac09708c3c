"""What recorded folders hold is opened, and what is damaged is named."""

import dataclasses
from pathlib import Path

import pytest

from explorer.contents.recorded.runs import by_network, choice, listed, network_of, open_runs, places
from explorer.experiments.cifar import files
from tests.pages import _recordings


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


def test_what_ships_and_what_is_ones_own_are_told_apart(tmp_path: Path):
    for name in ("ship", "own"):
        _recordings.write(tmp_path / name)
    found = places(tmp_path / "ship", tmp_path / "own")
    assert list(found) == ["cifar10-compact-memorise-random", "yours:cifar10-compact-memorise-random"]
    titles = [open_runs(name, place).title() for name, place in found.items()]
    assert titles[1] == f"yours · {titles[0]}"
    assert places(tmp_path / "nowhere", None) == {}


def test_folders_stand_by_network_the_full_ones_first_and_each_in_its_order():
    names = (
        "cifar10-compact-memorise-class", "cifar100-vgg11-standard-class", "yours:cifar10-compact-standard-class",
        "yours:cifar10-wider-memorise-class", "cifar10-resnet18-memorise-class",
    )  # fmt: skip
    assert by_network({name: Path(name) for name in names}) == {
        "VGG-11": [names[1]], "ResNet-18": [names[4]], "compact": [names[0], names[2]], "wider": [names[3]],
    }  # fmt: skip
    assert network_of("made-up") == "up" and network_of("odd") == ""


def test_in_the_list_of_a_network_what_tells_folders_apart_comes_first(tmp_path: Path):
    title = "CIFAR-10, 10,000 images, compact, memorise: forget 1,000 random images"
    place = _recordings.write(tmp_path, dataclasses.replace(_recordings.scene(), title=title))
    assert listed("x", place) == open_runs("x", place).title() == title
    said = "Forget 1,000 random images · CIFAR-10, 10,000 images, memorise"
    assert listed("x", place, in_network=True) == said
    assert listed("yours:x", place, in_network=True) == f"Yours · {said}"


def test_a_list_reads_no_run_and_names_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = _recordings.write(tmp_path)
    monkeypatch.setattr(files, "read_run", lambda *_: pytest.fail("a run was read"))
    assert listed("x", place) == _recordings.scene().title
    (place / "original.json").write_text("{}")
    assert listed("yours:x", place) == "x (cannot be read)"


def test_more_folders_than_ship_are_kept_open(tmp_path: Path):
    names = [f"cifar10-compact-memorise-{k}" for k in range(len(files.folders()) + 4)]
    there = {name: _recordings.write(tmp_path, _recordings.scene(name), methods=("jit",)) for name in names}
    first, again = ([open_runs(name, place) for name, place in there.items()] for _ in range(2))
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_a_damaged_run_is_named_and_the_rest_stays(tmp_path: Path):
    place = _recordings.write(tmp_path)
    (place / "jit.npz").write_bytes((place / "jit.npz").read_bytes()[:200])
    (place / "scrub.json").write_text("{}")
    opened = open_runs("x", place)
    assert list(opened.methods) == ["fine_tune"]
    assert [name in sentence for name, sentence in zip(("jit", "scrub"), opened.damaged, strict=True)] == [True, True]


def test_a_run_of_another_shape_is_damaged(tmp_path: Path):
    shown = _recordings.scene()
    place = _recordings.write(tmp_path, shown)
    good = files.read_run(place, "jit")
    short = dataclasses.replace(good.snapshots[0], region=good.snapshots[0].region[:, :, :5])
    files.write_run(place, dataclasses.replace(good, snapshots=(short,)))
    assert "regions of shape (3, 2, 64), found (3, 2, 5)" in open_runs("x", place).damaged[0]


def test_a_run_that_is_written_anew_is_read_anew(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    assert list(open_runs("x", place).methods) == ["jit"]
    _recordings.write(tmp_path, methods=("jit", "scrub"))
    assert list(open_runs("x", place).methods) == ["jit", "scrub"]


def test_what_cannot_be_had_is_said_and_the_page_chooses(opened):
    there = choice(opened, ("scrub", "tmu"), "tmu", 7, str)
    assert (there.runs, there.shown, there.cut) == (("scrub",), "scrub", 0)
    assert len(there.ignored) == 2 and "tmu" in there.ignored[0] and "planes" in there.ignored[1]
    assert choice(opened, (), "", 0, str).runs == ("jit", "fine_tune", "scrub")
