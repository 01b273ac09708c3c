import gc
import http.server
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.web.server.starlette import starlette_server

from explorer import launch, workers
from explorer.__main__ import main
from explorer.pages import shell
from explorer.service import expected

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_busy_port_gives_the_next_free_one(busy: int):
    assert launch.free_port("127.0.0.1", busy) > busy


def test_a_free_port_is_taken_as_it_is(busy: int):
    free = launch.free_port("127.0.0.1", busy)
    assert launch.free_port("127.0.0.1", free) == free


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--port", "abc"], "PORT must be a whole number in [1, 65535], got abc\n"),
        (["--port", "0"], "PORT must be a whole number in [1, 65535], got 0\n"),
        (["--port", "65536"], "PORT must be a whole number in [1, 65535], got 65536\n"),
        (["--host", "192.0.2.1"], "HOST must be an address of this machine, got 192.0.2.1\n"),
        (["--host", "no host"], "HOST must be an address of this machine, got no host\n"),
    ],
    ids=str,
)
def test_a_wrong_word_is_one_sentence(args: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    assert main(["app", *args]) == 2
    assert capsys.readouterr().err == sentence


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("example.org", "http://example.org:80")],
)
def test_the_address_can_be_typed_into_a_browser(host: str, shown: str):
    assert launch.address(host, 80) == shown


def test_listening_everywhere_shows_an_address_that_others_can_reach():
    assert "0.0.0.0" not in launch.address("0.0.0.0", 80)


def test_it_starts_beside_a_busy_port_with_a_read_only_home_and_stops_at_ctrl_c(busy: int, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    if os.access(home, os.W_OK) and Path("/proc").exists():  # root may write anywhere but here
        home = Path("/proc/no-home")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "STREAMLIT_"))}
    env |= {"HOME": str(home), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "explorer", "app", "--port", str(busy)],
        cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert server.stdout is not None
    said = ""
    try:
        for line in server.stdout:
            said += line
            if "Ctrl-C stops it" in line:
                break
        server.send_signal(signal.SIGINT)
        said += server.communicate(timeout=60)[0]
    finally:
        server.kill()
        server.wait()
    assert f"Port {busy} is busy; taking " in said
    assert re.search(r"is at  http://127\.0\.0\.1:\d+\n", said)
    assert "Traceback" not in said and "Error" not in said
    assert server.returncode == 0


class Other(http.server.BaseHTTPRequestHandler):
    """Another program's server, that answers whatever it is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def test_a_port_that_another_program_takes_meanwhile_is_one_sentence_and_no_address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        port = other.server_port
        script = f"""
from explorer import launch
from explorer.__main__ import main
launch.free_port = lambda host, first: first  # it was, when one asked
raise SystemExit(launch.start("127.0.0.1", "{port}"))
"""
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True, timeout=120)
        other.shutdown()
    assert done.returncode == 1
    assert f"Port {port} was taken while the app started; start it again." in done.stderr
    assert "is at" not in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_although_nobody_reads_what_it_says(number: int, busy: int):
    server = subprocess.Popen(
        [sys.executable, "-m", "explorer", "app", "--port", str(launch.free_port("127.0.0.1", busy))],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert server.stdout is not None
    for line in server.stdout:
        if "Ctrl-C stops it" in line:
            break
    server.stdout.close()
    server.send_signal(number)
    try:
        assert server.wait(timeout=60) in (0, 120)  # 120: Python itself could not flush its output at the end
    finally:
        server.kill()
        server.wait()


CONFIGURATION = ROOT / "explorer/app/config.toml"


def test_the_server_keeps_to_this_machine_and_sends_nothing():
    settings = tomllib.loads(CONFIGURATION.read_text())
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False
    assert "http" not in CONFIGURATION.read_text()


def test_a_checkout_says_to_streamlit_what_the_package_says():
    assert (ROOT / ".streamlit/config.toml").read_text() == CONFIGURATION.read_text()


def test_every_setting_is_told_by_its_dotted_name():
    said = launch.settings("::1", 8600)
    assert (said["server.address"], said["server.port"]) == ("::1", 8600)
    assert (said["browser.gatherUsageStats"], said["server.headless"], said["server.maxUploadSize"]) == (
        False,
        True,
        60,
    )
    assert (said["client.showErrorDetails"], said["theme.light.primaryColor"]) == ("none", "#1c68a8")


def test_two_runs_of_a_page_never_write_to_one_session_at_once():
    """Where they do, Streamlit fails at times: "dictionary changed size during iteration"."""
    assert launch.settings("::1", 8600)["runner.fastReruns"] is False


def test_no_run_of_a_page_collects_all_garbage():
    assert launch.settings("::1", 8600)["runner.postScriptGC"] is False


def test_what_is_imported_before_the_first_page_is_left_out_of_every_collection(monkeypatch: pytest.MonkeyPatch):
    class NoWorkers:
        def warm(self, _: object) -> None: ...

    monkeypatch.setattr("explorer.session.desk.workers", NoWorkers)
    ready, before = threading.Event(), gc.get_freeze_count()
    try:
        shell._warm(ready)
        assert ready.is_set() and gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(("dev", "watched"), [("", 0), ("0", 0), ("1", 1)])
def test_streamlits_own_files_are_watched_only_by_who_develops(dev: str, watched: int, monkeypatch: pytest.MonkeyPatch):
    calls: list[object] = []
    monkeypatch.setenv("DEV", dev)
    for name in ("send_at_once", "_announce"):
        monkeypatch.setattr(launch, name, lambda *_: None)
    monkeypatch.setattr("streamlit.web.bootstrap.load_config_options", lambda told: None)
    monkeypatch.setattr("streamlit.web.bootstrap._install_config_watchers", calls.append)
    runner = "streamlit.web.server.starlette.starlette_server.UvicornRunner.run"
    monkeypatch.setattr(runner, lambda self: calls.append("served"))
    launch._run("127.0.0.1", 8600)
    assert len(calls) == watched + 1 and calls[-1] == "served"


STRAY = """[server]
port = 1
baseUrlPath = "elsewhere"
[browser]
gatherUsageStats = true
[client]
toolbarMode = "developer"
[theme]
base = "dark"
"""


def test_another_projects_configuration_changes_nothing(busy: int, tmp_path: Path):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit/config.toml").write_text(STRAY)
    script = f"""
