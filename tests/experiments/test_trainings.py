"""A training is kept under the hash of the code that trains, and of no other, in one memo of a process."""

import ast
import shutil
from pathlib import Path

import pytest

from explorer import pipeline
from explorer.experiments.store.reached import ROOT, hash_of
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import STOPS, training_code, training_source, trainings_at
from explorer.experiments.work import tasks
from explorer.spec import Spec

CODE = training_code()
FILES = sorted({module for module, _ in CODE})
# Read by hand from what happens between a Spec and the weights of an image network.
DECIDE = {
    "explorer.data.choosers.random", "explorer.data.choosing", "explorer.data.cifar", "explorer.data.cifar._read",
    "explorer.draws", "explorer.models._layers", "explorer.models._layout", "explorer.models.compact",
    "explorer.models.resnet18", "explorer.models.vgg11", "explorer.pipeline.sets", "explorer.pipeline.worlds.images",
    "explorer.records.data", "explorer.recording.evaluating", "explorer.seeds", "explorer.training",
    "explorer.training.loop", "explorer.training.precision",
}  # fmt: skip
DO_NOT = (
    "explorer.attacks", "explorer.contents", "explorer.data.toys", "explorer.experiments", "explorer.figures",
    "explorer.knobs", "explorer.methods", "explorer.metrics", "explorer.models.mlp", "explorer.pages",
    "explorer.recording.record", "explorer.spec", "explorer.training.stack", "toy_data",
)  # fmt: skip


def file_of(module: str, root: Path) -> Path:
    stem = root / Path(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for name in ("explorer", "toy_data"):
        shutil.copytree(ROOT / name, root / name, ignore=lambda _, names: [n for n in names if _is_no_code(n)])
    return root


def _is_no_code(name: str) -> bool:
    return name == "__pycache__" or ("." in name and not name.endswith(".py"))


def test_what_decides_a_training_is_reached_and_what_does_not_is_not():
    assert set(FILES) >= DECIDE
    assert [module for module in FILES if f"{module}.".startswith(tuple(f"{name}." for name in DO_NOT))] == []
    assert training_source().startswith(f"{hash_of(CODE)}-")


def test_the_fill_of_a_head_and_the_seeds_of_a_loop_are_reached():
    """A list by hand had left them out, so trainings of other code were read."""
    assert ("explorer.models._layout", "linear_weights") in CODE
    assert ("explorer.seeds", "child_seed") in CODE


@pytest.mark.parametrize("stop", STOPS)
def test_what_is_not_followed_exists(stop: str):
    module, _, name = stop.rpartition(".")
    assert file_of(stop, ROOT).is_file() or f"def {name}(" in file_of(module, ROOT).read_text()


def end_of(module: str, root: Path) -> tuple[list[str], int, str]:
    """Return the lines of a file, where a definition in it that is reached ends, and how one more statement begins."""
    text = file_of(module, root).read_text()
    names = {name for one, name in CODE if one == module}
    for node in ast.parse(text).body:
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        if name and name in names:
            begin = f"{name} = " if isinstance(node, ast.Assign) else "    "
            return text.splitlines(keepends=True), node.end_lineno or 0, begin
    raise AssertionError(f"nothing in {module} is reached")


@pytest.mark.parametrize("module", FILES)
def test_one_statement_in_a_file_that_is_reached_changes_the_hash(module: str, copy: Path):
    file = file_of(module, copy)
    before = file.read_bytes()
    lines, end, begin = end_of(module, copy)
    try:
        file.write_text("".join([*lines[:end], f"{begin}0\n", *lines[end:]]))
        assert hash_of(training_code(copy)) != hash_of(CODE)
    finally:
        file.write_bytes(before)


def test_comments_and_docstrings_anywhere_and_statements_elsewhere_change_nothing(copy: Path):
    for file in copy.rglob("*.py"):
        module = ".".join(file.relative_to(copy).with_suffix("").parts).removesuffix(".__init__")
        text = file.read_text().replace('"""', '"""Otherwise said: ', 1) + "\n# a comment\n"
        file.write_text(text + ("" if module in FILES else "CHANGED = 1\n"))
    assert hash_of(training_code(copy)) == hash_of(CODE)


def test_all_runs_of_a_folder_share_their_trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    memos: list[pipeline.Memo] = []
    monkeypatch.setattr(pipeline, "result", lambda run: memos.append(run.memo) or {})
    specs = [
        Spec.parse({
            "data": {"name": "cifar10", "n": 200}, "model": {"name": "compact"}, "training": {"recipe": "memorise"},
            "request": {"choose": "random", "fraction": 0.1}, "method": {"name": "gradient_ascent"}, "seed": seed,
        })
        for seed in (0, 1)
    ]  # fmt: skip
    for spec in specs:
        tasks.through(Store(tmp_path), spec)
    assert memos == [trainings_at(str(tmp_path)).memo] * 2
