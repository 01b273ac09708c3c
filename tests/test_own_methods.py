"""A method of one's own is found outside the package, runs, and is marked as one's own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.spec.catalog import CATALOG, Catalog
from explorer.spec.own_methods import own_files

ROOT = Path(__file__).resolve().parent.parent
NOISE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
SPEC = {
    "data": {"n": 60}, "training": {"steps": 20}, "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    "method": {"name": "noise", "knobs": {"steps": 2}},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert not CATALOG.own and "noise" not in CATALOG.methods  # known for good before the folder is named
    own = tmp_path / "mine"
    own.mkdir()
    monkeypatch.setenv("EXPLORER_METHODS", str(own))
    return own


def command(folder: Path, *words: str) -> Any:
    env = {**os.environ, "EXPLORER_STORE": str(folder.parent / "store"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "explorer", *words], env=env, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_a_file_in_the_folder_is_found_runs_and_is_marked(folder: Path):
    (folder / "noise.py").write_text(NOISE)
    (folder / "_helper.py").write_text("raise SystemExit")
    listed = {method["key"]: method for method in command(folder, "list")["methods"]}
    assert list(listed)[-1] == "noise" and set(listed) == {*CATALOG.methods, "noise"}
    assert listed["noise"]["own"] is True and listed["noise"]["title"] == "Weight noise (yours)"
    assert listed["jit"]["own"] is False and listed["jit"]["title"] == "JiT"
    (folder.parent / "spec.json").write_text(json.dumps(SPEC))
    result = command(folder, "run", str(folder.parent / "spec.json"))
    assert result["spec"]["method"] == {"name": "noise", "knobs": {"scale": 0.05, "steps": 2}}
    assert 0 <= result["models"]["unlearned"]["accuracy"]["retain"] <= 1


def test_its_card_and_its_images_part_are_those_of_its_file(folder: Path):
    (folder / "noise.py").write_text(NOISE)
    found = Catalog()
    assert found.own == {"noise"}
    assert found.card("noise").sections["Source"] == "ours, as an example."
    assert found.methods["noise"].images.start
    assert found.card("jit") == CATALOG.card("jit")


def test_an_edit_of_ones_own_file_makes_stored_results_stale(folder: Path):
    assert own_files() == []
    (folder / "noise.py").write_text(NOISE)
    assert [file.name for file in own_files()] == ["noise.py"]
    before = source(folder)
    assert source(folder) == before
    (folder / "noise.py").write_text(NOISE + "# changed\n")
    assert source(folder) != before


def source(folder: Path) -> str:
    """Return the hash of all files as a new process finds it."""
    code = "from explorer.experiments.store.provenance import source; print(source())"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "EXPLORER_METHODS": str(folder)}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.py", "1 / 0", r"mine/broken\.py cannot be loaded: division by zero"),
        ("empty.py", "", r"mine/empty\.py must declare METHOD = Method\(\.\.\.\)"),
        ("jit.py", NOISE, r"mine/jit\.py cannot be a method under the key `jit`: it is taken"),
        ("retrained.py", NOISE, "under the key `retrained`: it is taken"),
        ("My-Own.py", NOISE, "it must hold small letters, digits and underscores only"),
    ],
)
def test_a_file_that_cannot_be_one_is_named(folder: Path, name: str, text: str, said: str):
    (folder / name).write_text(text)
    with pytest.raises(ImportError, match=said):
        _ = Catalog().methods


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_METHODS", "/nowhere/at/all")
    with pytest.raises(ImportError, match="EXPLORER_METHODS must name a folder, got /nowhere/at/all"):
        _ = Catalog().methods


def install(root: Path, value: str) -> None:
    """Lay out a package as an installer would, with one entry point."""
    (root / "shaken").mkdir()
    (root / "shaken" / "__init__.py").touch()
    (root / "shaken" / "methods.py").write_text(NOISE)
    about = root / "shaken-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shaken\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[unlearning_explorer.methods]\nshaken_noise = {value}\n")


def test_an_installed_package_offers_a_method_by_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, "shaken.methods")
    monkeypatch.syspath_prepend(tmp_path)
    found = Catalog()
    assert found.methods["shaken_noise"].title == "Weight noise (yours)"
    assert found.card("shaken_noise").equation.startswith("w <- w + scale * e")
    assert {file.name for file in own_files()} == {"__init__.py", "methods.py"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("shaken.nowhere", r"shaken\.nowhere of the package shaken cannot be loaded: No module named"),
        ("shaken.methods:METHOD", r"must be a module that declares METHOD: leave out what follows the colon"),
    ],
)
def test_a_broken_entry_point_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str):
    install(tmp_path, value)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=said):
        _ = Catalog().methods
