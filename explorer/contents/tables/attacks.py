"""Lay out what attacks say: every number beside retrained's value and band or floor, and a sentence on reading it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from explorer.contents.tables.numbers import number, reads, spread_text
from explorer.pipeline import METRICS
from explorer.records import AttackNumbers, Band, Int, MoreNumbers, PairNumbers
from explorer.spec.catalog import CATALOG

STATISTICS: Mapping[str, str] = {
    "auc": "AUC",
    "balanced_accuracy": "Balanced accuracy",
    "tpr_at_1": "True positives at 1 % false ones",
    "tpr_at_01": "True positives at 0.1 % false ones",
    "paper_rate": "The rate of the attack's own paper",
}
Named = Mapping[str, tuple[str, AttackNumbers]]  # panel name -> (title, numbers)
NOTHING = Band(())


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
        cells = "".join(
            _cell(_a(two, "unlearned", attack, statistic), retrained, _interval(two, "unlearned", attack, statistic))
            for _, two in numbers.values()
        )
        body += (
            f'<tr><th scope="row">{escape(one.title)}<small>{escape(reading)}{on}</small></th>'
            f"<td>{spread_text(retrained)}</td>"
            f"{_plain_cell(original, _interval(some, 'original', attack, statistic))}{cells}</tr>"
        )
    return _table(["Retrained", "Original", *(title for title, _ in numbers.values())], body)


def question_b(numbers: Named) -> str:
    """Return the table of question B as HTML: attacks down, the floor and every method across."""
    some = next(iter(numbers.values()))[1]
    body = ""
    for attack, said in some.b_floor.items():
        floor = said["auc"]
        cells = "".join(_cell_b(two.b.get(attack, {}).get("auc", NOTHING), floor) for _, two in numbers.values())
        one = CATALOG.attacks[attack]
        body += (
            f'<tr><th scope="row">{escape(one.title)}<small>{escape(one.sentence)}</small></th>'
            f"<td>{spread_text(floor)}</td>{cells}</tr>"
        )
    return _table(["Floor", *(title for title, _ in numbers.values())], body)


def streisand(numbers: Named) -> str:
    """Return the sentence on methods that forget more than never having seen the points, or ""."""
    below, above = [], []
    for title, one in numbers.values():
        value, band = _a(one, "unlearned", "loss", "auc"), _a(one, "retrained", "loss", "auc")
        chance = 1 / math.sqrt(12 * max(judged(one, "loss")[0], 1))
        if value.values and band.finite and value.values[0] < band.low - chance:
            below.append(title)
        said, floor = one.b.get("entropy", {}).get("auc", NOTHING), one.b_floor.get("entropy", {}).get("auc", NOTHING)
        if said.finite and floor.finite and said.mean > floor.high:
            above.append(title)
    parts = []
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
    """Return how many forgotten and how many unseen points an attack on one model is judged on; else 0."""
    members, others = (_a(numbers, "retrained", attack, name) for name in ("members", "others"))
    return (int(members.mean), int(others.mean)) if members.finite and others.finite else (0, 0)


def as_csv(numbers: Named) -> str:
    """Return all that the attacks say, one line a number, full precision; an empty cell where it is not defined."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("panel", "method", "question", "role", "attack", "number", "first", "mean", "min", "max", "n"))
    for name, (title, one) in numbers.items():
        lines = [
            ("A", role, attack, statistic, band)
            for role, by_attack in one.a.items()
            for attack, said in by_attack.items()
            for statistic, band in said.items()
        ]
        lines += [("B", "unlearned", attack, "auc", said["auc"]) for attack, said in one.b.items()]
        lines += [("B", "floor", attack, "auc", said["auc"]) for attack, said in one.b_floor.items()]
        for question, role, attack, statistic, band in lines:
            first = band.values[0] if band.values else math.nan
            cells = [band.mean, band.low, band.high]
            shown = ["" if math.isnan(value) else repr(float(value)) for value in (first, *cells)]
            writer.writerow((name, title, question, role, attack, statistic, *shown, len(band.finite)))
    return out.getvalue()


def points_as_csv(y: Int, forget: Int, exposed: Mapping[str, NDArray[np.float64]]) -> str:
    """Return the AUC of each training point over the models, one line a point; an empty cell where it has none.

    Args:
        y: (n,) labels.
        forget: (m,) rows to be forgotten.
        exposed: role -> (n,).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("row", "label", "set", *exposed))
    asked = set(forget.tolist())
    for row, label in enumerate(y.tolist()):
        values = (float(exposed[role][row]) for role in exposed)
        kind = "forget" if row in asked else "retain"
        writer.writerow((row, label, kind, *("" if math.isnan(value) else repr(value) for value in values)))
    return out.getvalue()


# --- more numbers -------------------------------------------------------------------------------------------------


def more(numbers: MoreNumbers, title: str) -> str:
    """Return the table of the scores beside a Comparison as HTML, each with retrained's value or the floor."""
    body = ""
    for key in numbers.values.get("retrained", {}):
        band = numbers.values["retrained"][key]
        own, original = (numbers.values.get(role, {}).get(key, NOTHING) for role in ("unlearned", "original"))
        body += _more_row(key, band, original, _cell(own, band))
    for key, own in numbers.to_retrained.items():
        floor = numbers.floor.get(key, NOTHING)
        note = _thresholds(numbers) if key == "privacy_score" else ""
        body += _more_row(key, floor, numbers.untouched.get(key, NOTHING), _distance_cell(own, floor, key), note)
    return _table(["Retrained, or floor", "Original", title], body)


