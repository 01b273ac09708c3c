"""Lay out the numbers of recorded runs as papers do: a row a model, and the papers' own rows beside ours.

The retrained models' row has mean and range. A dash stands for what was not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.contents.recorded import tuned
from explorer.contents.recorded.runs import Opened
from explorer.contents.tables import cells, formats
from explorer.contents.tables.cells import NOTHING, number, span, spread_text
from explorer.experiments.cifar.files import REFERENCES
from explorer.experiments.cifar.published import NOTHING as WITHOUT
from explorer.experiments.cifar.published import Published, beside
from explorer.pipeline import METRICS
from explorer.records import Band, ImageRun, ModelNumbers, OracleRun
from explorer.spec.catalog import CATALOG

Titles = Callable[[str], str]
ATTACK, MIA = "loss", "retain_entropy"
ACCURACIES: Mapping[str, tuple[str, str]] = {
    "retain": ("Retain", "accuracy on kept training images"),
    "forget": ("Forget", "accuracy on forgotten training images"),
    "test": ("Test", "accuracy on all test images"),
    "test_retain": ("Test, kept", "accuracy on test images of what is kept"),
    "test_forget": ("Test, forgotten", "accuracy on test images of what is forgotten"),
}
#: Where labels are corrected: what is said of the rows of the request.
CORRECTED: Mapping[str, tuple[str, str]] = {
    "forget": ("Corrected", "accuracy on the poisoned training images, by their true labels"),
    "test_forget": ("Test, corrected", "accuracy on test images of the classes that are corrected"),
}
BROKEN = 0.5  # of retrained's retain accuracy: below it a model that forgot has no value
MARKS = {"in": ("●", "within"), "out": ("○", "outside")}
MATCH, LESS = "retrained's value is the goal", "less is cheaper"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: head of the column.
        says: what it measures.
        goal: its direction, in words.
    """

    title: str
    says: str
    goal: str

    @property
    def mark(self) -> str:
        """Return its direction in a word or two."""
        return METRICS["cost" if self.goal == LESS else "retain"].mark

    @property
    def reads(self) -> str:
        """Return what it measures and its direction, as a sentence."""
        return f"{self.says[0].upper()}{self.says[1:]}; {self.goal}."


def columns(opened: Opened, attack: str, attack_title: str, own_rate: str = "") -> dict[str, Column]:
    """Return the columns for a folder.

    Args:
        opened: the folder.
        attack: key of the attack whose AUC is shown.
        attack_title: its name on screen.
        own_rate: what the attack's own paper reports, in words; "" where it reports the AUC or nothing.
    """
    models = [run.numbers.models[0] for run in _runs(opened)]
    words = {**ACCURACIES, **(CORRECTED if opened.corrects else {})}
    rows = "poisoned (by their wrong labels)" if opened.corrects else "forgotten"
    shown = {
        name: Column(*said, MATCH)
        for name, said in words.items()
        if name in _beside(opened) or any(_READ[name](model, attack) is not None for model in models)
    }
    asked = _asked(opened)
    if attack in asked:
        shown["attack"] = Column(f"Attack: {attack_title}", f"AUC, {rows} against unseen", f"{MATCH}, not .5")
        if own_rate and attack != MIA:
            shown["rate"] = Column("Its paper's rate", own_rate, MATCH)
    if MIA in asked or "mia" in _beside(opened):
        shown["mia"] = Column("As JiT counts", f"share of {rows} images called members, by entropy", MATCH)
    shown["seconds"] = Column("Time", "seconds of the method, what it prepares included", LESS)
    shown["gradients"] = Column("Work", "thousand example-gradients (forward and backward of one image)", LESS)
    return shown


def _beside(opened: Opened) -> set[str]:
    return {column for one in published(opened) for entry in one.entries for column in entry.values}


def published(opened: Opened) -> tuple[Published, ...]:
    """Return the published tables that stand beside a folder's rows, first those of the very setting."""
    return beside(request(opened), *_setting(opened))


def _setting(opened: Opened) -> tuple[str, str]:
    """Return the keys of the folder's data and network."""
    data, model = (str(opened.scene.spec.get(part, {}).get("name", "")) for part in ("data", "model"))
    return data, model


def request(opened: Opened) -> str:
    """Return the request in one word, as folders are named by it."""
    return opened.scene.folder.rpartition("-")[2]


def attacks(opened: Opened) -> list[str]:
    """Return the attacks that were asked of all models, the simplest first."""
    found = sorted(_asked(opened))
    return [ATTACK, *(name for name in found if name != ATTACK)] if ATTACK in found else found


def attack_shown(opened: Opened, wished: str) -> str:
    """Return the attack of the table: the one wished for if it was asked of all models, else the simplest that was."""
    asked = attacks(opened)
    return wished if wished in asked else next(iter(asked), ATTACK)


def _asked(opened: Opened) -> set[str]:
    original, retrained = (set(run.numbers.models[0].attacks) for run in (opened.original, opened.retrained))
    return original & retrained


def _runs(opened: Opened) -> list[ImageRun]:
    return [opened.original, opened.retrained, *opened.methods.values()]


