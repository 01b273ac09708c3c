"""What is installed, and what the repository shows the public: wheel, ranges, workflows, citation."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def pins() -> dict[str, str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def shipped() -> set[str]:
    """Every file that a wheel must hold: those of the packages that are no build output."""
    files = (file for top in ("explorer", "toy_data") for file in (ROOT / top).rglob("*") if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from a copy of the checkout."""
    pytest.importorskip("setuptools")
    source, out = tmp_path_factory.mktemp("source") / "copy", tmp_path_factory.mktemp("wheel")
    source.mkdir()
    for name in ("explorer", "toy_data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "README.md", "LICENSE", "requirements.txt"):
        shutil.copy(ROOT / name, source / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=300)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as held:
        return set(held.namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel: set[str]):
    assert shipped() - wheel == set()


def test_the_wheel_has_two_top_level_packages_and_its_own_record(wheel: set[str]):
    tops = {name.partition("/")[0] for name in wheel}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"explorer", "toy_data"}
    assert {"explorer/py.typed", "explorer/app/config.toml"} <= wheel


def test_a_range_begins_at_the_pin_and_has_an_end():
    held = pins()
    for line in PROJECT["dependencies"]:
        match = re.fullmatch(r"([a-z-]+)>=([\d.]+),<([\d.]+)", line)
        assert match, line
        name, low, high = match.groups()
        assert held[name] == low
        assert [int(part) for part in high.split(".")] > [int(part) for part in low.split(".")]


def test_the_package_needs_what_is_pinned_but_for_the_tests():
    needed = {re.split(">=", line)[0] for line in PROJECT["dependencies"]}
    assert set(pins()) - needed == {"pytest", "hypothesis", "optuna"}
    assert needed < set(pins())
    for name in ("pytest", "hypothesis", "optuna"):
        assert f"{name}=={pins()[name]}" in PROJECT["optional-dependencies"]["test"]


def test_the_index_of_torch_is_named_once():
    tracked = [
        *ROOT.glob("*.*"),
        ROOT / "Makefile",
        ROOT / "Dockerfile",
        *GITHUB.rglob("*.*"),
        *(ROOT / ".ci").iterdir(),
    ]
    texts = [
        file.read_text(encoding="utf-8") for file in tracked if file.suffix not in (".webp", ".pyc") and file.is_file()
    ]
    assert sum(text.count("download.pytorch.org") for text in texts) == 1


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_by_its_whole_hash(file: Path):
    used = re.findall(r"uses:\s*(\S+)", file.read_text())
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", one), one


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_can_be_read_and_calls_what_ci_calls(file: Path):
    yaml = pytest.importorskip("yaml")
    content = yaml.safe_load(file.read_text())
    assert content["permissions"] == {"contents": "read"}
    commands = [step.get("run", "") for job in content["jobs"].values() for step in job["steps"]]
    assert ".ci/run" in commands
    assert any("pip wheel . --no-deps" in command for command in commands)


def test_what_could_not_be_run_says_so():
    for file in (*WORKFLOWS, ROOT / "Dockerfile"):
        assert file.read_text().startswith("# Not "), file.name


def test_the_citation_is_of_this_version():
    yaml = pytest.importorskip("yaml")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == explorer.__version__
    assert citation["authors"] == [{"name": "The Unlearning Explorer developers"}] == PROJECT["authors"]
    assert citation["license"] == PROJECT["license"]
    assert {"cff-version", "message", "title"} <= set(citation)
    assert f"Version {explorer.__version__}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_container_runs_as_nobody_in_particular():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    user = lines.index("USER explorer")
    assert not any(line.startswith("RUN") for line in lines[user:])
    assert any("useradd" in line and line.endswith(" explorer") for line in lines[:user])


def test_issue_templates_have_a_name():
    for file in (GITHUB / "ISSUE_TEMPLATE").glob("*.md"):
        assert file.read_text().startswith("---\nname: "), file.name
