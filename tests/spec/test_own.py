"""Methods of one's own that cannot be used are named, and nothing else breaks."""

import os
import re
from pathlib import Path

import pytest

from explorer.experiments.store import provenance
from explorer.experiments.store.store import Store
from explorer.spec.catalog import CATALOG, Catalog
from explorer.spec.own_methods import knob_fault, own_files

ROOT = Path(__file__).resolve().parents[2]
NOISE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
SCALE = "scale: float = knob(0.05, ge=0.0, le=1.0, "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "mine"
    own.mkdir()
    monkeypatch.setenv("EXPLORER_METHODS", str(own))
    monkeypatch.setattr(provenance, "source", provenance.source.__wrapped__)  # as a new process finds it
    return own


def test_a_package_that_breaks_is_named_and_results_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "breaking").mkdir()
    (tmp_path / "breaking" / "__init__.py").write_text("1 / 0")
    (tmp_path / "breaking" / "methods.py").write_text(NOISE)
    about = tmp_path / "breaking-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: breaking\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[unlearning_explorer.methods]\nbreaks = breaking.methods\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(provenance, "source", provenance.source.__wrapped__)
    assert own_files() == [] and Store(tmp_path / "store").place
    assert Catalog().broken == ("breaking.methods of the package breaking cannot be loaded: division by zero",)


def test_what_an_editor_keeps_beside_a_file_is_no_method(folder: Path):
    (folder / "noise.py").write_text(NOISE)
    os.symlink("me@here.1234", folder / ".#noise.py")
    assert [file.name for file in own_files()] == ["noise.py"]
    assert Store(folder.parent / "store").place
    assert Catalog().own == {"noise"} and Catalog().broken == ()


def test_a_file_that_cannot_be_read_is_named_and_results_are_kept(folder: Path):
    os.symlink("nowhere.py", folder / "lost.py")
    (folder / "directory.py").mkdir()
    assert own_files() == [] and Store(folder.parent / "store").place
    assert Catalog().broken == tuple(
        f"{folder}/{name} must be a file of Python that is there" for name in ("directory.py", "lost.py")
    )


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("scale: float = knob(0.05, ", "`scale` needs ge and le, ge below le"),
        ("scale: float = knob(0.05, ge=0.0, ", "`scale` needs ge and le, ge below le"),
        ("scale: float = knob(0.05, ge=0.05, le=0.05, ", "`scale` needs ge and le, ge below le"),
        ("scale: float = knob(0.05, ge=-1.0, le=1.0, log=True, ", "ge below le, ge at least 0 as it is log"),
        ("scale: float = knob(2.0, ge=0.0, le=1.0, ", "the default of `scale` must lie in [0, 1], got 2.0"),
        ('scale: Literal["a", "b"] = knob("c", ', "the default of `scale` must be one of a, b, got c"),
        ("scale: int = knob(0.5, ge=0, le=1, ", "the default of `scale` must be a whole number, got 0.5"),
    ],
)
def test_a_method_with_a_knob_that_cannot_be_drawn_is_refused(folder: Path, declared: str, said: str):
    assert SCALE in NOISE
    text = NOISE.replace(SCALE, declared).replace("import copy", "import copy\nfrom typing import Literal")
    (folder / "noise.py").write_text(re.sub(r"    images=.*?\n    \),\n", "", text, flags=re.DOTALL))
    found = Catalog()
    assert set(found.methods) == set(CATALOG.methods) and found.own == frozenset()
    (sentence,) = found.broken
    assert sentence.startswith(f"{folder}/noise.py cannot be used: ") and sentence.endswith(said)


def test_every_method_that_ships_has_knobs_that_can_be_drawn():
    assert {key: knob_fault(method.knobs) for key, method in CATALOG.methods.items()} == dict.fromkeys(
        CATALOG.methods, ""
    )