def band(run: ImageRun | OracleRun, column: str, attack: str = ATTACK) -> Band:
    """Return a number of a run: one value a model, NaN where it was not measured."""
    if column == "seconds":
        return Band((run.numbers.seconds.work,))
    if column == "gradients":
        return Band((run.numbers.example_gradients.work / 1000,))
    found = (_READ[column](one, attack) for one in run.numbers.models)
    return Band(tuple(math.nan if value is None else value for value in found))


def _auc(model: ModelNumbers, attack: str) -> float | None:
    return model.attacks[attack].auc if attack in model.attacks else None


def _paper_rate(model: ModelNumbers, attack: str) -> float | None:
    return model.attacks[attack].paper_rate if attack in model.attacks else None


#: Column -> its number of one model, given the attack that is shown; None where it was not measured.
_READ: Mapping[str, Callable[[ModelNumbers, str], float | None]] = {
    "retain": lambda model, _: model.accuracy.retain,
    "forget": lambda model, _: model.accuracy.forget,
    "test": lambda model, _: model.accuracy.test,
    "test_retain": lambda model, _: model.accuracy.test_retain,
    "test_forget": lambda model, _: model.accuracy.test_forget,
    "attack": _auc,
    "rate": _paper_rate,
    "mia": lambda model, _: _paper_rate(model, MIA),
}


def rows(opened: Opened, attack: str, title: Titles) -> list[formats.Row]:
    """Return our rows: original, retrained, then every recorded method, with the oracle's below it."""
    return [row for row, _ in _lines(opened, attack, title)]


def _lines(opened: Opened, attack: str, title: Titles) -> list[tuple[formats.Row, ImageRun | OracleRun]]:
    """Return our rows, each with what it is of; below a method's own stands that with the oracle's knobs."""
    names = {"original": "Original", "retrained": f"Retrained ({len(opened.retrained.numbers.models)} seeds)"}
    wanted = [*_READ, "seconds", "gradients"]
    found: list[tuple[formats.Row, ImageRun | OracleRun]] = []
    for run in _runs(opened):
        values = {column: band(run, column, attack) for column in wanted}
        found.append((formats.Row(names.get(run.name) or title(run.name), values, _tuned(run)), run))
        if run.name in opened.oracle:
            oracle = opened.oracle[run.name]
            values = {column: band(oracle, column, attack) for column in wanted}
            found.append((formats.Row(f"{title(run.name)}, by the oracle", values, oracle.numbers.tuned), oracle))
    return found


def _tuned(run: ImageRun) -> str:
    if run.name in REFERENCES:
        return "the recipe's own settings"
    return run.numbers.tuned or "knobs as they were set by hand"


def _published_rows(one: Published) -> list[formats.Row]:
    """Return a published table's rows. A standard deviation is no range, so it stands in words."""
    return [
        formats.Row(
            f"{entry.name} [{one.source}]", {column: Band((value,)) for column, value in entry.values.items()},
            "; ".join([f"published: {one.setting}", *(f"{column} +-{std:g}" for column, std in entry.spread.items())]),
        )
        for entry in one.entries
    ]  # fmt: skip


def exported(opened: Opened, attack: str, title: Titles) -> list[formats.Row]:
    """Return all rows for CSV and LaTeX: ours, then the papers'."""
    return [
        *rows(opened, attack, title), *(row for one in published(opened) for row in _published_rows(one)),
    ]  # fmt: skip


def heads(shown: Mapping[str, Column]) -> dict[str, str]:
    """Return key -> title of the columns, for files."""
    return {name: column.title for name, column in shown.items()}


def html(opened: Opened, shown: Mapping[str, Column], attack: str, title: Titles, chosen: Sequence[str]) -> str:
    """Return the table.

    Args:
        opened: the folder.
        shown: the columns.
        attack: whose AUC is shown.
        title: the name on screen of a method.
        chosen: keys of the methods that are drawn on the page; their rows are marked.
    """
    ours = _lines(opened, attack, title)
    retrained = ours[1][0]
    body = "".join(
        _row(row, shown, None, False, run, opened)
        if isinstance(run, ImageRun) and run.name in REFERENCES
        else _row(row, shown, retrained, isinstance(run, ImageRun) and run.name in chosen, run, opened)
        for row, run in ours
    )
    papers = "".join(_published(one, shown, same=one.same(*_setting(opened))) for one in published(opened))
    heads = [cells.head(one.title, one.mark, said=one.reads) for one in shown.values()]
    first = cells.kind(f"Ours: {opened.scene.title}", len(shown) + 1)
    return cells.table(heads, first + body + papers, classes="ue-numbers ue-wide ue-papers")


def readings(shown: Mapping[str, Column]) -> str:
    """Return how to read each column as HTML, folded up."""
    return cells.readings({one.title: one.reads for one in shown.values()})


