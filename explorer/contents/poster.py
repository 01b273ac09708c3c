"""Compute the poster of the page *compare* in a job, row by row, and write its scores as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from explorer import pipeline
from explorer.contents.picture import share
from explorer.contents.poster_rows import base_of, columns, rows_of, title
from explorer.contents.requests import told
from explorer.contents.words import FAINT_WARNING, PLAYER_WORDS, faint, ratio_sentence, reason
from explorer.figures.poster import Cell, PosterRow
from explorer.records import Band, Comparison, Plane
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, Row, View

Tick = Callable[..., None]
SCORES = ("forget", "retain", "disagreement_area")
SHORT = {"forget": "forget", "retain": "retain", "disagreement_area": "differs"}


@dataclass(frozen=True)
class Score:
    """One line of the exported table.

    Attributes:
        row: what the row is.
        sentence: its request.
        ratio: how many times more forgetting moves the boundary than a new seed; NaN where not defined.
        column: "Retrained" or a method.
        values: name from SCORES -> Band; several values where there are several models.
        note: "" or why there is nothing, what broke, or what a certified method promises.
    """

    row: str
    sentence: str
    ratio: float
    column: str
    values: Mapping[str, Band]
    note: str = ""


@dataclass(frozen=True)
class Poster:
    """What is ready of the poster."""

    columns: tuple[str, ...]
    rows: tuple[PosterRow, ...]
    scores: tuple[Score, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what broke, which methods cannot answer, and what certified ones promise, in words."""
        return tuple(f"{score.column}, {score.row}: {score.note}" for score in self.scores if score.note)


# --- the work -----------------------------------------------------------------------------------------------------


def posters(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Poster]:
    """Yield the poster each time a row is ready. The first one has empty frames, so that nothing jumps afterwards.

    Args:
        view: what to show.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.
    """
    methods, rows = columns(view), rows_of(view)
    names = ("Retrained", *(name for name, _ in methods))
    tick(0, 0, "Drawing the points")
    now = Poster(names, tuple(PosterRow(title(row, view.base), plane=_plane(view, row, memo)) for row in rows))
    yield now
    for index, row in enumerate(rows):
        done, scores = _row(view, row, methods, memo, _part(tick, index, len(rows), now.rows[index].title))
        drawn = (*now.rows[:index], done, *now.rows[index + 1 :])
        now = replace(now, rows=drawn, scores=(*now.scores, *scores))
        yield now


def _part(tick: Tick, index: int, total: int, name: str) -> Tick:
    """Return a tick(part, what) for one of several rows; `part` of it is done, in [0, 1]."""

    def tell(part: float, what: str) -> None:
        tick(round(1000 * (index + part)), 1000 * total, f"{name}: {what}")

    return tell


def _within(tick: Tick, start: int, count: int) -> Tick:
    """Return a tick(done, of) for the method that stands at `start` among the `count` parts of a row."""

    def tell(done: int, of: int) -> None:
        tick((start + 0.8 * share(done, of)) / count, "")

    return tell


def _plane(view: View, row: Row, memo: pipeline.Memo) -> Plane | None:
    try:
        spec = view.base.with_part(data=row.value.as_json(), request={}) if row.part == "data" else view.base
        return Plane.around(pipeline.Run(spec, memo).data.train.x)
    except ValueError:
        return None


def _row(
    view: View, row: Row, methods: tuple[tuple[str, Panel], ...], memo: pipeline.Memo, tick: Tick
) -> tuple[PosterRow, tuple[Score, ...]]:
    """Return one row and its scores; an error of the whole row stands in it as a sentence."""
    name = title(row, view.base)
    try:
        tick(0, "training original and retrained models")
        base, because = base_of(view, row, memo)
        count = 2 + len(methods)  # the references take about as long as two methods
        _ = pipeline.Run(base, memo, lambda d, of: tick(1.5 * share(d, of) / count, "")).references
        drawn, ratio = _frame(name, base, because, memo)
        cells, scores = [_retrained(base, name, memo)], list[Score]()
        scores.append(_score(drawn, ratio, "Retrained", _reference_values(base, memo)))
        for index, (column, panel) in enumerate(methods):
            start = 2 + index
            tick(start / count, f"unlearning with {panel.title}")
            spec = base.with_method(panel.method)
            cell, values, promised = _cell(spec, name, column, memo, _within(tick, start, count))
            cells.append(cell)
            scores.append(_score(drawn, ratio, column, values, cell.trouble or promised))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return PosterRow(name, plane=None, trouble=str(error)), (Score(name, "", math.nan, "", {}, str(error)),)
    return replace(drawn, cells=tuple(cells)), tuple(scores)


def _frame(name: str, base: Spec, because: str, memo: pipeline.Memo) -> tuple[PosterRow, float]:
    """Return a row without its cells, and its signal above the seed floor.

    Args:
        name: of the row.
        base: its Spec.
        because: why the request is not the one that the page asks, or "".
        memo: see `pipeline`.
    """
    run = pipeline.Run(base, memo)
    scene, ratio = pipeline.scene(run), pipeline.signal_to_floor(run)
    asked = CATALOG.choosers[base.request.choose].title.lower()
    kinds = {"correct_labels": "labels to correct", "erase_feature": "a feature to erase"}
    what = kinds.get(base.request.kind, "to forget")
    few = pipeline.few_points(run.sets)
    named = f" ({asked}, because {because})" if because else "" if few else f" ({asked})"
    paired = "; retrained: the paired model" if few else ""
    moves = told(ratio_sentence(ratio), base.request.kind)
    sentence = f"{len(scene.forget)} of {len(scene.x)} points {what}{named}{paired}. {moves}"
    if faint(ratio) and not few:
        sentence += f" {FAINT_WARNING.partition(': ')[2].capitalize()}"
    row = PosterRow(
        name,
        sentence,
        scene.plane,
        scene.size,
        scene.x,
        scene.y,
        scene.forget,
        scene.names,
        retrained=scene.paired,
        original=scene.original,
    )
    return row, ratio


