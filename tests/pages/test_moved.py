"""A knob moved beside a recorded run: the page draws the run while it grows, and sets it into the table at its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.contents.recorded import moved
from explorer.contents.recorded.runs import open_runs
from explorer.experiments.cifar import files, record
from explorer.pages.controls import own_run
from explorer.view import View
from tests.data._made_up import TEN, believe, ten, write
from tests.experiments.test_known import FOLDER, PLAN
from tests.pages.test_images import PAGE


def test_the_page_draws_a_moved_run_and_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path / "data" / TEN, ten())
    believe(monkeypatch, tmp_path / "data", small=True)
    monkeypatch.setattr(files, "SHIPPED", tmp_path / "runs")
    monkeypatch.setattr(own_run.own, "own_root", lambda store: None)
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert record.record(PLAN, tmp_path / "runs", tmp_path / "store", hands, said.append, "gradient_ascent") == 0
    opened = open_runs(FOLDER, tmp_path / "runs" / FOLDER)
    view = View.default().looking("images", folder=FOLDER)
    spec = moved.movable(view, opened, "gradient_ascent")
    assert spec is not None
    app = AppTest.from_string(PAGE, default_timeout=300)
    app.query_params.update({"v": "1", **moved.with_knob(view, spec, "lr", 0.0123).to_query()})
    app.run()
    assert not app.exception
    job = app.session_state["explorer"].jobs.get("moved")
    assert job is not None and job.wait(lambda partial: job.finished, 120) and not job.error
    app.run()
    assert not app.exception
    tables = " ".join(str(one.proto.body) for one in app.get("html"))
    assert "Your knobs: Gradient ascent" in tables and "set by hand" in tables
