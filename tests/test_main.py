import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.__main__ import installed, main
from explorer.lessons import ORDER
from explorer.spec.catalog import CATALOG

ROOT = Path(__file__).resolve().parent.parent
SMALL = {
    "data": {"n": 60},
    "model": {"widths": [4]},
    "training": {"steps": 20},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 2}},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def written(tmp_path: Path, content: object) -> str:
    file = tmp_path / "spec.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def strict(text: str) -> Any:
    """Read JSON that holds no NaN and no Infinity."""
    return json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} was printed"))


def test_list_names_every_plug_in(capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["list"]) == 0
    listed = strict(capfdbinary.readouterr().out.decode())
    assert list(listed) == ["methods", "data", "choosers", "models", "attacks", "audits", "lessons"]
    assert [entry["key"] for entry in listed["lessons"]] == list(ORDER)
    for lesson in listed.pop("lessons"):
        assert list(lesson) == ["key", "title", "goal", "minutes"] and lesson["minutes"] > 0
    for kind in listed:
        assert [entry["key"] for entry in listed[kind]] == list(getattr(CATALOG, kind))
    for method in listed["methods"]:
        assert list(method) == ["key", "title", "kind", "reads", "answers", "knobs", "own"]
        for knob in method["knobs"]:
            assert {"name", "kind", "default", "title", "help"} <= set(knob)


def test_run_prints_one_object_of_the_promised_shape(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["run", written(tmp_path, SMALL)]) == 0
    out, err = capfdbinary.readouterr()
    result = strict(out.decode())
    assert err == b""
    assert {"spec", "models", "to_retrained", "floor", "signal_to_floor", "cost"} <= set(result)
    assert list(result["models"]) == ["original", "unlearned", "retrained"]
    assert list(result["models"]["original"]["accuracy"]) == ["retain", "forget", "test"]
    assert set(result["models"]["retrained"]["accuracy"]["forget"]) == {"mean", "min", "max", "n"}
    assert set(result["floor"]) == set(result["to_retrained"])
    assert {"train", "retrain", "unlearn"} <= set(result["cost"]["seconds"])
    assert result["spec"]["model"]["activation"] == "tanh"


def test_the_printed_spec_runs_again_to_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    main(["run", written(tmp_path, SMALL)])
    first = strict(capfdbinary.readouterr().out.decode())
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "another"))
    main(["run", written(tmp_path, first["spec"])])
    second = strict(capfdbinary.readouterr().out.decode())
    assert {**first, "cost": 0} == {**second, "cost": 0}


