"""Say in words what the numbers mean. Every sentence that more than one page shows stands here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from explorer.records import Data, Sets
from explorer.spec import CannotAnswer
from explorer.spec.catalog import CATALOG

FAINT = 2.0  # below it, comparing boundaries is comparing noise


def ratio_sentence(ratio: float) -> str:
    """Say how forgetting compares with a new seed."""
    if math.isnan(ratio):
        return "Signal above the seed floor: not defined, all retrained models agree."
    times = f"{ratio:.0f}" if ratio >= 9.5 else f"{ratio:.1f}"
    return f"Here forgetting moves the boundary {times} times as much as a new seed does."


def faint(ratio: float) -> bool:
    """Return whether forgetting moves the boundary hardly more than a new seed does."""
    return ratio < FAINT  # False for NaN


FAINT_WARNING = (
    "A new seed moves the boundary nearly as much as forgetting does: do not read small differences between panels."
)


def notes_of(data: Data, sets: Sets, whole_class: bool) -> tuple[str, ...]:
    """Return the sentences that a page must show about the data and the request."""
    from explorer.pipeline import few_points

    notes = [data.note] if data.note else []
    if sets.removes and whole_class and len(np.unique(np.delete(sets.before.y, sets.forget))) == 1:
        notes.append(
            "Of two classes one is forgotten: the retrained models know one class only and answer it everywhere."
        )
    if few_points(sets):
        share = len(sets.forget) / len(sets.before)
        notes.append(
            f"Only {share:.1%} of the points are forgotten: compare with the paired retrained model "
            "(same initialisation and batches), because other seeds move the boundary more."
        )
    return tuple(notes)


PLAYER_WORDS: Mapping[str, Mapping[str, str]] = {
    "forget": {},
    "correct_labels": {
        "forget": "point whose label was wrong",
        "setForget": "corrected",
        "inForget": "to correct",
        "summaryExcess": "At the rows to correct its entropy is {value} nats {way} the retrained models' mean.",
        "tipConfidence": "confidence in its corrected label:",
        "summary": "{title}{step}: {kept} of {forget} rows are still given their wrong label; the model differs from "
        "most retrained models on {share} % of the plane.",
        "pick": "Choose rows",
        "pickHelp": "Click: correct this row alone. Shift-click: add or take away. Drag: a lasso around rows (shift "
        "adds).",
        "lost": "…no longer given its wrong label",
        "retrained": "boundary retrained on the corrected labels (same seed as the original)",
    },
    "erase_feature": {
        "forget": "row whose feature is erased",
        "setForget": "erased",
        "inForget": "to erase",
        "summaryExcess": "At the rows to erase its entropy is {value} nats {way} the retrained models' mean.",
        "summary": "{title}{step}: {kept} of {forget} rows to erase are given their label; the model differs from most "
        "retrained models on {share} % of the plane.",
        "pick": "Choose rows",
        "pickHelp": "Click: erase this row's feature alone. Shift-click: add or take away. Drag: a lasso around rows "
        "(shift adds).",
        "retrained": "boundary retrained on the erased rows (same seed as the original)",
    },
}


#: Kind of request -> what is asked of the points, and which models know it no other way.
_HARD = {
    "forget": ("are to be forgotten", "that never saw them"),
    "correct_labels": ("have a wrong label that is to be corrected", "trained on the right labels"),
    "erase_feature": ("have a feature that is to be erased", "trained on the erased rows"),
}


def hardness_lines(hardness: Mapping[str, float], forgotten: int, points: int, kind: str) -> tuple[str, str]:
    """Return the two lines that say how hard the choice of points is."""
    asked, knowing = _HARD[kind]
    first = f"{forgotten} of {points} points {asked}"
    near = hardness.get("near_boundary", math.nan)
    if not math.isnan(near):
        first += f"; {near:.0%} of them lie next to the boundary"
    loss = hardness.get("loss_unseen", math.nan)
    second = "" if math.isnan(loss) else f"Models {knowing} have loss {loss:.2f} on them"
    return first + ".", second + "." if second else ""


ASKED = {"forget": "What to forget", "correct_labels": "What to correct", "erase_feature": "What to erase"}
KINDS = {
    "forget": "Forget points",
    "correct_labels": "Correct wrong labels",
    "erase_feature": "Erase a feature",
}


def reason(error: Exception) -> str:
    """Return why a method did not run, as a page says it: by its title."""
    return error.said if isinstance(error, CannotAnswer) else str(error)


MOVED = "~moved"  # after the key of a method whose knobs were moved beside its recorded run


def method_title(name: str) -> str:
    """Return the name on screen of a method, also with knobs that were moved, or of a reference."""
    key, moved, _ = name.partition(MOVED)
    title = CATALOG.methods[key].title if key in CATALOG.methods else key.capitalize()
    return f"Your knobs: {title}" if moved else title


def spelled_out(names: Iterable[str]) -> str:
    """Say what the titles of some methods are short for; "" where none is short."""
    found = {name: CATALOG.methods[name] for name in names if name in CATALOG.methods and CATALOG.methods[name].long}
    return "; ".join(f"{method.title}: {method.long}" for method in found.values()) + ("." if found else "")
