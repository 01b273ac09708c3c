"""One browser and one server for all browser tests; skipped with a sentence where there is no browser."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium
from tests.browser._look import new_context, seen
from tests.browser._server import running, state

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
SERVER = pytest.StashKey[tuple[str, Path]]()
PAGE = pytest.StashKey[tuple["Page", list[str]]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.opened() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Return the address of the app and its log."""
    store = tmp_path_factory.mktemp("store")
    with running(store) as place:
        yield place, store / "server.log"


@pytest.fixture
def address(server: tuple[str, Path], request: pytest.FixtureRequest) -> str:
    request.node.stash[SERVER] = server
    return server[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        if SERVER in item.stash:
            report.sections.append(("the app", state(*item.stash[SERVER])))
        if PAGE in item.stash:
            report.sections.append(("the page", seen(*item.stash[PAGE])))
    return report


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = new_context(browser)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: said.append(f"error: {error}"))
    request.node.stash[PAGE] = (opened, said)
    yield opened
    context.close()