def test_a_second_run_is_read_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    main(["run", written(tmp_path, SMALL)])
    first = capfdbinary.readouterr().out
    monkeypatch.setattr("explorer.pipeline.result", lambda *_: pytest.fail("it was computed again"))
    main(["run", written(tmp_path, SMALL)])
    assert capfdbinary.readouterr().out == first


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "must hold JSON, got Expecting value in line 1, column 1"),
        ('{"seed": NaN}', "must hold JSON: numbers must be finite, got NaN"),
        ('{"seed": 1e999}', "`seed` must be a whole number in [0, 2147483647], got inf"),
        ('{"data": {"noise": 1e999}}', "`data.noise` must be a finite number, got inf"),
        ("[" * 100_000, "must hold JSON"),
        ("9" * 5000, "must hold JSON"),
        ("[1]", "the Spec must be an object with named fields, got [1]"),
        ('"moons"', "the Spec must be an object with named fields, got moons"),
        ("null", "the Spec must be an object with named fields, got null"),
        ('{"data": {"noise": 99}}', "`data.noise` must lie in [0, 2], got 99"),
        ('{"dta": {}}', "`dta` is not known here"),
        ('{"method": null}', "`method` must name a method"),
        ('{"request": {"choose": "random", "fraction": 0}}', "request"),
        ('{"request": {"choose": "points", "index": [9999]}}', "9999"),
        ("{\"data\": {\"name\": \"csv\"}}", "no file was given"),
        ('{"data": {"name": "csv", "path": "/nowhere.csv"}}', "nowhere.csv"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(
    content: str, sentence: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
):
    assert main(["run", written(tmp_path, content)]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert sentence in err.decode()
    assert err.count(b"\n") == 1 and b"Traceback" not in err


@pytest.mark.parametrize("argv", [[], ["strange"], ["run"], ["run", "a", "b"], ["run", "/nowhere.json"], ["run", "/"]])
def test_a_wrong_command_is_one_line_too(argv: list[str], capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(argv) == 2
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1)


def test_help_and_errors_name_the_program_that_was_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert main(["list", "--strange"]) == 2
    assert capsys.readouterr().err == "unrecognized arguments: --strange; see python -m explorer --help\n"
    monkeypatch.setattr(sys, "argv", ["/anywhere/bin/unlearning-explorer", "run"])
    assert installed() == 2
    assert capsys.readouterr().err.endswith("see unlearning-explorer run --help\n")


def test_the_installed_program_alone_starts_the_app(monkeypatch: pytest.MonkeyPatch):
    started: list[tuple[str, str]] = []
    monkeypatch.setattr("explorer.launch.start", lambda host, port: started.append((host, port)) or 0)
    monkeypatch.setattr(sys, "argv", ["unlearning-explorer"])
    assert installed() == 0
    assert main(["app", "--host", "::1", "--port", "8600"]) == 0
    assert started == [("127.0.0.1", "8501"), ("::1", "8600")]


def test_the_tables_are_printed_by_themselves(capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["list", "--markdown"]) == 0
    short = capfdbinary.readouterr().out.decode()
    assert "| method | key | kind | what it does | year |\n" in short and "| 2021 |\n" in short
    assert main(["list", "--markdown", "--full"]) == 0
    full = capfdbinary.readouterr().out.decode()
    assert "| method | key | kind | what it does | source |\n" in full and "arXiv:2010.10981" in full
    assert main(["list", "--full"]) == 2
    assert capfdbinary.readouterr().err.startswith(b"`--full` goes with `--markdown`")


def test_an_export_replaces_the_file_as_a_whole(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
):
    target = tmp_path / "picture.SVG"
    target.write_text("before")
    assert main(["export", written(tmp_path, SMALL), "--to", str(target)]) == 0
    assert capfdbinary.readouterr().out.decode() == f"{target}: {target.stat().st_size:,} bytes\n"
    assert target.read_text().startswith("<svg")
    whole = target.read_text()

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    assert main(["export", written(tmp_path, SMALL), "--to", str(target)]) == 2
    assert capfdbinary.readouterr().err.decode() == f"{target} cannot be written: No space left on device\n"
    assert target.read_text() == whole
    assert {file.name for file in tmp_path.iterdir()} == {"picture.SVG", "spec.json", "store"}


@pytest.mark.parametrize(
    ("content", "to", "sentence"),
    [
        (SMALL, "film.webm", "`--to` must end in .html, .gif, .mp4, .png, .svg, .pdf or .csv, got film.webm\n"),
        (SMALL, "film", "`--to` must end in .html, .gif, .mp4, .png, .svg, .pdf or .csv, got film\n"),
        (SMALL, "nowhere/a.svg", "`--to` must name a file in a folder that is there, got nowhere/a.svg\n"),
        ({"base": {}, "page": "elsewhere"}, "a.svg", "page was ignored: `page` must be one of start, "),
        ("null", "a.svg", "a View must be an object with named fields, got null\n"),
        ({"base": {}, "page": "compare"}, "a.gif", "`page` compare is a poster, which must be written as .png, "),
        ({"slides": []}, "a.png", "a deck must be written as .html, got .png\n"),
        ({"slides": 3}, "a.html", "`slides` must be a list of at most 200, got 3\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_one_sentence(
    content: object, to: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["export", written(tmp_path, content), "--to", to]) == 2
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1) and err.decode().startswith(sentence)


def test_a_deck_is_exported_with_a_slide_that_says_why_it_is_not_there(tmp_path: Path):
    slides = [{"link": "lessons?v=1&lesson=cliff&at=3", "title": "First"}, {"link": "nowhere", "title": "Second"}]
    assert main(["export", written(tmp_path, {"slides": slides}), "--to", str(tmp_path / "talk.html")]) == 0
    page = (tmp_path / "talk.html").read_text(encoding="utf-8")
    assert page.count('class="slide" data-kind="text"') == 2 and '"title": "Second"' in page


VIEW = {"base": {**SMALL, "method": None}, "panels": [{"method": "retrained"}, {"method": "greedy"}, {"method": "jit"}]}


def test_a_view_runs_each_panel_that_holds_a_method(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    view = {"base": {name: part for name, part in SMALL.items() if name != "method"}, "panels": VIEW["panels"]}
    assert main(["run", written(tmp_path, view)]) == 0
    found = strict(capfdbinary.readouterr().out.decode())
    assert [one["spec"]["method"]["name"] for one in found] == ["greedy", "jit"]
    assert main(["run", written(tmp_path, {**view, "panels": [{"method": "retrained"}]})]) == 2
    said = b"no panel of the View holds a method, so there is nothing to run\n"
    assert capfdbinary.readouterr().err == said


def test_one_panel_of_a_view_is_exported(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    view = {"base": {name: part for name, part in SMALL.items() if name != "method"}, "panels": VIEW["panels"]}
    target = tmp_path / "panel.svg"
    assert main(["export", written(tmp_path, view), "--panel", "2", "--to", str(target)]) == 0
    drawn = target.read_text()
    assert CATALOG.methods["greedy"].title in drawn and ">JiT<" not in drawn and ">Retrained<" not in drawn
    capfdbinary.readouterr()
    assert main(["export", written(tmp_path, view), "--panel", "4", "--to", str(target)]) == 2
    assert capfdbinary.readouterr().err == b"`--panel` must lie in [1, 3], got 4\n"


def test_a_debug_log_says_what_ran_and_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_METHODS", "")
    assert main(["run", str(tmp_path / "nowhere.json"), "--debug"]) == 2
    log = (tmp_path / "explorer-debug.log").read_text()
    assert "command run, {'debug': True, 'spec': '~/nowhere.json'}" in log and "versions {'explorer': " in log
    assert "Traceback" in log and "~/nowhere.json cannot be read: No such file" in log
    assert "EXPLORER_METHODS, EXPLORER_STORE" in log and str(tmp_path) not in log
    err = capfdbinary.readouterr().err.decode().splitlines()
    assert err == [f"the log is in {tmp_path / 'explorer-debug.log'}", f"{tmp_path / 'nowhere.json'} cannot be read: "
                   "No such file or directory"]  # fmt: skip


def test_a_file_that_is_not_text_is_refused(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    (tmp_path / "spec.json").write_bytes(b"\xff\xfe\x00")
    assert main(["run", str(tmp_path / "spec.json")]) == 2
    assert capfdbinary.readouterr().err.endswith(b"must be text in UTF-8\n")


def test_points_of_ones_own_are_read_by_path(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    rows = [f"{i % 2 * 3 + i % 7 / 7:.3f},{i % 5 / 5:.3f},{i % 2}" for i in range(80)]
    (tmp_path / "points.csv").write_text("x1,x2,label\n" + "\n".join(rows) + "\n")
    spec = {**SMALL, "data": {"name": "csv", "path": str(tmp_path / "points.csv")}}
    spec["request"] = {"choose": "random", "fraction": 0.2}
    assert main(["run", written(tmp_path, spec)]) == 0
    assert len(strict(capfdbinary.readouterr().out.decode())["spec"]["data"]["sha256"]) == 64


def test_weights_of_ones_own_are_read_by_path(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    (tmp_path / "mine.safetensors").write_bytes(b"none")
    model = {"name": "compact", "path": str(tmp_path / "mine.safetensors")}
    assert main(["run", written(tmp_path, {"data": {"name": "cifar10"}, "model": model})]) == 2
    assert b"weights must be a safetensors file" in capfdbinary.readouterr().err
    model["path"] = str(tmp_path / "absent")
    assert main(["run", written(tmp_path, {"data": {"name": "cifar10"}, "model": model})]) == 2
    assert b"`model.path` must name a file" in capfdbinary.readouterr().err


def process(*args: str, **more: Any) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen([sys.executable, "-m", "explorer", *args], cwd=ROOT, text=True, **pipes)


def test_standard_input_works_without_a_home_and_a_writable_store(tmp_path: Path):
    (tmp_path / "home").write_text("not a folder")
    env = {**os.environ, "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / "cache")}
    del env["EXPLORER_STORE"]
    run = process("run", "-", stdin=subprocess.PIPE, env=env)
    out, err = run.communicate(json.dumps(SMALL), timeout=120)
    assert (run.returncode, err) == (0, "")
    assert strict(out)["spec"]["data"]["n"] == 60


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_interrupt_is_one_word(tmp_path: Path):
    pipe = tmp_path / "spec.json"
    os.mkfifo(pipe)
    # A shell's background command, and so its tests, ignores interrupts; the command at hand must not.
    run = process("run", str(pipe), preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    with pipe.open("w"):  # opens once the other end is opened: the command is at work
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (130, "", "interrupted\n")
