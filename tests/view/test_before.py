"""Links and files of views from before open as they did, and are written as they were.

`written_by_d3f70bd.json` was written by that commit: one View a field, presets, and one View with every field changed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.view import View
from explorer.view.looks import GROUP_OF

WRITTEN: list[dict[str, Any]] = json.loads(Path(__file__).with_name("written_by_d3f70bd.json").read_text())
#: Parts of a View that it did not have.
SINCE = {"table_attack", "across", "own", "audit", "lesson", "at", "g", "about", "asks", "turn", "draw"}
SINCE |= {"of_original", "of_unlearned", "of_retrained", "order", "batches", "size", "label"}


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: one["name"])
def test_an_old_link_opens_without_complaint_and_is_the_address_still(one: dict[str, Any]):
    view, ignored = View.from_query(one["query"], one["page"])
    assert ignored == []
    assert list(view.to_query().items()) == list(one["query"].items())


FILES = [one for one in WRITTEN if "json" in one]


@pytest.mark.parametrize("one", FILES, ids=lambda one: one["name"])
def test_an_old_file_opens_as_what_its_link_shows(one: dict[str, Any]):
    view = View.parse(one["json"])
    assert view.to_query() == one["query"]
    assert {name: value for name, value in view.as_json().items() if name not in SINCE} == one["json"]


def test_the_old_views_change_every_part_that_there_was():
    known = {name for one in FILES for name in one["json"]}
    changed = {name for one in FILES for name in known if one["json"][name] != FILES[0]["json"][name]}
    assert changed == known - {"v"}
    assert set(GROUP_OF) - SINCE <= known
    parts = {part for one in FILES for part, value in one["json"]["base"].items()
             if value != FILES[0]["json"]["base"][part]}  # fmt: skip
    assert parts == set(FILES[0]["json"]["base"])
