"""A name that begins with an underscore is used in its own file alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(
    file.relative_to(ROOT).as_posix() for top in ("explorer", "toy_data") for file in (ROOT / top).rglob("*.py")
)


def taken(path: str, source: str) -> list[str]:
    """Return each private name that a file takes from another; a private file of its own folder is not one."""
    folder = path.rpartition("/")[0].replace("/", ".")
    found: list[str] = []
    modules: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            modules |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
            if base != folder:
                found += [f"{base}.{alias.name}" for alias in node.names if private(alias.name)]
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found + [
        f"{modules[node.value.id]}.{node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and private(node.attr) and isinstance(node.value, ast.Name)
        if modules.get(node.value.id, "").partition(".")[0] in ("explorer", "toy_data")
    ]


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize("path", FILES)
def test_no_file_takes_a_private_name_of_another(path: str):
    assert taken(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from explorer.view import _x", ["explorer.view._x"]),
        ("from explorer.methods import _method", []),
        ("from explorer.view import view\nview._x()", ["explorer.view.view._x"]),
        ("import explorer.view as v\nv._x", ["explorer.view._x"]),
        ("import torch\ntorch._x", []),
        ("from __future__ import annotations\nself._x = 1", []),
    ],
)
def test_a_private_name_is_found_however_it_is_taken(source: str, found: list[str]):
    assert taken("explorer/methods/new.py", source) == found
