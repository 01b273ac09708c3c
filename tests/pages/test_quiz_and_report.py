"""The pages *Quiz* and *Report* as scripts: a round, its end, and what they say where there is nothing to show."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments.cifar import files
from tests.pages import _recordings
from tests.pages._driven import PATIENCE, asked, html, in_memory, settled, widget

SMALL = {
    "v": "1", "data": "moons(n:100,noise:0.35)", "request": "random(fraction:0.2)", "model": "mlp(widths:4)",
    "training": "standard(steps:20)", "panels": "retrained~gradient_ascent(steps:2)",
}  # fmt: skip
PAGE = """
import streamlit as st
from explorer.pages import {name}
from explorer.pages.frame import binding
st.session_state["pages"] = {{}}
tab = binding.begin("{name}")
{name}.show()
"""


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[pytest.MonkeyPatch]:
    with in_memory() as patch:
        patch.setattr("explorer.pipeline.attacks.quiz.SHADOWS", 16)
        yield patch


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_string(PAGE.format(name=name), default_timeout=PATIENCE)
    app.query_params.update({**SMALL, **query})
    app.run()
    assert not app.exception
    return app


def test_an_answer_leads_to_the_next_question_and_the_last_to_the_result():
    app = settled(page("quiz", of_original="yn" * 9 + "y"), "quiz")
    assert "20 of 20. Was this point" in html(app)
    app.button(key="quiz:original:no").click().run()
    assert asked(app)["of_original"] == "yn" * 10
    assert "You were right" in html(app) and "LiRA, offline" in html(app) and "A coin" in html(app)


def test_the_retrained_model_is_said_to_be_a_matter_of_luck():
    app = settled(page("quiz", turn="retrained", of_retrained="y" * 20), "quiz")
    assert any("nobody can do better than a coin" in one.value for one in app.info)


def test_a_request_that_gives_no_quiz_is_one_sentence():
    app = page("quiz", request="random(fraction:0.05)")
    job = app.session_state["explorer"].jobs.get("quiz")
    job.wait(lambda _: False, PATIENCE)
    app.run()
    assert job.error == "the quiz needs at least 10 points to forget, got 5" and not app.exception


def test_without_a_method_quiz_and_report_say_what_is_lacking():
    for name in ("quiz", "report"):
        app = page(name, panels="retrained")
        assert "panel" in app.info[0].value and "Add one on the left." in app.info[0].value


def test_the_report_of_a_method_that_cannot_answer_says_why():
    app = page("report", panels="unsir")
    job = app.session_state["explorer"].jobs.get("report")
    job.wait(lambda _: False, PATIENCE)
    app.run()
    assert "whole class" in job.error and not app.exception


def test_the_report_is_on_the_page_and_offered_as_two_files():
    app = settled(page("report"), "report")
    assert len(app.get("download_button")) == 2 and app.get("iframe")


@pytest.fixture
def one_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Record a folder that cannot be read and one that can; return the name of the latter."""
    damaged = _recordings.write(tmp_path)
    (damaged / "original.npz").write_bytes(b"nothing")
    monkeypatch.setattr(files, "SHIPPED", tmp_path)
    return _recordings.write(tmp_path, _recordings.scene("cifar10-compact-memorise-zclass")).name


@pytest.mark.parametrize(("name", "about"), [("quiz", "asks"), ("report", "about")])
def test_a_damaged_folder_is_one_sentence_and_another_one_opens(name: str, about: str, one_damaged: str):
    app = page(name, **{about: "images"})
    (error,) = app.error
    assert error.value.startswith("The recorded runs in cifar10-compact-memorise-random cannot be read")
    folders = widget(app, "selectbox", f"{name}_folder")
    assert folders.options[0] == "cifar10-compact-memorise-random (cannot be read)"
    folders.set_value(one_damaged).run()
    assert not app.exception and not app.error
    below = html(app) if name == "quiz" else widget(app, "selectbox", f"report_shown:{one_damaged}").label
    assert ("You attack the original" if name == "quiz" else "Method") in below


@pytest.mark.parametrize(("name", "about"), [("quiz", "asks"), ("report", "about")])
def test_without_recorded_runs_quiz_and_report_say_so(
    name: str, about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "SHIPPED", tmp_path)
    app = page(name, **{about: "images"})
    assert [one.value.partition(":")[0] for one in app.info] == ["No recorded runs are here"] and not app.error
