"""A method of one's own is found outside the package, runs, and is marked as one's own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.contents.picture import pictures
from explorer.contract import RULES
from explorer.experiments.store.store import Store
from explorer.session.desk import Here, silent
from explorer.spec.catalog import CATALOG, Catalog
from explorer.spec.own_methods import own_files
from explorer.view import View

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
        ("leaving.py", "raise SystemExit", r"mine/leaving\.py cannot be loaded: SystemExit"),
        ("My-Own.py", NOISE, "it must hold small letters, digits and underscores only"),
    ],
)
def test_a_file_that_cannot_be_one_is_named_and_the_others_are_found(folder: Path, name: str, text: str, said: str):
    (folder / name).write_text(text)
    (folder / "noise.py").write_text(NOISE)
    found = Catalog()
    assert set(found.methods) == {*CATALOG.methods, "noise"} and found.own == {"noise"}
    (sentence,) = found.broken
    assert re.search(said, sentence) and "\n" not in sentence


def test_a_broken_file_is_named_on_the_command_line_and_the_command_goes_on(folder: Path):
    (folder / "broken.py").write_text("1 / 0")
    env = {**os.environ, "EXPLORER_STORE": str(folder.parent / "store"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "explorer", "list"], env=env, capture_output=True, check=True)
    assert {method["key"] for method in json.loads(done.stdout)["methods"]} == set(CATALOG.methods)
    assert done.stderr.decode() == f"{folder / 'broken.py'} cannot be loaded: division by zero\n"


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_METHODS", "/nowhere/at/all")
    found = Catalog()
    assert set(found.methods) == set(CATALOG.methods) and own_files() == []
    assert found.broken == ("EXPLORER_METHODS must name a folder, got /nowhere/at/all",)


def test_whatever_a_method_of_ones_own_raises_its_panel_alone_says_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "noise.py").write_text(NOISE.replace("        yield model", "        {}['nothing']\n        yield model"))
    own = Catalog()
    for name in ("methods", "_own"):
        monkeypatch.setitem(vars(CATALOG), name, getattr(own, name))
    base = {"data": {"n": 60}, "training": {"steps": 20}, "evaluation": {"retrained_seeds": 2}}
    view = View.parse({"base": base, "panels": [{"method": "noise"}, {"method": "fine_tune", "knobs": {"steps": 2}}]})
    *_, found = pictures(view, Here(Store(None).memo), silent)
    assert found.panels["0:noise"].trouble == "Weight noise (yours) broke down: KeyError: 'nothing'"
    assert found.panels["1:fine_tune"].trouble == "" and "1:fine_tune" in found.numbers


def checked(file: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "explorer", "check", str(file)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.long
def test_a_file_can_be_checked_against_every_rule(folder: Path):
    file = folder / "noise.py"
    file.write_text(NOISE)
    status, said, wrong = checked(file)
    assert (status, wrong) == (0, "")
    assert [line.split()[0] for line in said.splitlines()[1:-1]] == ["ok"] * len(RULES)
    assert said.splitlines()[-1] == f"{file} keeps all {len(RULES)} rules."
    file.write_text(NOISE.replace("model = copy.deepcopy(original)", "model = original").replace("Watch:", "Look:"))
    status, said, wrong = checked(file)
    assert status == 1 and wrong == ""
    assert "broken  the original is untouched (mlp, conv): it changed weights or buffers of the original" in said
    assert "broken  its card has every section: the docstring must have paragraphs that begin with" in said
    assert said.splitlines()[-1] == f"{file} breaks 3 of {len(RULES)} rules."


def test_a_file_that_cannot_be_checked_gets_one_sentence(folder: Path):
    (folder / "broken.py").write_text("1 / 0")
    (folder / "empty.py").write_text("")
    assert checked(folder / "broken.py")[::2] == (2, f"{folder / 'broken.py'} cannot be loaded: division by zero\n")
    assert checked(folder / "empty.py")[::2] == (2, f"{folder / 'empty.py'} must declare METHOD = Method(...)\n")
    assert checked(folder / "absent.py")[::2] == (2, f"{folder / 'absent.py'} must be a file of Python that is there\n")


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
    (sentence,) = Catalog().broken
    assert re.search(said, sentence)
