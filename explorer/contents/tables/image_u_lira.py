"""Lay out what U-LiRA finds on images beside attacks on one model: a row a kind of model, retrained's the zero line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from explorer.contents.tables import cells
from explorer.contents.tables.cells import number
from explorer.contents.tables.papers import MARKS
from explorer.experiments.cifar.many import ATTACK, ORIGINAL, RETRAINED, Attacked
from explorer.spec.catalog import CATALOG

Found = Mapping[str, Attacked]  # "original", "retrained" or a method's key
Titles = Callable[[str], str]
TITLE = "U-LiRA: does an attack over many models find more?"
LOOK = (
    "Look for a method that the best attack on one model does not find, and that U-LiRA does: on average it hides what "
    "it was to forget, image by image it does not."
)
NOT_SHOWN = (
    "What the table does not show: that the attacker needs many models trained like this one, or other requests. The "
    "best attack is chosen on the same pairs, so the difference is rather too small. It is read as it stands: an AUC "
    "below .5 would find something if it were read the other way round."
)
COLUMNS = {
    "AUC of U-LiRA": "over all pairs of a model and an image to forget: was the image seen, then forgotten, or never "
    "seen? The goal is retrained's value; .5 = cannot be told",
    "AUC of the best attack on one model": "one rule for all images, on the very same pairs; trees and SVC, which are "
    "slow, are not asked",
    "Difference": "how much more U-LiRA finds; its interval is for other images under the same models",
}


def html(found: Found, title: Titles) -> str:
    """Return the table; "" where nothing was measured.

    Args:
        found: what `experiments.cifar.many.read` returns.
        title: the name on screen of a method.
    """
    if not found:
        return ""
    heads = [cells.head(name, said=said) for name, said in COLUMNS.items()]
    return cells.table(
        heads, "".join(_row(name, one, found.get(RETRAINED), title) for name, one in found.items()),
        classes="ue-numbers ue-wide ue-papers",
    )  # fmt: skip


def how_made(models: int) -> str:
    """Return a sentence on the models that were compared."""
    return (
        f"{models} models each learnt a random half of the images; each then forgot its share of the request, by the "
        "method at its recorded knobs. Each half of the models is judged by an attack that is fitted on the other. "
        "Small print: 95 % intervals, of an AUC over other models, a little too narrow for few."
    )


def troubles(found: Found, title: Titles) -> str:
    """Return a sentence on methods that broke down in some models; "" where none did."""
    broken = [f"{_name(name, title)} broke down in {one.trouble}" for name, one in found.items() if one.trouble]
    return f"{'; '.join(broken).rstrip('.')}." if broken else ""


def _row(name: str, one: Attacked, goal: Attacked | None, title: Titles) -> str:
    best = CATALOG.attacks[one.best].title
    plain = name in (ORIGINAL, RETRAINED) or goal is None
    mark = "" if plain or goal is None else _mark(one.auc[ATTACK][0], goal.auc[ATTACK])
    each = (
        f"<td>{mark}{_interval(one.auc[ATTACK])}</td>"
        f"<td>{_interval(one.auc[one.best])} <small>{best}</small></td>"
        f"<td>{_interval(one.more)}</td>"
    )
    return cells.row(_name(name, title), "", each)


def _mark(value: float, goal: tuple[float, float, float]) -> str:
    """Return whether a value lies in the interval of retrained's."""
    _, low, high = goal
    verdict = "in" if low <= value <= high else "out"
    return f'<b title="{MARKS[verdict][1]} retrained\'s interval">{MARKS[verdict][0]}</b>'


def _interval(values: tuple[float, float, float]) -> str:
    value, low, high = values
    return f"{number(value)} <small>{number(low)} to {number(high)}</small>"


def _name(name: str, title: Titles) -> str:
    return name.capitalize() if name in (ORIGINAL, RETRAINED) else title(name)


def as_json(found: Found, models: int, folder: str, command: str) -> str:
    """Return the numbers as JSON: kind of model -> attack -> AUC and interval; null where one is not defined."""

    def finite(values: tuple[float, float, float]) -> list[float | None]:
        return [value if math.isfinite(value) else None for value in values]

    content: dict[str, Any] = {  # `Any`: JSON
        "folder": folder,
        "command": command,
        "models": models,
        "found": {
            name: {
                "auc": {attack: finite(each) for attack, each in one.auc.items()},
                "best": one.best,
                "more": finite(one.more),
                "trouble": one.trouble,
            }
            for name, one in found.items()
        },
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"
