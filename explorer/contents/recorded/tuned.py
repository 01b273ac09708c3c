"""Say how the knobs of a recorded method were found, and lay its trials out for their figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from explorer.contents.recorded.runs import Opened
from explorer.experiments.cifar import not_knowing, trials
from explorer.experiments.cifar.budgets import budget_of
from explorer.experiments.cifar.trials import Tried
from explorer.figures.trials import Judged, KnobAxis
from explorer.knobs import knob_infos
from explorer.ranges import Range
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

JUDGES = (
    "The honest judge sees validation images alone, on which nobody is trained, and chose. The oracle knows one more "
    "retrained model and chose nothing that is recorded."
)


def broken(opened: Opened, method: str) -> str:
    """Return a clause where every trial of a method broke its model, else ""."""
    made = opened.trials.get(method, [])
    if not made or not all(one.broken for one in made):
        return ""
    return f"broken in all {len(made)} trials" if len(made) > 1 else "broken in its one trial"


def sentence(opened: Opened, method: str) -> str:
    """Return how many trials there were and how they ended, in words; "" where there were none."""
    made = opened.trials.get(method, [])
    if not made:
        return ""
    ended = [one.trial.ended for one in made]
    words = {
        "cut": "stopped at the end of the budget",
        "collapsed": "stopped because the model answered at random",
        "broken": "beyond the finite numbers",
    }
    parts = [f"{ended.count(kind)} {said}" for kind, said in words.items() if kind in ended]  # type: ignore[arg-type]  # keys are how trials end
    lost = sum(one.broken for one in made)
    if lost == len(made):
        parts.append("every one of them breaks the model: it loses more than half of what retrained keeps")
    elif lost:
        parts.append(f"{lost} {'loses' if lost == 1 else 'lose'} more than half of what retrained keeps")
    if left := _to_come(opened, method):
        parts.append(f"{left} more are to come, so this search is not done")
    if not _recorded(opened, method):
        parts.append("made after the recorded run, which has other knobs")
    said = f"{len(made)} trials" if len(made) > 1 else "1 trial"
    return f"{said}, {sum(one.trial.seconds for one in made):,.0f} s in all" + "".join(f"; {part}" for part in parts)


def _to_come(opened: Opened, method: str) -> int:
    """Return how many trials of a method are still to be made on a request; 0 where a Spec of today cannot say."""
    try:
        base = Spec.parse(dict(opened.scene.spec))
    except SpecError:
        return 0
    return max(0, budget_of(base, method).trials - len(opened.trials[method])) if method in CATALOG.methods else 0


def _recorded(opened: Opened, method: str) -> bool:
    """Return whether the recorded run has the knobs that its trials put first."""
    first, run = trials.best(opened.trials[method]), opened.methods.get(method)
    if first is None or run is None:
        return True
    try:
        held = Spec.parse(dict(run.spec))
        return held.key() == held.with_part(method={"name": method, "knobs": dict(first.knobs)}).key()
    except SpecError:
        return False  # a knob of the run or of the trials has another name by now


def cost(opened: Opened) -> str:
    """Return the sentence on what tuning without the answer costs on this request; "" where nothing is known."""
    return not_knowing.sentence(not_knowing.pairs(opened.methods, opened.oracle, opened.trials))


def judged(made: Sequence[Tried]) -> Judged:
    """Return what both judges say of trials, and which of them are marked."""
    first, oracle = trials.best(made), trials.best_by_oracle(made)
    authors = next((at for at, one in enumerate(made) if one.origin == "authors"), None)
    return Judged(
        honest=[one.trial.judge for one in made],
        oracle=[one.trial.oracle for one in made],
        lost=[one.broken for one in made],
        chosen=None if first is None else list(made).index(first),
        authors=authors,
        by_oracle=None if oracle is None else list(made).index(oracle),
    )


def axes(method: str, made: Sequence[Tried]) -> list[KnobAxis]:
    """Return each searched knob of a method with the value of every trial; knobs that never changed are left out."""
    declared = CATALOG.methods.get(method)
    if declared is None:
        return []
    infos = knob_infos(declared.knobs)
    found: list[KnobAxis] = []
    for name, searched in declared.searched.items():
        values = [one.knobs.get(name, infos[name].default) for one in made]
        if len({repr(value) for value in values}) < 2:
            continue
        as_range = isinstance(searched, Range) and all(_number(value) for value in values)
        log = as_range and isinstance(searched, Range) and searched.log and all(value > 0 for value in values)
        found.append(KnobAxis(infos[name].title, values if as_range else _names(values), log, not as_range))
    return found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _names(values: Sequence[Any]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return "left open"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if _number(value) else str(value)


def all_values(made: Sequence[Tried]) -> list[dict[str, Any]]:
    """Return a table of the trials: which one it is, its number, where its knobs came from, what came of it, its knobs.

    The chosen one stands first, the authors' own beside it, then the oracle's best; all others follow by number.
    "forget" and "kept" are accuracies on forgotten images and on validation images of what stays.
    """
    marks = _marks(made)
    first = [one for number in marks for one in made if one.number == number]
    return [
        {
            "is": ", ".join(marks.get(one.number, ())),
            "trial": one.number + 1,
            "knobs from": ORIGINS[one.origin],
            "honest judge": _finite(one.trial.judge),
            "oracle": _finite(one.trial.oracle),
            "forget": one.trial.oracle_parts.get("forget"),
            "kept": one.trial.oracle_parts.get("kept"),
            "seconds": one.trial.seconds,
            "epochs": one.trial.epochs,
            "ended": one.trial.ended,
            "knobs": ", ".join(f"{name} {_text(value)}" for name, value in one.knobs.items()),
        }
        for one in [*first, *(one for one in made if one.number not in marks)]
    ]


def _marks(made: Sequence[Tried]) -> dict[int, list[str]]:
    """Return number of a trial -> what it is, of those that are marked, in the order in which they are read."""
    found: dict[int, list[str]] = {}
    seen = judged(made)
    for at, word in (
        (seen.chosen, "chosen"),
        (seen.authors, "authors"),
        (seen.by_oracle, "oracle"),
    ):
        if at is not None:
            found.setdefault(made[at].number, []).append(word)
    return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


ORIGINS = {
    "authors": "the authors",
    "before": "chosen before",
    "alike": "best of a similar request",
    "drawn": "drawn",
}
