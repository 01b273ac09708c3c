"""What is written appears whole or not at all."""

from pathlib import Path

import pytest

from explorer.whole_files import move_folder, object_in, whole_file, write_object


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_replaced_when_the_block_ends(tmp_path: Path):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    with whole_file(file) as stream:
        stream.write(b"new")
        assert file.read_bytes() == b"old"
    assert file.read_bytes() == b"new" and names(tmp_path) == ["file"]


def test_a_block_that_raises_leaves_what_was_there(tmp_path: Path):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), whole_file(file) as stream:
        stream.write(b"ne")
        raise KeyboardInterrupt
    assert file.read_bytes() == b"old" and names(tmp_path) == ["file"]


def test_a_folder_that_cannot_be_written_to_is_an_oserror(tmp_path: Path):
    with pytest.raises(OSError), whole_file(tmp_path / "missing" / "file") as stream:
        stream.write(b"new")


def test_of_two_finished_folders_the_first_stays(tmp_path: Path):
    place = tmp_path / "place"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert move_folder(tmp_path / "first", place)
    assert not move_folder(tmp_path / "second", place)
    assert names(place) == ["first"]
    with pytest.raises(OSError):
        move_folder(tmp_path / "missing", tmp_path / "elsewhere")


def test_an_object_is_read_as_it_was_written_and_a_damaged_one_is_empty(tmp_path: Path):
    file = tmp_path / "new" / "kept.json"
    assert object_in(file, "held") == {}
    write_object(file, {"held": {"a": 1.5, "b": None}})
    assert object_in(file, "held") == {"held": {"a": 1.5, "b": None}}
    assert object_in(file, "other") == {}
    for damaged in ("", "{", "[1]", '{"held": 3}'):
        file.write_text(damaged)
        assert object_in(file, "held") == {}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_object(file, {"held": {"a": float("nan")}})
    assert file.read_text() == '{"held": 3}'