import os
from explorer import launch
from streamlit import config
from streamlit.web.server.starlette.starlette_server import UvicornRunner
names = ("server.port", "server.baseUrlPath", "browser.gatherUsageStats", "client.toolbarMode", "theme.base")
variables = ("EXPLORER_STORE", "EXPLORER_PUBLIC", "EXPLORER_WORKERS")
UvicornRunner.run = lambda self: print(
    [config.get_option(name) for name in names], *(os.environ[name] for name in variables)
)
launch._announce = lambda *_: None
launch.start("127.0.0.1", "{launch.free_port("127.0.0.1", busy)}")
"""
    named = {"EXPLORER_STORE": "mine", "EXPLORER_PUBLIC": "0", "EXPLORER_WORKERS": "2"}
    env = {**os.environ, **named, "PYTHONPATH": str(ROOT), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=env, text=True, capture_output=True, timeout=120
    )
    said = done.stdout.splitlines()[-1]
    assert said.partition(", ")[2] == f"'', False, 'viewer', None] {tmp_path / 'mine'} 0 2", done.stderr
    assert not said.startswith("[1,")


def test_what_the_server_says_leaves_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    launch.send_at_once()
    launch.send_at_once()  # as often as one likes
    with starlette_server._bind_socket("127.0.0.1", 0, 1) as listening:
        listening.setblocking(True)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("said", ["abc", "0", "257", "-1", "٣"])
def test_a_wrong_number_of_workers_is_one_sentence_before_anything_starts(
    said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("EXPLORER_WORKERS", said)
    assert main(["app"]) == 2
    assert capsys.readouterr().err == f"EXPLORER_WORKERS must be a whole number in [1, 256], got {said}\n"


def test_there_is_a_worker_a_core_and_one_in_a_public_demo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EXPLORER_WORKERS", raising=False)
    monkeypatch.delenv("EXPLORER_PUBLIC", raising=False)
    monkeypatch.setattr(workers, "cores", lambda: 3)
    assert workers.count() == 3
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")
    assert workers.count() == 1
    monkeypatch.setenv("EXPLORER_WORKERS", "2")
    assert workers.count() == 2


def test_what_to_expect_is_said_for_this_machine(monkeypatch: pytest.MonkeyPatch):
    assert expected.told(0.045, 2) == (
        "A new picture takes 45 ms here now. Of people who each move a knob every 5 s, about 15 within 0.6 s, about 30 "
        "within 1.5 s see theirs (95 of 100)."
    )
    assert "about 5 within 0.6 s, about 10 within" in expected.told(0.135, 4)  # a third as fast; more cores do not help
    assert "about 8 within 0.6 s, about 15 within" in expected.told(0.045, 1)
    monkeypatch.setattr(expected, "LONG", 0.0)
    assert re.match(r"A new picture takes \d+ ms here now", expected.sentence())
