"""Points of one's own: a worker is sent all that a View names, and a tab has its own as long as it is open."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from explorer import pipeline
from explorer.data.csv import FILES
from explorer.experiments.work.pool import Ask, Pool, Task
from explorer.session import own_points
from explorer.session.desk import Workers, silent
from explorer.session.own_points import Given, keep
from explorer.session.store import kept_with
from explorer.session.tab import Tab
from explorer.spec import Spec, parse_data
from explorer.view import Row, View


def given(names: str, rows: int = 40, name: str = "mine.csv") -> Given:
    lines = [f"{i},{i % 7},{names[i % 2]}" for i in range(rows)]
    table = pipeline.csv_table("\n".join(["x1,x2,label", *lines]).encode())
    return Given(name, table, pipeline.csv_points(table))


def showing(base: str, *rows: str) -> View:
    own = [parse_data({"name": "csv", "sha256": sha256}) for sha256 in (base, *rows)]
    spec = Spec.parse({"method": None, "request": {"choose": "random"}, "data": own[0].as_json()})
    return replace(View.default(), base=spec, rows=tuple(Row("data", one) for one in own[1:]))


class Elsewhere:
    """A pool with one worker, which knows no points but those that it is sent."""

    def ask(
        self, task: Task, *, owner: str, urgency: int, tell: Callable[..., None],
        piece: Callable[[Any], None] | None = None,
    ) -> Ask:  # fmt: skip
        args = pickle.dumps(task.args)
        FILES.clear()
        value, ask = task.function(*pickle.loads(args), tick=tell), Ask(lambda _: None, None, None)
        for one in value if piece else ():
            assert piece is not None
            piece(one)
        ask.future.set_result(None if piece else value)
        return ask


def classes(view: View, memo: object, tick: object) -> Iterator[tuple[str, ...]]:
    """Yield the names of the classes of the base and of each row."""
    for spec in (view.base, *view.bases()):
        yield pipeline.Run(spec).data.names


def all_classes(view: View, memo: object, tick: object) -> list[tuple[str, ...]]:
    return list(classes(view, memo, tick))


def test_a_worker_is_sent_the_points_of_the_base_and_of_every_row():
    base, *rows = (pipeline.keep_csv(given(names).points) for names in ("ab", "cd", "ef"))
    view, desk = showing(base, *rows), Workers(cast(Pool, Elsewhere()), "tab")
    expected = [("a", "b"), ("c", "d"), ("e", "f")]
    assert list(desk.stream(kept_with(view), classes, view, tick=silent)) == expected
    for names in ("ab", "cd", "ef"):
        pipeline.keep_csv(given(names).points)
    assert desk.ask("classes", view.base, all_classes, view, urgency=0, tick=silent).result() == expected


def test_points_displaced_by_other_tabs_are_still_at_hand_in_their_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(FILES, "kept", 2)
    tab = Tab(View.default())
    base, row = (keep(tab.given, given(names)) for names in ("ab", "cd"))
    tab.view = showing(base, row)
    for names in ("ef", "gh"):
        pipeline.keep_csv(given(names).points)  # another tab's
    assert not FILES.holds(base) and tab.lacks() is None
    assert pipeline.recall_csv(base).names == ("a", "b") and pipeline.recall_csv(row).names == ("c", "d")


def test_a_tab_keeps_the_text_of_the_last_file_and_of_older_ones_as_far_as_they_are_small(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(own_points, "CELLS", 200)
    mine: dict[str, Given] = {}
    first = keep(mine, given("ab", rows=40))  # 120 cells
    again = keep(mine, replace(mine[first], points=given("ba", rows=40).points))  # other columns of one text
    assert mine[first].table is mine[again].table is not None
    second = keep(mine, given("cd", rows=100))
    assert mine[first].table is not None  # it is small
    third = keep(mine, given("ef", rows=20))
    assert mine[second].table is None and mine[third].table is not None
    assert mine[second].points.names == ("c", "d")


def test_a_tab_keeps_so_many_points_and_the_first_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_points, "KEPT", 2)
    mine: dict[str, Given] = {}
    found = [keep(mine, given(names)) for names in ("ab", "cd", "ab", "ef")]
    assert list(mine) == [found[2], found[3]]
