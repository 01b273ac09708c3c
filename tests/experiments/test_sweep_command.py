import json
from pathlib import Path

import pytest

from explorer.__main__ import main
from tests.experiments.test_sweeps import GRID


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "store"))


def written(tmp_path: Path, content: object) -> str:
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def test_sweep_prints_a_head_and_one_row_a_spec(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["sweep", written(tmp_path, GRID), "--workers", "0"]) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    head, *rows = [line.split("\t") for line in out.decode().splitlines()]
    assert head[:3] == ["method.name", "method.knobs.lr", "seed"]
    assert [row[:3] for row in rows] == [
        ["gradient_ascent", rate, seed] for rate in ("0.01", "0.1") for seed in ("0", "1")
    ]
    assert all(len(row) == len(head) for row in rows)
    assert all(0 <= float(row[head.index("forget")]) <= 1 for row in rows)


def test_a_second_sweep_and_a_run_read_the_first_ones_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
):
    main(["sweep", written(tmp_path, GRID), "--workers", "0"])
    first = capfdbinary.readouterr().out
    monkeypatch.setattr("explorer.pipeline.result", lambda *_: pytest.fail("it was computed again"))
    assert main(["sweep", written(tmp_path, GRID)]) == 0
    assert capfdbinary.readouterr().out == first
    one = {**GRID["base"], "seed": 1}
    one["method"] = {"name": "gradient_ascent", "knobs": {"steps": 2, "lr": 0.1}}
    assert main(["run", written(tmp_path, one)]) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (3, "must be a list of Specs"),
        ({"grid": {"seed": [-1]}}, "Spec 1 of 1: `seed`"),
        ([{"dta": 1}], "`dta` is not known"),
    ],
)
def test_what_is_wrong_is_one_line(
    content: object, words: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
):
    assert main(["sweep", written(tmp_path, content)]) == 2
    out, err = capfdbinary.readouterr()
    assert out == b"" and err.count(b"\n") == 1
    assert words in err.decode()


def test_a_wrong_number_of_workers_is_one_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    assert main(["sweep", written(tmp_path, GRID), "--workers", "-1"]) == 2
    assert capfdbinary.readouterr().err == b"`--workers` must lie in [0, 256], got -1\n"
