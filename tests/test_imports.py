"""Hold the table of rooms: who may import whom. Reads the sources, needs nothing but pytest."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASICS = {
    "knobs",
    "public",
    "ranges",
    "records",
    "seeds",
    "workers",
    "pydantic",
}  # for every room but toy_data; pydantic, because knobs are checked by it

# room -> (the files in it, what it may import beyond the standard library and itself; rooms and packages)
ROOMS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "toy_data": (("toy_data/",), {"numpy"}),
    "package": (("explorer/__init__.py",), set()),
    "knobs": (("explorer/knobs.py",), {"numpy", "pydantic"}),
    "ranges": (("explorer/ranges.py",), set()),
    "seeds": (("explorer/seeds.py",), set()),
    "public": (("explorer/public.py",), set()),
    "workers": (("explorer/workers.py",), {"public"}),
    "records": (("explorer/records/",), {"numpy", "pydantic"}),
    "draws": (("explorer/draws.py",), {"torch"}),
    "uploads": (("explorer/uploads.py",), {"knobs", "pydantic"}),
    "whole_files": (("explorer/whole_files.py",), set()),
    "models": (("explorer/models/",), {"torch", "safetensors", "draws", "uploads", "whole_files", *BASICS}),
    "training": (("explorer/training/",), {"torch", "numpy", "draws", "models", "whole_files", *BASICS}),
    "methods": (("explorer/methods/",), {"torch", "draws", "training", "models", *BASICS}),
    "data": (("explorer/data/",), {"numpy", "toy_data", "choosers", "cifar", "uploads", *BASICS}),
    "cifar": (("explorer/data/cifar/",), {"numpy", "pooch", "platformdirs", "data", "whole_files", *BASICS}),
    "choosers": (("explorer/data/choosers/",), {"numpy", "sklearn", "data", *BASICS}),
    "metrics": (("explorer/metrics/",), {"numpy", "sklearn", "scipy", *BASICS}),
    "attacks": (("explorer/attacks/",), {"numpy", "sklearn", "scipy", "metrics", *BASICS}),
    "audits": (
        ("explorer/audits/",),
        {"numpy", "torch", "sklearn", "draws", "models", "training", "metrics", *BASICS},
    ),
    "spec": (("explorer/spec/",), {"data", "choosers", "models", "training", "methods", "attacks", "audits", *BASICS}),
    "view": (("explorer/view/",), {"spec", *BASICS}),
    "lessons": (("explorer/lessons/",), {"view", "spec", *BASICS}),
    "decks": (("explorer/decks/",), {"lessons", "view", "spec", *BASICS}),
    "classroom": (("explorer/classroom/",), {"numpy", "lessons", *BASICS}),
    "recording": (("explorer/recording/",), {"torch", "numpy", "draws", "training", "methods", "models", *BASICS}),
    "pipeline": (
        ("explorer/pipeline/",),
        {"numpy", "torch", "draws", "uploads", "data", "choosers", "cifar", "models", "training", "methods", "spec"}
        | {"recording", "metrics", "attacks", "audits", *BASICS},
    ),
    "contract": (
        ("explorer/contract/",),
        {"numpy", "torch", "draws", "models", "training", "methods", "recording", "spec", *BASICS},
    ),
    "figures": (("explorer/figures/",), {"numpy", "plotly", "PIL", *BASICS}),
    "player": (("explorer/player/",), {"numpy", "plotly", "PIL", "imageio_ffmpeg", "figures", *BASICS}),
    "experiments": (
        ("explorer/experiments/",),
        {"pipeline", "spec", "data", "numpy", "safetensors", "platformdirs", "distributed", "optuna", "PIL", "package"}
        | {"whole_files", *BASICS},
    ),
    "session": (("explorer/session/",), {"view", "spec", "decks", "pipeline", "experiments", *BASICS}),
    "contents": (
        ("explorer/contents/",),
        {"numpy", "PIL", "segno", "uploads", "view", "spec", "pipeline", "experiments", "metrics", "figures", "player"}
        | {"session", "lessons", "decks", "classroom", *BASICS},
    ),
    "service": (
        ("explorer/service/",),
        {"starlette", "contents", "session", "experiments", "player", "view", "decks", "classroom", *BASICS},
    ),
    "pages": (
        ("explorer/pages/", "explorer/app/"),
        {"streamlit", "numpy", "contents", "session", "view", "spec", "figures", "player", "pipeline", "experiments"}
        | {"package", "service", "lessons", "decks", "classroom", *BASICS},
    ),
    "api": (("explorer/api.py",), {"numpy", "data", "pipeline", "spec", "view", "experiments", *BASICS}),
    "launch": (("explorer/launch.py",), {"streamlit", "service", "workers"}),
    "checkout": (("app.py",), {"streamlit", "service", "launch", "pages"}),
    "command": (
        ("explorer/__main__.py", "explorer/commands.py", "explorer/debug.py"),
        {
            "experiments",
            "pipeline",
            "spec",
            "view",
            "data",
            "launch",
            "contents",
            "contract",
            "lessons",
            "decks",
            "session",
            "api",
            "whole_files",
            *BASICS,
        },
    ),
    "setup": ((".ci/",), set()),
}
HEAVY = {
    "sklearn",
    "scipy",
    "safetensors",
    "pooch",
    "optuna",
}  # imported where they are used, not when a file is loaded


def room_of(path: str) -> str | None:
    """Return the room of a file, by the longest place that holds it."""
    places = [(place, room) for room, (all_places, _) in ROOMS.items() for place in all_places]
    fitting = [pair for pair in places if path == pair[0] or (pair[0].endswith("/") and path.startswith(pair[0]))]
    return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else None


def imported(path: str, tree: ast.AST) -> set[str]:
    """Return the dotted names that a file imports, relative ones resolved."""
    names: set[str] = set()
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def used_room(name: str) -> str | None:
    """Return the room or package that a dotted name belongs to; None for the standard library."""
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names:
        return None
    if parts[0] not in ("explorer", "toy_data", "app", "tests"):
        return parts[0]
    for length in range(len(parts), 0, -1):
        stem = "/".join(parts[:length])
        for file in (f"{stem}.py", f"{stem}/__init__.py"):
            if (ROOT / file).exists():
                return room_of(file) or f"{file}, which is in no room"
    return f"{name}, which does not exist"


def faults(path: str, source: str) -> list[str]:
    """Return one sentence for each import that the table does not allow."""
    room = room_of(path)
    if room is None:
        return [f"{path} stands in no room: place it in one, or add a row to the table in tests/test_imports.py"]
    tree = ast.parse(source)
    allowed = ROOMS[room][1] | {room}
    found = sorted({(used, name) for name in imported(path, tree) if (used := used_room(name)) is not None})
    sentences = [f"{path} ({room}) must not import {name} ({used})" for used, name in found if used not in allowed]
    early = {name.split(".")[0] for node in tree.body for name in imported(path, node) if not _in_function(node)}
    return sentences + [f"{path} must import {name} where it is used" for name in sorted(early & HEAVY)]


def _in_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def sources() -> list[str]:
    places = [ROOT / "app.py", *(f for top in ("explorer", "toy_data", ".ci") for f in (ROOT / top).rglob("*.py"))]
    return sorted(file.relative_to(ROOT).as_posix() for file in places if file.exists())


@pytest.mark.parametrize("path", sources())
def test_file_imports_only_what_its_room_may(path: str):
    assert faults(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source", "word"),
    [
        ("explorer/strange.py", "", "no room"),
        ("explorer/figures/new.py", "import torch.nn", "torch"),
        ("explorer/methods/new.py", "from explorer.metrics import accuracy", "metrics"),
        ("explorer/methods/new.py", "from ..metrics import accuracy", "metrics"),
        ("explorer/metrics/new.py", "def f():\n    import streamlit", "streamlit"),
        ("toy_data/new.py", "from explorer import knobs", "knobs"),
        ("explorer/pages/new.py", "import torch", "torch"),
        ("explorer/metrics/new.py", "from scipy.special import log_softmax", "where it is used"),
        ("explorer/records/new.py", "from explorer.nowhere import x", "explorer.nowhere"),
    ],
)
def test_a_wrong_import_is_found(path: str, source: str, word: str):
    assert [sentence for sentence in faults(path, source) if word in sentence]


def test_the_standard_library_and_own_room_are_free():
    assert faults("explorer/metrics/new.py", "import os, json\nfrom explorer.metrics import __doc__") == []


def test_top_level_holds_only_what_the_design_names():
    known = {"app.py", "explorer", "toy_data", "tests", "requirements.txt", "README.md", "Makefile", "pyproject.toml"}
    known |= {"LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "SECURITY.md", "Dockerfile"}
    known |= {"shared", "build", "dist"}  # ignored by git
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert {name for name in found if not name.endswith(".egg-info") and name != "__pycache__"} <= known
