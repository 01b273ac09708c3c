"""The scripts behind `make`: what they install, and how they mend what was left half-made."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / ".ci/install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs nothing installed."""
    shutil.copytree(ROOT / ".ci", tmp_path / "repo/.ci")
    (tmp_path / "repo/requirements.txt").write_text("# nothing\n")
    (tmp_path / "repo/pyproject.toml").write_text("[project.optional-dependencies]\ntest = []\nnode = []\n")
    return tmp_path / "repo"


def make(checkout: Path, kind: str = "app", **env: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        ["sh", str(checkout / ".ci/venv.sh"), kind], text=True, capture_output=True, timeout=300,
        env={**os.environ, "PYTHON": sys.executable, **env}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_app_needs_what_requirements_say_and_tests_the_extra_too():
    install = script()
    app, test = install.wanted("app"), install.wanted("test")
    assert "torch==2.13.0" in app and not any("torchvision" in line for line in app)
    assert any(line.startswith("pyright==") for line in test)
    assert set(app) < set(test)
    assert all("==" in line for line in app)


def test_another_requirement_changes_the_stamp():
    install = script()
    assert install.fingerprint(["a==1"]) != install.fingerprint(["a==2"])
    assert install.fingerprint(["a==1"]) == install.fingerprint(["a==1"])


def test_the_environment_is_made_kept_and_mended(checkout: Path):
    first = make(checkout)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    again = make(checkout)
    assert (again.returncode, again.stdout) == (0, "")

    (checkout / ".venv/.installing").touch()  # an installation was killed
    mended = make(checkout)
    assert mended.returncode == 0 and "interrupted" in mended.stdout
    assert make(checkout).stdout == ""

    (checkout / ".venv/bin/python").unlink()  # the interpreter has gone
    assert "Making .venv" in make(checkout).stdout
    assert make(checkout).stdout == ""

    (checkout / "requirements.txt").write_text("no-such-package-anywhere @ file:///nowhere\n")
    failed = make(checkout)
    assert failed.returncode == 1
    assert "Installation failed: pip says above why" in failed.stdout


def test_what_tests_need_holds_what_the_app_needs(checkout: Path):
    assert "Installing what the tests need" in make(checkout, "test").stdout
    assert make(checkout, "app").stdout == ""


def test_a_missing_python_is_said_in_a_sentence(checkout: Path):
    none = make(checkout, PYTHON="no-such-python")
    assert none.returncode == 1
    assert none.stderr.startswith("Python 3.11 or newer is needed and was not found under the name no-such-python.")


def test_make_shows_its_commands_and_ci_calls_two():
    rules = (ROOT / "Makefile").read_text()
    for name in ("run", "test", "accept", "bench"):
        assert f"\n{name}:" in rules
    calls = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("make ")]
    assert calls == ["make test", "make accept QUICK=1"]
