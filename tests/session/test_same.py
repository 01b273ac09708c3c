"""What stands in a key for an object: the object itself, not where it lay."""

import ast
import gc
import weakref
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.session.same import Same

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "explorer" / "pages").rglob("*.py"))


@dataclass
class Thing:
    value: int = 0


def test_an_object_is_the_same_as_itself_and_not_as_its_equal():
    one, other = Thing(), Thing()
    assert one == other
    assert Same(one) == Same(one) and hash(Same(one)) == hash(Same(one))
    assert Same(one) != Same(other) and Same(one) != one


def test_an_object_in_a_key_is_held_so_that_none_takes_its_address():
    key, there = (Same(thing := Thing()), 1), weakref.ref(thing)
    del thing
    gc.collect()
    assert there() is not None and key == (Same(there()), 1)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_keeps_anything_by_the_address_of_an_object(path: str):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "id"]
