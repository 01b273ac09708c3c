"""The scripts behind `make`: what they install, and how they mend what was left half-made."""

import contextlib
import http.server
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import metadata
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


# --- torch's CPU build ---------------------------------------------------------------------------------------------


class Index(http.server.BaseHTTPRequestHandler):
    """A package index that answers a page at once."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Slow(Index):
    """One that takes its time."""

    def do_GET(self) -> None:
        time.sleep(30)


class Broken(Index):
    """One that talks another language."""

    def do_GET(self) -> None:
        self.wfile.write(b"not HTTP\n")


@contextlib.contextmanager
def served(kind: type[Index]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a Linux without a GPU and without torch; what it would have pip do is noted in `asked`."""
    module = script()
    asked: list[list[str]] = []
    module.asked = asked  # type: ignore[attr-defined]
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module, "_pip", lambda *args: asked.append([a for a in args if a != "--quiet"]) or 0)
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module, "NVIDIA", Path("/nowhere"))
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module.metadata, "version", missing)
    return module


PLAIN = ["install", "torch==2.13.0", "numpy==2.4.6"]


def test_where_the_index_answers_torch_alone_comes_from_it(install: ModuleType, monkeypatch: pytest.MonkeyPatch):
    with served(Index) as address:
        monkeypatch.setattr(install, "CPU_BUILDS", address)
        assert install.install(PLAIN[1:]) == 0
    assert install.asked == [["install", "--no-deps", "--index-url", address, "torch==2.13.0"], PLAIN]


@pytest.mark.parametrize("kind", [Slow, Broken])
def test_an_index_that_is_slow_or_broken_is_left_alone(
    kind: type[Index], install: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    with served(kind) as address:
        monkeypatch.setattr(install, "CPU_BUILDS", address)
        install.install(PLAIN[1:])
    assert install.asked == [PLAIN]


def test_an_index_that_is_not_there_is_left_alone(install: ModuleType, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        monkeypatch.setattr(install, "CPU_BUILDS", f"http://127.0.0.1:{taken.getsockname()[1]}")
        install.install(PLAIN[1:])
    assert install.asked == [PLAIN]


def test_a_proxy_that_never_answers_costs_no_more_than_the_patience(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    waited: list[float | None] = []
    join = threading.Thread.join
    monkeypatch.setattr(
        threading.Thread, "join", lambda self, timeout=None: waited.append(timeout) or join(self, timeout)
    )
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setattr(install, "CPU_BUILDS", "http://index.invalid/whl")
        install.install(PLAIN[1:])
    assert install.asked == [PLAIN]
    assert waited == [install.PATIENCE] == [3.0]


def test_nothing_is_asked_where_torch_is_there_or_a_gpu_or_another_system(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    wanted = "torch==2.13.0"
    assert install.small_torch(wanted)
    with monkeypatch.context() as there:
        there.setattr(install.metadata, "version", lambda name: "2.13.0+cpu")
        assert not install.small_torch(wanted)
        there.setattr(install.metadata, "version", lambda name: "2.12.0")
        assert install.small_torch(wanted)
    with monkeypatch.context() as gpu:
        gpu.setattr(install, "NVIDIA", tmp_path)
        assert not install.small_torch(wanted)
    with monkeypatch.context() as gpu:
        gpu.setattr(install.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
        assert not install.small_torch(wanted)
    with monkeypatch.context() as other:
        other.setattr(install.sys, "platform", "darwin")
        assert not install.small_torch(wanted)
