"""Drive a page as a script: what it computes stays in memory, and its jobs end with the test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments.store.store import Store
from explorer.session import jobs, store

PAGE = """
from explorer.pages import {name}
from explorer.pages.controls import sidebar
from explorer.pages.frame import binding
tab = binding.begin("{name}")
{name}.show()
sidebar.sidebar(tab)
"""
PATIENCE = 300.0


@contextmanager
def in_memory() -> Iterator[pytest.MonkeyPatch]:
    """Keep what pages compute in memory; end with no job alive."""
    patch = pytest.MonkeyPatch()
    known = Store(None)
    patch.setattr(store, "store", lambda: known)
    yield patch
    patch.undo()
    for job in list(jobs._alive):  # a thread in the middle of torch must not outlive the interpreter
        job.cancel()
        job.wait(lambda _: False, PATIENCE)


def opened(name: str, query: Mapping[str, str]) -> AppTest:
    """Open a page at an address and wait until its job has ended."""
    app = AppTest.from_string(PAGE.format(name=name), default_timeout=PATIENCE)
    app.query_params.update(query)
    app.run()
    return settled(app, name)


def settled(app: AppTest, key: str) -> AppTest:
    """Wait until a job has ended, and draw the page with what it found."""
    job = tab(app).jobs.get(key)
    assert job is not None
    job.wait(lambda _: False, PATIENCE)
    assert job.finished and not job.error
    app.run()
    assert not app.exception
    return app


# `Any` below: streamlit's testing gives elements no types.
def tab(app: AppTest) -> Any:
    return app.session_state["explorer"]


def asked(app: AppTest) -> dict[str, str]:
    """Return the address of what the page shows."""
    return tab(app).view.to_query()


def widget(app: AppTest, kind: str, key: str) -> Any:
    """Return a widget by its key without the count of how often it was made."""
    return next(one for one in app.get(kind) if (one.key or "").rpartition(":")[0] == key)


def charts(app: AppTest) -> list[str]:
    """Return the alt text of each chart; for screen readers each stands on the page, escaped, in one hidden place."""
    said = [json.loads(one.proto.spec)["layout"]["meta"]["alt"] for one in app.get("plotly_chart")]
    hidden = [one.proto.body for one in app.get("html") if "clip-path" in one.proto.body]
    assert [text.partition(">")[2].removesuffix("</p>") for text in hidden] == [escape(text) for text in said]
    return said


def html(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


def captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption)