def _reference_values(base: Spec, memo: pipeline.Memo) -> dict[str, Band]:
    run = pipeline.Run(base, memo)
    accuracy = pipeline.retrained_accuracy(run)
    area = pipeline.floor(run).get("disagreement_area", Band(()))
    return {"forget": accuracy["forget"], "retain": accuracy["retain"], "disagreement_area": area}


def _retrained(base: Spec, name: str, memo: pipeline.Memo) -> Cell:
    """Return the first column: a retrained model (of few points the paired one), with the range of all of them."""
    values = _reference_values(base, memo)
    kind = base.request.kind
    scores = tuple(f"{short(key, kind)} {_range(key, values[key])}" for key in SCORES)
    sentence = f"Retrained on {name}: {_sentence({key: _range(key, band) for key, band in values.items()}, kind)}"
    return Cell(pipeline.reference_panel(pipeline.Run(base, memo), "retrained").logits[-1], scores, sentence=sentence)


def _cell(spec: Spec, name: str, column: str, memo: pipeline.Memo, tick: Tick) -> tuple[Cell, dict[str, Band], str]:
    """Return a method's cell, its scores, and what it promises, if it does; a method that cannot run says why."""
    try:
        run = pipeline.path(pipeline.Run(spec, memo, tick))
        numbers = pipeline.compare(pipeline.Run(spec, memo), spread=False)
        grid = pipeline.final_grid(pipeline.Run(spec, memo))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return Cell(trouble=reason(error), sentence=f"{column} on {name}: {reason(error)}"), {}, ""
    values = _values(numbers)
    shown = {key: _number(key, band.mean) for key, band in values.items()}
    goals, kind = _reference_values(spec, memo), spec.request.kind
    return (
        Cell(
            grid,
            scores=tuple(f"{short(key, kind)} {shown[key]}" for key in SCORES),
            within=tuple(inside(key, values[key].mean, goals[key]) for key in SCORES),
            sentence=f"{column} on {name}: {_sentence(shown, kind)}",
            trouble=run.trouble,
        ),
        values,
        run.note if spec.method and CATALOG.methods[spec.method.name].kind == "certified" else "",
    )


def _values(numbers: Comparison) -> dict[str, Band]:
    """Return the scores of the model on screen, one value each."""
    accuracy = numbers.accuracy["unlearned"]
    return {
        "forget": Band(accuracy["forget"].values[:1]),
        "retain": Band(accuracy["retain"].values[:1]),
        "disagreement_area": Band((numbers.to_retrained["disagreement_area"].mean,)),
    }


def _score(row: PosterRow, ratio: float, column: str, values: Mapping[str, Band], note: str = "") -> Score:
    return Score(row.title, row.sentence.partition(". ")[0], ratio, column, values, note)


# --- words --------------------------------------------------------------------------------------------------------


def _digits(key: str) -> int:
    """Return how many digits a score is printed with: an accuracy two, an area three."""
    return 3 if key == "disagreement_area" else 2


def inside(key: str, value: float, goal: Band) -> bool | None:
    """Return whether a score lies where the retrained models do, as both are printed; None where it is not defined."""
    low, shown, high = (round(one, _digits(key)) for one in (goal.low, value, goal.high))
    if not goal.finite or math.isnan(shown):
        return None
    return shown <= high and (key == "disagreement_area" or low <= shown)


def _number(key: str, value: float) -> str:
    """Return a score as it is printed; a dash where it is not defined."""
    if math.isnan(value):
        return "–"
    text = f"{value:.{_digits(key)}f}"
    return text.removeprefix("0") if value < 1 and not text.startswith("1") else text


def _range(key: str, band: Band) -> str:
    low, high = _number(key, band.low), _number(key, band.high)
    return low if low == high else f"{low}–{high}"


def short(key: str, kind: str) -> str:
    """Return what a score is called in a cell, for a kind of request."""
    return PLAYER_WORDS[kind].get("setForget", SHORT[key]) if key == "forget" else SHORT[key]


def _sentence(shown: Mapping[str, str], kind: str) -> str:
    forget = told("forget accuracy", kind)
    return (
        f"{forget} {shown['forget']}, retain accuracy {shown['retain']}, "
        f"disagreement area {shown['disagreement_area']}."
    )


def as_csv(poster: Poster) -> str:
    """Return the scores as CSV, full precision; an empty cell where a number is not defined."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    keys = ("forget_accuracy", "retain_accuracy", "disagreement_area")
    each = [f"{key}_{part}" for key in keys for part in ("mean", "min", "max")]
    writer.writerow(("row", "request", "signal_to_floor", "column", *each, "note"))
    for score in poster.scores:
        bands = [score.values.get(key, Band(())) for key in SCORES]
        numbers = [value for band in bands for value in (band.mean, band.low, band.high)]
        cells = ("" if math.isnan(value) else repr(float(value)) for value in (score.ratio, *numbers))
        ratio, *rest = cells
        writer.writerow((score.row, score.sentence, ratio, score.column, *rest, score.note))
    return out.getvalue()
