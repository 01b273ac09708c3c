"""Read a Spec part by part: the base of a View, and the run on images that *Train your own* asks for.

What is wrong keeps its default and adds one sentence: a field of a part, or the whole part where nothing of it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.knobs import shorten
from explorer.spec import PARTS, Named, Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.spec.values import is_object
from explorer.view.spare import spared

#: Part of a Spec -> the field whose value stands first in the part's text, for instance moons in moons(n:200).
HEADS: Mapping[str, str] = {
    "data": "name", "request": "choose", "model": "name", "training": "recipe", "method": "name",
}  # fmt: skip
#: What *Train your own* asks for at first; what an address or a file leaves out of `own` is taken from here.
FIRST: Mapping[str, Any] = {
    "data": {"name": "cifar10"},
    "training": {"recipe": "memorise"},
    "request": {"choose": "random", "fraction": 0.1},
    "method": {"name": "jit"},
}


def read_base(given: Any) -> tuple[Spec, list[str]]:
    """Return the base of a View from JSON values, and one sentence for each part that was ignored."""

    def refuse(spec: Spec) -> None:
        refuse_images(spec.data)
        if spec.method is not None:
            raise SpecError("methods stand in `panels`")

    return _read(given, {"method": None}, refuse, "base")


def read_own(given: Any) -> tuple[Spec | None, list[str]]:
    """Return the run on images that is asked for, and one sentence for each part that was ignored.

    None where no part is given, or none of those given can be used.
    """
    if given is None:
        return None, []

    def refuse(spec: Spec) -> None:
        if spec.data.name not in CATALOG.images:
            images = ", ".join(name for name in CATALOG.data if name in CATALOG.images)
            raise SpecError(f"`data.name` must be one of {images} where images are learnt, got {spec.data.name}")
        if spec.method is None:
            raise SpecError("`method` must be given")

    spec, ignored = _read(given, FIRST, refuse, "own")
    used = is_object(given) and spec != Spec.parse(FIRST)
    return (spec if used or not ignored else None), ignored


def refuse_images(data: Named) -> None:
    """Refuse a data set whose inputs are images.

    Raises:
        SpecError: one sentence.
    """
    if data.name in CATALOG.images:
        planes = ", ".join(CATALOG.planes)
        raise SpecError(f"`data.name` must be one of {planes} where points of a plane are shown, got {data.name}")


def _read(given: Any, first: Mapping[str, Any], refuse: Callable[[Spec], None], whose: str) -> tuple[Spec, list[str]]:
    read, ignored = dict(first), list[str]()
    if not is_object(given):
        ignored.append(f"{whose} was ignored: it must be an object with named fields, got {shorten(given)}")
        given = {}
    where = "" if whose == "base" else f"{whose}."
    for name, value in sorted(given.items(), key=_order):  # the data first: a request depends on them

        def attempt(value: Any, name: str = name) -> None:
            refuse(Spec.parse({**read, name: value}))

        try:
            read[name], more = _part(f"{where}{shorten(name)}", name, value, attempt)
            ignored += more
        except SpecError as error:
            ignored.append(f"{where}{shorten(name)} was ignored: {error}")
    return Spec.parse(read), ignored


def _part(title: str, name: str, given: Any, attempt: Callable[[Any], None]) -> tuple[Any, list[str]]:
    """Return what can be used of one part, and one sentence for each field that was ignored."""
    if name == "method" and is_object(given) and is_object(given.get("knobs")):
        knobs, ignored = spared(
            given["knobs"], lambda knobs: attempt({**given, "knobs": knobs}), lambda field: f"{title}.{field}"
        )
        return {**given, "knobs": knobs}, ignored
    return spared(given, attempt, lambda field: f"{title}.{field}", {HEADS.get(name)})


def _order(part: tuple[Any, Any]) -> int:
    return PARTS.index(part[0]) if part[0] in PARTS else len(PARTS)
