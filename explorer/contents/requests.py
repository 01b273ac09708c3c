"""Say of a request that corrects labels or erases a feature what the pages say of forgetting.

Every text is written once, in the words of forgetting. `told` puts the request's own words in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_MANY_RIGHT = "; 0 is not the goal: retrained models get many right"
_NOT_0 = "Forget accuracy 0 is not the goal: models that never saw the points get many of them right."


def _pairs(done: str, verb: str, doing: str) -> tuple[tuple[str, str], ...]:
    """Return what takes the place of what, the longest phrases first."""
    rows = f"{done} rows"
    return (
        ("can forgotten points be told", f"can {rows} be told"),
        ("Forget accuracy", f"Accuracy on {rows}"),
        ("forget accuracy", f"accuracy on {rows}"),
        ("Forget acc.", f"{done.capitalize()} acc."),
        ("Agree on forget", f"Agree on {done}"),
        ("Forgetting against utility", f"{doing.capitalize()} against utility"),
        ("Here forgetting moves", f"Here {doing} moves"),
        ("a new seed forgetting moves", f"a new seed {doing} moves"),
        ("as forgetting does", f"as {doing} does"),
        ("how far forgetting moves", f"how far {doing} moves"),
        ("are forgotten more than if", f"are {done} more than if"),
        ("forgotten points", rows),
        ("forgotten point", f"{done} row"),
        ("Forget points", rows.capitalize()),
        ("forget points", rows),
        ("forget point", f"{done} row"),
        ("forget set", rows),
        ("points to forget", f"rows to {verb}"),
        ("to forget", f"to {verb}"),
        ("forgotten", done),
        ("Forget", done.capitalize()),
    )


#: Kind of request -> (what is said of forgetting, what is said instead), in this order.
_INSTEAD: Mapping[str, Sequence[tuple[str, str]]] = {
    "forget": (),
    "correct_labels": (
        (_MANY_RIGHT, ", by their right labels; retrained's share is the goal"),
        (_NOT_0, "The goal is retrained's value, not 1: models trained on the right labels get some rows wrong."),
        *_pairs("corrected", "correct", "correcting the labels"),
    ),
    "erase_feature": (
        (_MANY_RIGHT, ", with the feature as it was; retrained's share is the goal"),
        (_NOT_0, "The goal is retrained's value, not 1: models trained without the feature get some rows wrong."),
        *_pairs("erased", "erase", "erasing the feature"),
    ),
}


def told(text: str, kind: str) -> str:
    """Return a text, or HTML, in the words of a request.

    Args:
        text: in the words of forgetting.
        kind: of the request: "forget", "correct_labels" or "erase_feature".
    """
    for said, instead in _INSTEAD[kind]:
        text = text.replace(said, instead)
    return text
