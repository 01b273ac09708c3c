"""Use what can be used of an object's fields: one that is wrong is left out, and one sentence says so."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from explorer.knobs import shorten
from explorer.spec import SpecError
from explorer.spec.values import is_object

MOST = 60  # fields that are looked at one by one; more than any part has


def spared(
    given: Any, attempt: Callable[[Any], object], named: Callable[[str], str], heads: Collection[str | None] = ()
) -> tuple[Any, list[str]]:
    """Return an object without its wrong fields, and one sentence for each of them.

    Args:
        given: JSON values.
        attempt: raises SpecError where an object cannot be used.
        named: how a sentence calls a field.
        heads: fields without which the others mean nothing, for instance the name of a data set.

    Raises:
        SpecError: if nothing of it can be used.
    """
    try:
        attempt(given)
        return given, []
    except SpecError:
        if not is_object(given) or len(given) > MOST:
            raise
    kept = {name: value for name, value in given.items() if name in heads}
    attempt(kept)
    ignored = list[str]()
    for name, value in given.items():
        if name in kept:
            continue
        try:
            attempt({**kept, name: value})
            kept[name] = value
        except SpecError as error:
            ignored.append(f"{named(shorten(name))} was ignored: {error}")
    return kept, ignored
