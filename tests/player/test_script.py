"""The player's script is the sum of its parts."""

import re
from pathlib import Path

import pytest

from explorer import player
from explorer.player.still import WORDS


def test_every_script_of_the_folder_is_a_part_once():
    files = [file.stem for file in Path(player.__file__).parent.glob("*.js")]
    assert sorted(player.PARTS) == sorted(files)


def test_the_parts_stand_in_the_script_in_their_order():
    folder = Path(player.__file__).parent
    heads = [(folder / f"{part}.js").read_text(encoding="utf-8").partition("\n")[0] for part in player.PARTS]
    places = [player.script().index(head) for head in heads]
    assert places == sorted(places)


@pytest.mark.parametrize("key", WORDS)
def test_a_file_made_without_the_script_has_its_words(key: str):
    words = (Path(player.__file__).parent / "words.js").read_text(encoding="utf-8")
    assert re.findall(rf'^  {key}: "(.*)",$', words, re.MULTILINE) == [WORDS[key]]
