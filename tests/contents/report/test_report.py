"""The report as it is written: what stands in it, what never does, and that it says why where there is none."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from explorer import pipeline
from explorer.__main__ import main
from explorer.contents.report import made, points, said
from explorer.contents.report.answers import answers
from explorer.contents.report.parts import NEVER, TITLE, Report
from explorer.experiments.cifar import files
from explorer.experiments.store.store import Store
from explorer.figures.sheet import Sheet
from explorer.methods._card import card
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View
from tests.contents.report._measured import attacked, found
from tests.pages import _recordings

BASE = {
    "data": {"n": 60}, "model": {"widths": [4]}, "training": {"steps": 20},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss", "entropy"]},
}  # fmt: skip
VIEW = {"base": BASE, "panels": [{"method": "retrained"}, {"method": "gradient_ascent", "knobs": {"steps": 2}}]}


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(None)


@pytest.fixture(scope="module")
def report(store: Store) -> Report:
    return made.report_of(View.parse(VIEW), store.memo)


class Text(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts, self.skip = list[str](), 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.skip += tag in ("style", "svg")

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag in ("style", "svg")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.parts.append(data)


def text(page: bytes) -> str:
    return " ".join(Text(page.decode()).parts)


def test_it_asks_the_three_questions_and_answers_each_by_a_rule(report: Report):
    shown = text(made.written(report, "html"))
    for part in (TITLE, "Gradient ascent", "never saw the data?", "an onlooker", "cost the rest?", "not tested"):
        assert part in shown
    assert shown.count("Rule:") == 3
    assert all(line.beside != "" for answer in report.answers for line in answer.lines)


def test_its_numbers_are_those_of_a_run(report: Report, store: Store):
    from explorer.experiments.work import tasks
    from explorer.figures.numerals import number

    numbers = tasks.through(store, points.with_attacks(View.parse(VIEW).specs()[1]))
    first = report.answers[0].lines[0]
    assert first.after == number(numbers["models"]["unlearned"]["accuracy"]["forget"])
    assert first.before == number(numbers["models"]["original"]["accuracy"]["forget"])
    assert report.answers[0].lines[1].after == number(numbers["to_retrained"]["js_divergence"]["mean"])


def test_its_link_opens_before_after_and_retrained(report: Report):
    parts = urlsplit(report.link)
    view, ignored = View.from_query(dict(parse_qsl(parts.query)), parts.path.strip("/"))
    assert ignored == [] and [panel.name for panel in view.panels] == ["original", "gradient_ascent", "retrained"]
    assert view.base == View.parse(VIEW).base


def test_its_spec_and_hash_are_those_of_the_run(report: Report):
    spec = Spec.parse(json.loads(report.spec))
    assert spec.key() == report.hash and spec.method is not None and spec.method.name == "gradient_ascent"


def test_a_report_on_points_of_ones_own_says_what_the_command_and_the_link_need(report: Report, store: Store):
    rows = [f"{i % 2 * 3 + i % 7 / 7:.3f},{i % 5 / 5:.3f},{i % 2}" for i in range(80)]
    points_ = pipeline.csv_points(pipeline.csv_table("\n".join(["x1,x2,label", *rows]).encode()))
    data = {"name": "csv", "sha256": pipeline.keep_csv(points_)}
    base = {**BASE, "data": data, "request": {"choose": "random", "fraction": 0.2}}
    own = made.report_of(View.parse({**VIEW, "base": base}), store.memo)
    assert "`data.path` must name it" in own.files and own.files.endswith("opens the link must give it again.")
    for kind in made.KINDS:
        assert own.files.replace("'", "&#x27;" if kind == "html" else "'") in made.written(own, kind).decode()
    assert report.files == ""


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"model": {"name": "compact", "sha256": "0" * 64}, "method": {"name": "jit"}}, "model.path"),
        ({"method": {"name": "given", "knobs": {"sha256": "0" * 64}}}, "method.knobs.path"),
    ],
)
def test_of_weights_of_ones_own_the_command_needs_the_file(part: dict[str, Any], place: str):
    said_ = said.own_files(Spec.parse({"data": {"name": "cifar10"}, **part}))
    assert said_ == f"The run takes a file of one's own: for the command `{place}` must name it."


def test_the_page_needs_nothing_beside_it(report: Report):
    page = made.written(report, "html").decode()
    assert "<script" not in page and page.count("<svg") == 1
    outside = re.findall(r'(?:src|href)="((?!data:)[^"]*)"', page)
    assert outside == [report.link.replace("&", "&amp;")]


def test_markdown_has_the_same_words_and_numbers(report: Report):
    written = made.written(report, "md").decode()
    for answer in report.answers:
        assert answer.said in written and answer.rule in written
        assert all(f"| {line.before} | {line.after} | {line.beside}, " in written for line in answer.lines)
    assert report.hash in written and report.link in written


def whole(name: str, *, good: bool) -> str:
    """Return the report on a method with made-up numbers, good or bad, as a reader sees it."""
    measured = found(attacks=(attacked(0.4),)) if good else found(forget=0.0, retain=0.1, attacks=(attacked(0.9),))
    spec = Spec.default(name)
    report = Report(
        said.asked(spec), CATALOG.methods[name].title, said.did(spec), Sheet(10, 10, "#fff", (), ""), points.LOOK,
        answers(measured), said.untested(()), "http://127.0.0.1/watch", "run", "{}", spec.key(), {},
    )  # fmt: skip
    return text(made.written(report, "html")) + made.written(report, "md").decode()


@pytest.mark.parametrize("name", sorted(CATALOG.methods))
def test_no_method_is_said_to_have_deleted_or_guaranteed_anything(name: str):
    for good in (True, False):
        shown = whole(name, good=good)
        assert NEVER.search(shown) is None
        long = CATALOG.methods[name].long
        assert shown.count(f" is short for {long}.") == (2 if long else 0), "once in each file"
        assert ("It is exact" in shown) == (CATALOG.methods[name].kind == "exact")
        assert ("It is approximate: no proof" in shown) == (CATALOG.methods[name].kind == "approximate")
        assert ("It is certified, not exact: its outcomes" in shown) == (CATALOG.methods[name].kind == "certified")


def test_a_certificate_is_not_claimed_for_points_that_were_chosen_by_looking():
    spec = Spec.default("certified_removal").with_part(request={"choose": "points", "index": [1, 2]})
    assert "so that nothing is promised here" in " ".join(said.did(spec))


def test_a_card_that_promises_too_much_is_not_quoted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(type(CATALOG), "card", lambda self, key: card("It has deleted all. Guaranteed."))
    assert NEVER.search(" ".join(said.did(Spec.default("jit")))) is None


def test_what_each_method_looked_at_is_said_to_the_field():
    assert said.looked_at("jit") == (
        "It looked at the model and at the points to forget (not their labels), and was handed nothing else."
    )
    assert "the points to forget and the other training points, and" in said.looked_at("salun")
    assert "a record that training had kept" in said.looked_at("amnesiac")


def test_a_view_without_a_method_has_no_report(store: Store):
    with pytest.raises(made.NoReport, match="no panel of the View holds a method"):
        made.report_of(View.parse({"base": BASE, "panels": [{"method": "retrained"}]}), store.memo)


def test_a_method_that_cannot_answer_says_so_in_the_file(store: Store):
    view = View.parse({"base": BASE, "panels": [{"method": "unsir"}]})
    for kind in made.KINDS:
        said_ = made.made(lambda: made.report_of(view, store.memo), kind).decode()
        assert "There is no report of this picture: " in said_ and "whole class" in said_ and "Traceback" not in said_


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _recordings.write(tmp_path)
    monkeypatch.setattr(files, "SHIPPED", tmp_path)
    return tmp_path


def test_recorded_runs_have_a_report_with_images(shipped: Path, store: Store):
    report = made.report_of(View.parse({"base": {}, "page": "images"}), store.memo, store)
    page = made.written(report, "html").decode()
    assert report.shots and page.count("<img ") == len(report.shots)
    assert NEVER.search(text(page.encode())) is None
    parts = urlsplit(report.link)
    view, ignored = View.from_query(dict(parse_qsl(parts.query)), parts.path.strip("/"))
    assert ignored == [] and view.page == "images" and view.looks.images.shown


def test_what_was_tested_beside_a_recorded_run_is_an_answer_and_not_called_untested(store: Store):
    class_, random = "cifar10-compact-memorise-class", "cifar10-compact-memorise-random"
    again, apart = "was trained on with others", "AUC of U-LiRA"
    for folder, method, shown, verdict in (
        (class_, "gradient_ascent", again, "out"), (class_, "fine_tune", again, "in"),
        (random, "salun", apart, "out"), (class_, "cf_k", "", ""),
    ):  # fmt: skip
        view = View.parse({"base": {}, "page": "images"}).looking("images", folder=folder, runs=(method,), shown=method)
        report = made.report_of(view, store.memo, store)
        lines = [line for line in report.answers[1].lines if again in line.title or apart in line.title]
        assert [line.verdict for line in lines] == [verdict] * bool(shown) and all(shown in one.title for one in lines)
        untested = " ".join(report.untested)
        assert ("training on brings" in untested) == (shown != again) and ("U-LiRA" in untested) == (shown != apart)


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path / "store"))
    (tmp_path / "view.json").write_text(json.dumps(VIEW))
    target = tmp_path / "report.md"
    assert main(["report", str(tmp_path / "view.json"), "--to", str(target)]) == 0
    assert target.read_text(encoding="utf-8").startswith(f"# {TITLE}\n")
    assert capsys.readouterr().out == f"{target}: {target.stat().st_size:,} bytes\n"
    assert main(["report", str(tmp_path / "view.json"), "--to", str(tmp_path / "report.doc")]) == 2
    assert capsys.readouterr().err == "`--to` must end in .html or .md, got report.doc\n"
    assert main(["report", str(tmp_path / "view.json"), "--panel", "1", "--to", str(target)]) == 2
    assert capsys.readouterr().err.startswith("no panel of the View holds a method")