def _thresholds(numbers: MoreNumbers) -> str:
    """Return on what the privacy score rests."""
    joint = "; thresholds over both models' joint range, for entropies of so many classes pass the released grid"
    return f" On {numbers.points} forget points{joint if numbers.joint_range else ''}."


def pairs(numbers: PairNumbers, title: str) -> str:
    """Return the table of question B over many models as HTML."""
    body = ""
    for name, said in numbers.klom.items():
        floor = numbers.klom_floor[name]
        for part, words in (("mean", "mean"), ("p95", "95th percentile")):
            body += (
                f'<tr><th scope="row">KLoM, {name} points, {words}<small>{escape(reads("klom"))}</small></th>'
                f"<td>{number(floor[part])}</td><td>{number(said[part])}</td></tr>"
            )
    quality = METRICS["forgetting_quality"]
    body += (
        f'<tr><th scope="row">{escape(quality.title)}<small>{escape(reads("forgetting_quality"))}</small></th>'
        f"<td>{number(numbers.quality_floor)}</td><td>{number(numbers.quality)}</td></tr>"
    )
    return _table(["Floor: retrained to retrained", title], body)


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
        cells = "".join(
            _marked("", number(aucs[role][attack]), _spread(Band(intervals[role][attack]))) for role in roles
        )
        kind = "per point, over models" if "shadows" in one.needs else "population: one rule for all points"
        body += f'<tr><th scope="row">{escape(one.title)}<small>{kind}</small></th>{cells}</tr>'
    return _table([titles[role] for role in roles], body)


def _more_row(key: str, band: Band, original: Band, cell: str, note: str = "") -> str:
    return (
        f'<tr><th scope="row">{escape(METRICS[key].title)}<small>{escape(reads(key) + note)}</small></th>'
        f"<td>{spread_text(band)}</td>{_plain_cell(original)}{cell}</tr>"
    )


def _distance_cell(band: Band, floor: Band, key: str) -> str:
    kind = ""
    if band.finite and floor.finite:
        near = band.mean >= floor.low if METRICS[key].better == "higher" else band.mean <= floor.high
        kind = "in" if near else "out"
    return _marked(kind, number(band.mean), _spread(band))


# --- cells --------------------------------------------------------------------------------------------------------


def _a(numbers: AttackNumbers, role: str, attack: str, statistic: str) -> Band:
    return numbers.a.get(role, {}).get(attack, {}).get(statistic, NOTHING)


def _interval(numbers: AttackNumbers, role: str, attack: str, statistic: str) -> str:
    """Return the 95 % interval of the model on screen over the judged points; only an AUC has one."""
    if statistic != "auc":
        return ""
    low, high = (_a(numbers, role, attack, name).values[:1] for name in ("auc_low", "auc_high"))
    return f"95 %: {number(low[0])}–{number(high[0])}" if low and high else ""


def _cell(band: Band, retrained: Band, interval: str = "") -> str:
    """Return the number of the model on screen, whether it lies in retrained's band, and the method's own spread."""
    value = band.values[0] if band.values else math.nan
    kind = ""
    if retrained.finite and not math.isnan(value):
        kind = "in" if retrained.low <= value <= retrained.high else "out"
    return _marked(kind, number(value), _spread(band), interval)


def _cell_b(band: Band, floor: Band) -> str:
    kind = ""
    if band.finite and floor.finite:
        kind = "in" if max(band.mean, 1 - band.mean) <= floor.high else "out"
    return _marked(kind, number(band.mean), _spread(band))


def _plain_cell(band: Band, interval: str = "") -> str:
    return _marked("", number(band.values[0] if band.values else math.nan), _spread(band), interval)


def _spread(band: Band) -> str:
    return f"{number(band.low)}–{number(band.high)}" if len(band.finite) > 1 else ""


def _marked(kind: str, value: str, *small: str) -> str:
    mark = {"in": '<b title="within the retrained models">●</b>', "out": '<b title="outside">○</b>'}.get(kind, "")
    lines = "".join(f"<small>{line}</small>" for line in small if line) or "<small>&nbsp;</small>"
    return f'<td class="ue-{kind or "none"}">{mark}{value}{lines}</td>'


def _table(heads: Sequence[str], body: str) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return (
        f'<div class="ue-numbers"><table><thead><tr><th scope="col"></th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
