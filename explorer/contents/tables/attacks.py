"""Lay out what attacks find: every number beside retrained's band or the floor, with a sentence on how to read it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, number, reads, spread_text
from explorer.figures.numerals import as_printed
from explorer.pipeline import METRICS
from explorer.records import AttackNumbers, Band, Int, ModelScores, PairNumbers
from explorer.spec.catalog import CATALOG

STATISTICS: Mapping[str, str] = {
    "auc": "AUC",
    "balanced_accuracy": "Balanced accuracy",
    "tpr_at_1": "True positives at 1 % false ones",
    "tpr_at_01": "True positives at 0.1 % false ones",
    "paper_rate": "The rate of the attack's own paper",
}
Named = Mapping[str, tuple[str, AttackNumbers]]  # panel name -> (title, numbers)


def question_a(numbers: Named, statistic: str) -> str:
    """Return the table of question A as HTML: attacks down, retrained, original and every method across."""
    some = next(iter(numbers.values()))[1]
    body = ""
    for attack in some.a.get("retrained", {}):
        retrained = _a(some, "retrained", attack, statistic)
        original = _a(some, "original", attack, statistic)
        if statistic == "paper_rate" and not (retrained.values or original.values):
            continue
        one = CATALOG.attacks[attack]
        reading = one.paper_rate_reads if statistic == "paper_rate" else one.sentence
        members, others = judged(some, attack)
        on = f" {members:,} forgotten against {others:,} unseen points." if members else ""
        each = "".join(
            _cell(_a(two, "unlearned", attack, statistic), retrained, _interval(two, "unlearned", attack, statistic))
            for _, two in numbers.values()
        )
        untouched = _plain_cell(original, _interval(some, "original", attack, statistic))
        body += cells.row(one.title, reading + on, f"<td>{spread_text(retrained)}</td>{untouched}{each}")
    models = max(
        (len(_a(some, "retrained", attack, statistic).values) for attack in some.a.get("retrained", {})), default=0
    )
    heads = [("Retrained", cells.mean_of(models)), ("Original", cells.ON_SCREEN)]
    return _table([*heads, *((title, cells.ON_SCREEN) for title, _ in numbers.values())], body)


def question_b(numbers: Named) -> str:
    """Return the table of question B as HTML: attacks down, the floor and every method across."""
    some = next(iter(numbers.values()))[1]
    body = ""
    for attack, said in some.b_floor.items():
        floor = said["auc"]
        each = "".join(_cell_b(two.b.get(attack, {}).get("auc", NOTHING), floor) for _, two in numbers.values())
        one = CATALOG.attacks[attack]
        body += cells.row(one.title, one.sentence, f"<td>{spread_text(floor)}</td>{each}")
    return _table([("Floor", ""), *((title, cells.ON_SCREEN) for title, _ in numbers.values())], body)


def streisand(numbers: Named) -> str:
    """Return the sentence on methods that forget more than never having seen the points, or ""."""
    below: list[str] = []
    above: list[str] = []
    for title, one in numbers.values():
        value, band = _a(one, "unlearned", "loss", "auc"), _a(one, "retrained", "loss", "auc")
        chance = 1 / math.sqrt(12 * max(judged(one, "loss")[0], 1))
        if value.values and band.finite and value.values[0] < band.low - chance:
            below.append(title)
        found, floor = (b.get("entropy", {}).get("auc", NOTHING) for b in (one.b, one.b_floor))
        if found.finite and floor.finite and found.mean > floor.high:
            above.append(title)
    parts: list[str] = []
    if below:
        parts.append(
            f"{_listed(below)}: the forgotten points have a larger loss than points nobody ever saw (AUC below "
            "retrained's, by more than chance). That is the Streisand effect: whoever looks can tell them by it."
        )
    if above:
        parts.append(
            f"{_listed(above)}: less sure of the forgotten points than retrained models are (question B, entropy)."
        )
    return " ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def judged(numbers: AttackNumbers, attack: str) -> tuple[int, int]:
    """Return on how many forgotten and unseen points an attack on one model is judged; 0 where that is not known."""
    members, others = (_a(numbers, "retrained", attack, name) for name in ("members", "others"))
    return (int(members.mean), int(others.mean)) if members.finite and others.finite else (0, 0)


def as_csv(numbers: Named) -> str:
    """Return all that the attacks find, one line a number, in full precision; not defined is an empty cell."""
    heads = ("panel", "method", "question", "role", "attack", "number", "first", "mean", "min", "max", "n")
    lines = (
        (name, title, *line, *(cells.full(value) for value in (cells.first(band), band.mean, band.low, band.high)),
         len(band.finite))
        for name, (title, one) in numbers.items() for *line, band in _bands(one)
    )  # fmt: skip
    return cells.csv_text([heads, *lines])


def _bands(numbers: AttackNumbers) -> Iterable[tuple[str, str, str, str, Band]]:
    """Yield question, role, attack, statistic and its band."""
    for role, by_attack in numbers.a.items():
        for attack, said in by_attack.items():
            for statistic, band in said.items():
                yield "A", role, attack, statistic, band
    for role, by_attack in (("unlearned", numbers.b), ("floor", numbers.b_floor)):
        for attack, said in by_attack.items():
            yield "B", role, attack, "auc", said["auc"]


def points_as_csv(y: Int, forget: Int, exposed: Mapping[str, NDArray[np.float64]]) -> str:
    """Return the AUC of each training point over the models, one line a point; not defined is an empty cell.

    Args:
        y: (n,) labels.
        forget: (m,) rows to be forgotten.
        exposed: role -> (n,).
    """
    asked = set(forget.tolist())
    lines = (
        (row, label, "forget" if row in asked else "retain", *(cells.full(exposed[role][row]) for role in exposed))
        for row, label in enumerate(y.tolist())
    )
    return cells.csv_text([("row", "label", "set", *exposed), *lines])


# --- more numbers -------------------------------------------------------------------------------------------------


def more(numbers: ModelScores, title: str) -> str:
    """Return the table of the scores beside a Comparison as HTML, each with retrained's value or the floor."""
    body = ""
    for key in numbers.values.get("retrained", {}):
        band = numbers.values["retrained"][key]
        own, original = (numbers.values.get(role, {}).get(key, NOTHING) for role in ("unlearned", "original"))
        body += _more_row(key, band, original, _cell(own, band))
    for key, own in numbers.to_retrained.items():
        floor = numbers.floor.get(key, NOTHING)
        note = _thresholds(numbers) if key == "privacy_score" else ""
        mine = cells.marked(cells.near(own.mean, floor, key), number(own.mean), cells.spread(own))
        body += _more_row(key, floor, numbers.untouched.get(key, NOTHING), mine, note)
    return _table([("Retrained, or floor", ""), ("Original", ""), (title, "")], body)


