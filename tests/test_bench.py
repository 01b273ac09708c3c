import io
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench import __main__ as bench
from tests.bench import _class, _growth, growth
from tests.bench.budgets import BUDGETS, Budget

FAST = Budget("fast", "something", "at most", 0.5, "s")
MANY = Budget("many", "something else", "at least", 10, "times")
TOLD = Budget("told", "how something grows", "reported", None, "exponent")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_a.py").write_text("def fast():\n    return 1\n\ndef fast_naive():\n    return 4\n")
    (tmp_path / "_b.py").write_text("def helper(x):\n    return x\n\ndef many():\n    return 1 / 0\n")
    monkeypatch.setattr(bench, "HERE", tmp_path)
    monkeypatch.setattr(bench, "BUDGETS", (FAST, MANY))
    answers = {"fast": 0.25, "fast_naive": 4.0, "many": math.nan}
    monkeypatch.setattr(bench, "measured_apart", lambda module, names: {name: answers[name] for name in names})


def test_every_budget_has_a_name_of_its_own():
    assert len({budget.name for budget in BUDGETS}) == len(BUDGETS)


def test_every_budget_is_measured_somewhere():
    assert {budget.name for budget in BUDGETS} <= bench.files().keys()


@pytest.mark.parametrize(
    ("budget", "value", "holds"),
    [
        *((FAST, 0.5, True), (FAST, 0.51, False), (MANY, 10, True), (MANY, 9.9, False), (FAST, math.nan, False)),
        *((TOLD, 99.0, True), (TOLD, math.nan, False)),
    ],
)
def test_a_budget_holds_up_to_its_limit(budget: Budget, value: float, holds: bool):
    assert budget.holds(value) is holds


@pytest.mark.usefixtures("fake")
def test_functions_without_arguments_are_found_by_their_names():
    assert bench.files() == {"fast": "_a", "fast_naive": "_a", "many": "_b"}


@pytest.mark.usefixtures("fake")
def test_it_prints_one_json_line_a_budget_and_a_table(capsys: pytest.CaptureFixture[str]):
    assert bench.main([]) == 1  # one could not be measured
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines[:2]] == [
        {"name": "fast", "measured": 0.25, "budget": 0.5, "ok": True},
        {"name": "many", "measured": None, "budget": 10, "ok": False},
    ]
    assert lines[3].split()[:7] == ["fast", "0.25", "<=", "0.5", "s", "yes", "4"]
    assert "not measured" in lines[4]


@pytest.mark.usefixtures("fake")
def test_some_can_be_named(capsys: pytest.CaptureFixture[str]):
    assert bench.main(["fast"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_process_reports_by_lines_among_others():
    assert bench._reported("noise\nmeasured fast 0.5\nmeasured many nan\n").keys() == {"fast", "many"}
    assert bench._reported("measured fast 0.5\n") == {"fast": 0.5}


def test_what_is_only_reported_has_no_limit_and_is_neither_kept_nor_missed():
    assert bench.row(TOLD, 1.5, math.nan)[1:5] == ("1.5", "reported", "exponent", "-")
    assert bench.row(TOLD, math.nan, math.nan)[4] == "not measured"


def test_growth_is_a_row_that_prints_every_axis(monkeypatch: pytest.MonkeyPatch):
    (row,) = (budget for budget in BUDGETS if budget.name == "growth")
    assert row.limit is None
    axes = {
        "points": ("a panel", "CPU s", lambda: {1: 2.0, 2: 8.0}),
        "people": ("a wait", "s", lambda: {1: 1.0, 2: 2.0}),
    }
    monkeypatch.setattr(growth, "AXES", axes)
    out = io.StringIO()
    growth.measured(out)
    assert out.getvalue().splitlines() == [
        "a panel by points, CPU s: 1: 2, 2: 8; exponent 2.00", "a wait by people, s: 1: 1, 2: 2; exponent 1.00"
    ]  # fmt: skip
    assert _growth.growth() == pytest.approx(2.0)


def told(kind: str) -> ForwardMsg:
    """Return a message of Streamlit's in which something stands on the page: what went wrong, or what did not."""
    message = ForwardMsg()
    element = message.delta.new_element
    if kind == "exception":
        element.exception.type, element.exception.message = "KeyError", "no such thing"
    elif kind == "html":
        element.html.body = '<div class="ue-line" role="alert">no such thing</div>'
    else:
        element.alert.body, element.alert.format = "no such thing", Alert.Format.Value(kind)
    return message


@pytest.mark.parametrize(("kind", "counts"), [("exception", 1), ("ERROR", 1), ("html", 1), ("INFO", 0)])
def test_a_row_of_a_class_fails_where_anybodys_page_shows_an_error(kind: str, counts: int):
    seen = _class.Seen(pictures=[0.1])
    _class.Person("http://127.0.0.1:1", 0, seen).read(told(kind).SerializeToString())
    assert len(seen.errors) == counts
    if counts:
        with pytest.raises(RuntimeError, match="no such thing"):
            seen.without_errors()
    else:
        assert seen.without_errors() is seen


def test_growth_is_an_exponent_and_a_figure():
    found = {name: {10: 0.1, 100: 1.0, 1000: 10.0} for name in growth.AXES}
    assert growth.exponent({4: 0.2, 8: 0.8}) == pytest.approx(2.0)
    picture = growth.svg(found)
    assert picture.count("<polyline") == 5 and "people, exponent 1.00" in picture and "1,000" in picture
    ElementTree.fromstring(picture)