def _row(
    row: formats.Row, shown: Mapping[str, Column], goal: formats.Row | None, chosen: bool,
    run: ImageRun | OracleRun, opened: Opened,
) -> str:  # fmt: skip
    said = [row.tuned]
    if run.numbers.trouble:
        said.append(run.numbers.trouble)
    if goal is not None and row.values["retain"].mean < BROKEN * goal.values["retain"].low:
        said.append("most of what was to be kept is lost")
    if isinstance(run, ImageRun) and (verdict := tuned.broken(opened, run.name)):
        said.append(verdict)
    each = "".join(_cell(row, key, goal) for key in shown)
    return cells.row(row.name, "; ".join(said), each, strong=chosen)


def _cell(row: formats.Row, key: str, goal: formats.Row | None) -> str:
    mine = row.values.get(key, NOTHING)
    if key in ("seconds", "gradients"):
        return f"<td>{_amount(mine.mean)}</td>"
    if len(mine.finite) > 1:
        return f"<td>{spread_text(mine)}</td>"
    verdict = "" if goal is None else cells.within(mine.mean, goal.values[key])
    mark = f'<b title="{MARKS[verdict][1]} retrained\'s range">{MARKS[verdict][0]}</b>' if verdict else ""
    return f"<td>{mark}{number(mine.mean)}</td>"


def _amount(value: float) -> str:
    """Return seconds or work in at most three digits, thousands with commas."""
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _published(one: Published, shown: Mapping[str, Column], *, same: bool) -> str:
    body = ""
    for entry in one.entries:
        each = "".join(f"<td>{_mean(entry.values.get(key), key)}{_std(entry.spread.get(key))}</td>" for key in shown)
        body += cells.row(entry.name, "", each, classes="ue-paper")
    setting = "the same setting, as far as it goes" if same else "another setting"
    differs = " ".join(part for part in (one.not_same if same else "", one.differs) if part)
    title = f"Published, {setting}: {one.source}. {one.setting}"
    return cells.kind(title, len(shown) + 1, f"How it differs: {differs}") + body


def _mean(value: float | None, key: str) -> str:
    if value is None:
        return "–"
    return _amount(value) if key == "seconds" else number(value)


def _std(value: float | None) -> str:
    return "" if value is None else f"<small>±{number(value)}</small>"


HOW_TO_READ = (
    "Read a column downwards to retrained's row: a method is good where it lies in that range (●), not where it is "
    "lowest or .5. Published rows are to be compared with the retrained row of their own table."
)
NOT_SHOWN = (
    "What the table does not show: whether a method's own spread over other originals is as wide as the difference "
    "between two rows; each method was run once from one original."
)


def note(opened: Opened) -> str:
    """Return a sentence where no published table fits, else ""."""
    return WITHOUT.get(request(opened), "" if published(opened) else "No published table stands beside it.")


def careful(opened: Opened) -> str:
    """Return what must be known to read the table of this folder; "" where nothing must."""
    updating = [
        CATALOG.methods[run.name].title
        for run in opened.methods.values()
        if run.name in CATALOG.methods and {_knobs(run).get("batchnorm"), _knobs(run).get("mode")} & {"update", "train"}
    ]
    said: list[str] = []
    if updating and CATALOG.models[_setting(opened)[1]].BATCH_STATISTICS:
        said.append(
            f"{' and '.join(updating)}: batch statistics are taken anew on the way, so that outputs change even where "
            "no weight does; all other rows keep those of the original."
        )
    if opened.scene.spec.get("training", {}).get("augment"):
        said.append(
            "The models were trained on shifted and mirrored images and are attacked on the plain ones: losses of "
            "training images are higher than without that, and attacks find less."
        )
    return " ".join(said)


def _knobs(run: ImageRun) -> Mapping[str, Any]:
    method: Mapping[str, Any] = run.spec.get("method") or {}
    return method.get("knobs", {})


def how_made(opened: Opened) -> str:
    """Return one sentence on how and where the runs were made."""
    made = opened.retrained.numbers.made
    spec = opened.scene.spec
    training = spec.get("training", {})
    parts = [f"{training.get('steps', '?')} steps of {training.get('batch', '?')} images, seed {spec.get('seed', 0)}"]
    if made:
        parts += [made.hardware, *([f"commit {made.commit[:10]}"] if made.commit else []), made.date]
    return f"Recorded, nothing is trained here: {'; '.join(parts)}."


def leak(opened: Opened) -> tuple[float, Band]:
    """Return how much there is to forget: the loss attack's AUC on the original, and on the retrained models."""
    return band(opened.original, "attack").mean, band(opened.retrained, "attack")


def at_stake(opened: Opened) -> str:
    """Return one sentence on how much there is to forget, or to correct; "" where that was not measured."""
    before, goal = leak(opened)
    if opened.corrects:
        before, goal = band(opened.original, "forget").mean, band(opened.retrained, "forget")
    if math.isnan(before) or not goal.finite:
        return ""
    first, there = number(before), f"{number(goal.mean)} ({span(goal.low, goal.high)})"
    if opened.corrects:
        return (
            f"How much there is to correct: the original gives {first} of the poisoned images their true label, "
            f"retrained models {there}; that is the goal."
        )
    return (
        f"How much there is to forget: the loss attack tells forgotten images from unseen ones with AUC {first} in the "
        f"original, {there} in retrained models; that is the goal, not .5."
    )