def _thresholds(numbers: ModelScores) -> str:
    """Return what the privacy score is based on."""
    joint = "; thresholds over both models' joint range, for entropies of so many classes pass the released grid"
    return f" On {numbers.points} forget points{joint if numbers.joint_range else ''}."


def pairs(numbers: PairNumbers, title: str) -> str:
    """Return the table of question B over many models as HTML."""
    body = ""
    for name, said in numbers.klom.items():
        floor = numbers.klom_floor[name]
        for part, words in (("mean", "mean"), ("p95", "95th percentile")):
            both = f"<td>{number(floor[part])}</td><td>{number(said[part])}</td>"
            body += cells.row(f"KLoM, {name} points, {words}", reads("klom"), both)
    key, both = "forgetting_quality", f"<td>{number(numbers.quality_floor)}</td><td>{number(numbers.quality)}</td>"
    body += cells.row(METRICS[key].title, reads(key), both)
    return _table([("Floor: retrained to retrained", ""), (title, "")], body)


def same_pairs(
    aucs: Mapping[str, Mapping[str, float]], intervals: Mapping[str, Mapping[str, tuple[float, float]]],
    titles: Mapping[str, str],
) -> str:  # fmt: skip
    """Return the table of attacks over the same pairs of a model and a point as HTML, roles across.

    Args:
        aucs: role -> attack -> AUC.
        intervals: role -> attack -> its 95 % interval over models; NaN where it is not defined.
        titles: role -> head of its column.
    """
    roles = [role for role in ("original", "unlearned", "retrained") if role in aucs]
    body = ""
    for attack in aucs[roles[0]]:
        one = CATALOG.attacks[attack]
        each = "".join(
            cells.marked("", number(aucs[role][attack]), cells.spread(Band(intervals[role][attack]))) for role in roles
        )
        kind = "per point, over models" if "shadows" in one.needs else "population: one rule for all points"
        body += cells.row(one.title, kind, each)
    return _table([(titles[role], "") for role in roles], body)


def _more_row(key: str, band: Band, original: Band, cell: str, note: str = "") -> str:
    return cells.row(
        METRICS[key].title, reads(key) + note, f"<td>{spread_text(band)}</td>{_plain_cell(original)}{cell}"
    )


# --- cells --------------------------------------------------------------------------------------------------------


def _a(numbers: AttackNumbers, role: str, attack: str, statistic: str) -> Band:
    return numbers.a.get(role, {}).get(attack, {}).get(statistic, NOTHING)


def _interval(numbers: AttackNumbers, role: str, attack: str, statistic: str) -> str:
    """Return the 95 % interval of the model on screen over the judged points; only an AUC has one."""
    if statistic != "auc":
        return ""
    low, high = (_a(numbers, role, attack, name).values[:1] for name in ("auc_low", "auc_high"))
    return f"95 %: {cells.span(low[0], high[0])}" if low and high else ""


def _cell(band: Band, retrained: Band, interval: str = "") -> str:
    """Return the number of the model on screen, whether it lies in retrained's band, and the method's own spread."""
    value = cells.first(band)
    return cells.marked(cells.within(value, retrained), number(value), cells.spread(band), interval)


def _cell_b(band: Band, floor: Band) -> str:
    """Return question B's number. The floor is folded to at least .5, so the number is folded before they meet."""
    verdict = ""
    if band.finite and floor.finite:
        verdict = "in" if as_printed(max(band.mean, 1 - band.mean)) <= as_printed(floor.high) else "out"
    return cells.marked(verdict, number(band.mean), cells.spread(band))


def _plain_cell(band: Band, interval: str = "") -> str:
    return cells.marked("", number(cells.first(band)), cells.spread(band), interval)


def _table(heads: Sequence[tuple[str, str]], body: str) -> str:
    """Return a table; a head is a title and what stands below it."""
    return cells.table([cells.head(*head) for head in heads], body)
