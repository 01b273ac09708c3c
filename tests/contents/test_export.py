"""What a View exports to: the bytes of each kind of file, and one sentence where there is nothing of that kind."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from explorer.contents.export import CannotExport, exported
from explorer.experiments.cifar import files
from explorer.experiments.store.store import Store
from explorer.player import movie
from explorer.view import View
from tests.pages import _recordings

BASE = {
    "data": {"n": 60}, "model": {"widths": [4]}, "training": {"steps": 20},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
}  # fmt: skip
PANELS = [{"method": "retrained"}, {"method": "gradient_ascent", "knobs": {"steps": 2}}]


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(None)


def view(**more: Any) -> View:
    return View.parse({"base": BASE, "panels": PANELS, **more})


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_page_that_plays_by_itself(store: Store):
    page = exported(view(), "html", store).decode()
    assert page.startswith("<!doctype html>") and "<title>Unlearning Explorer: moons</title>" in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_a_pdf_is_the_same_still(store: Store):
    made = exported(view(), "pdf", store)
    assert made.startswith(b"%PDF-1.4") and made == exported(view(), "pdf", store)


def test_stills_say_title_and_accuracies(store: Store):
    drawn = exported(view(), "svg", store).decode()
    for text in ("Two moons", "Gradient ascent", "are to be forgotten", "forget ", "retain "):
        assert text in drawn
    image = Image.open(io.BytesIO(exported(view(), "png", store)))
    assert image.format == "PNG" and image.width > 1000


def test_a_film_has_the_pictures_of_one_pass(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.player.still.FRAMES", 3)
    film = Image.open(io.BytesIO(exported(view(), "gif", store)))
    assert (film.format, film.n_frames) == ("GIF", 3)  # type: ignore[attr-defined]  # of a GIF


def test_a_film_as_mp4_needs_its_extra(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(movie, "can_mp4", lambda: False)
    with pytest.raises(CannotExport, match="extra `export`"):
        exported(view(), "mp4", store)


def test_the_table_of_each_page_is_that_of_its_button(store: Store):
    watch = table(exported(view(), "csv", store))
    assert {row["method"] for row in watch} == {"Gradient ascent"} and "forget" in {row["number"] for row in watch}
    tradeoff = table(exported(view(page="tradeoff"), "csv", store))
    assert [row["model"] for row in tradeoff][:3] == ["Retrained", "Original", "Gradient ascent"]
    attacks = table(exported(view(page="attacks"), "csv", store))
    assert {row["attack"] for row in attacks} == {"loss"} and {row["question"] for row in attacks} == {"A", "B"}
    rows = [{"data": {"name": "moons", "n": 60}}]
    compare = table(exported(view(page="compare", rows=rows), "csv", store))
    assert [row["column"] for row in compare] == ["Retrained", "Gradient ascent"]


def test_the_page_of_one_method_shows_that_one(store: Store):
    drawn = exported(view(page="method", focus=1), "svg", store).decode()
    assert "Gradient ascent" in drawn and ">Retrained<" not in drawn


def test_a_poster_is_drawn_and_does_not_play(store: Store):
    one = view(page="compare", rows=[{"data": {"name": "moons", "n": 60}}])
    assert "Methods over data sets" in exported(one, "svg", store).decode()
    for kind in ("html", "gif"):
        with pytest.raises(CannotExport, match=rf"must be written as .png, .svg, .pdf or .csv, got .{kind}"):
            exported(one, kind, store)


def test_an_audit_that_moves_plays_and_one_that_stands_still_is_a_table(store: Store):
    moving, still = view(page="audits", audit="weight_path"), view(page="audits", audit="completeness")
    assert "Weight path" in exported(moving, "svg", store).decode()
    assert exported(moving, "html", store).decode().startswith("<!doctype html>")
    assert {row["audit"] for row in table(exported(still, "csv", store))} == {"completeness"}
    with pytest.raises(CannotExport, match=r"`audit` must be one that moves \(.*\) or be written as .csv, got comp"):
        exported(still, "png", store)


def test_a_view_of_references_has_no_table(store: Store):
    with pytest.raises(CannotExport, match="no table"):
        exported(view(panels=[{"method": "retrained"}]), "csv", store)


def test_a_method_that_cannot_answer_says_why_on_the_picture(store: Store):
    drawn = exported(view(panels=[{"method": "unsir"}]), "svg", store).decode()
    assert "UNSIR" in drawn and "whole" in drawn


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _recordings.write(tmp_path)
    monkeypatch.setattr(files, "SHIPPED", tmp_path)
    return tmp_path


def test_recorded_runs_are_exported_too(shipped: Path, store: Store):
    one = View.parse({"base": {}, "page": "images"})
    title = files.load(files.folders(shipped)[0], shipped).scene.title
    assert title in exported(one, "svg", store).decode()
    assert exported(one, "html", store).decode().startswith("<!doctype html>")
    assert next(row["model"] for row in table(exported(one, "csv", store))) == "Original"


def test_recorded_runs_that_are_not_here_are_named(shipped: Path, store: Store):
    with pytest.raises(CannotExport, match=r"`folder` must name recorded runs that are here \(.*\), got elsewhere"):
        exported(View.parse({"base": {}, "page": "images", "folder": "elsewhere"}), "svg", store)
