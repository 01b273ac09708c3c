"""The player's words for recorded runs, and the first picture."""

from pathlib import Path

from explorer.contents.recorded import player
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import open_runs
from explorer.player import unpack
from tests.pages import _recordings


def test_the_first_picture_names_methods_as_their_files_do(tmp_path: Path):
    _recordings.write(tmp_path)
    blob = player.first({}, tmp_path)
    assert blob is not None
    assert [panel["title"] for panel in unpack(blob).header["panels"]] == [
        "Original", "Retrained", "The jit", "The fine_tune", "The scrub",
    ]  # fmt: skip


def test_where_labels_are_corrected_no_word_says_forget(tmp_path: Path):
    assert "forget" not in player.words_of(open_runs("x", _recordings.write(tmp_path)))["inRetain"]
    place = _recordings.write(tmp_path / "p", _recordings.scene(poisoned=True, kind="correct_labels"))
    poisoned = open_runs("x", place)
    words = player.words_of(poisoned)
    assert "wrong label" in words["lost"] and words["inForget"] == "to correct"
    assert [role for _, role in Cut(poisoned, 0, []).roles()][:2] == [
        "the image to correct", "the nearest image of another label",
    ]  # fmt: skip
