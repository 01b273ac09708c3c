"""On points of one's own the pages train nothing in the process of the server: they ask their desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.pages.frame import piece
from explorer.session import desk, store
from explorer.spec import Spec
from explorer.view import View, parse_panel
from tests.pages import _driven

COSTLY = ("references", "originals", "path", "compare")  # what trains a model or runs a method


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the keys of what this process computed itself; what the desk computes is kept elsewhere."""
    mine, keys = Store(None), list[str]()

    def memo(key: str, thunk: Callable[[], Any]) -> Any:
        keys.append(key)
        return mine.memo(key, thunk)

    workers = Store(None)
    monkeypatch.setattr(desk, "_memo", lambda _: workers.memo)
    monkeypatch.setattr(store, "memo", lambda _: memo)
    monkeypatch.setattr(piece, "memo", lambda _: memo)
    with _driven.in_memory():
        yield keys


FEW = {"method": "fine_tune", "knobs": {"steps": 2}}


@pytest.mark.parametrize(
    ("page", "panel", "parts", "drawn"),
    [
        ("tradeoff", FEW, {}, "Loss attack AUC"),
        ("attacks", FEW, {}, "ROC curves of an attack"),
        ("method", {"method": "certified_removal"}, {"model": {"widths": []}}, "What the certificate promises"),
    ],
    ids=["trade-off", "attacks", "certificate"],
)
def test_a_page_trains_nothing_in_its_own_process(
    page: str, panel: dict[str, Any], parts: dict[str, Any], drawn: str, computed: list[str]
):
    base = {
        "data": {"name": "csv", "sha256": points()}, "training": {"steps": 5}, "method": None,
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]}, "request": {"choose": "random"}, **parts,
    }  # fmt: skip
    view = View(Spec.parse(base), (parse_panel(panel),), focus=0, hidden=("presets",))
    app = _driven.opened(page, view.to_query())
    assert _driven.tab(app).view.panels == view.panels and _driven.tab(app).view.base == view.base
    assert drawn in _driven.html(app)
    assert [key for key in computed if key.startswith(COSTLY)] == []


def points() -> str:
    lines = [f"{i % 7 + (i % 2) / 3},{i % 5},{'ab'[i % 2]}" for i in range(40)]
    table = pipeline.csv_table("\n".join(["x1,x2,label", *lines]).encode())
    return pipeline.keep_csv(pipeline.csv_points(table))
