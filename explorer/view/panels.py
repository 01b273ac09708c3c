"""The panels of a View, and the rows of the page *compare*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from explorer.knobs import KnobBase, shorten
from explorer.spec import (
    MethodSpec,
    Named,
    RequestSpec,
    SpecError,
    changed_knobs,
    parse_data,
    parse_method,
    parse_request,
)
from explorer.spec.catalog import CATALOG
from explorer.spec.values import is_list, is_object
from explorer.view.parts import HEADS, refuse_images
from explorer.view.spare import spared

REFERENCES = ("original", "retrained")  # panels that are not methods
DEFAULT_PANELS = ("retrained", "jit", "gradient_ascent", "fine_tune", "neg_grad_plus", "random_labels")
MAX_PANELS = 8
MAX_ROWS = 6
T = TypeVar("T")


@dataclass(frozen=True)
class Panel:
    """One panel: a method with all its knobs, or a reference ("original", "retrained") without any."""

    name: str
    knobs: KnobBase | None = None

    @property
    def method(self) -> MethodSpec | None:
        """Return the method, or None for a reference."""
        return MethodSpec(self.name, self.knobs) if self.knobs is not None else None

    @property
    def title(self) -> str:
        """Return the name on screen."""
        return CATALOG.methods[self.name].title if self.knobs is not None else self.name.capitalize()

    def as_json(self) -> dict[str, Any]:
        """Return the method and the knobs that differ from its defaults."""
        return {"method": self.name, "knobs": changed_knobs(self.method) if self.method else {}}


@dataclass(frozen=True)
class Row:
    """One row of the page *compare*: the base with another data set or another request."""

    part: str  # "data" or "request"
    value: Named | RequestSpec

    def as_json(self) -> dict[str, Any]:
        """Return the part by its name."""
        return {self.part: self.value.as_json()}


def parse_panel(given: Any) -> Panel:
    """Read {"method": key, "knobs": {changed knobs}}."""
    if not is_object(given):
        raise SpecError(f"`panels` must hold objects with a method and its knobs, got {shorten(given)}")
    name = given.get("method")
    if name in REFERENCES:
        return Panel(str(name))
    if not isinstance(name, str) or name not in CATALOG.methods:
        raise SpecError(f"`panels` must name one of {', '.join((*REFERENCES, *CATALOG.methods))}, got {shorten(name)}")
    return Panel(str(name), parse_method({"name": name, "knobs": given.get("knobs", {})}).knobs)


def read_panels(given: Any) -> tuple[tuple[Panel, ...], list[str]]:
    """Read a list of panels; a knob that is wrong takes its default, a panel that is wrong is left out.

    Returns:
        The panels, and one sentence for each thing that was left out.

    Raises:
        SpecError: if no panel can be used.
    """
    if not is_list(given) or not 1 <= len(given) <= MAX_PANELS:
        raise SpecError(f"`panels` must list 1 to {MAX_PANELS} methods, got {shorten(given)}")
    return _each(given, _panel, "a panel")


def read_rows(given: Any, data: Named) -> tuple[tuple[Row, ...], list[str]]:
    """Read a list of rows as `read_panels` reads panels; a request is checked against the base's data set."""
    if not is_list(given) or len(given) > MAX_ROWS:
        raise SpecError(f"`rows` must list at most {MAX_ROWS} data sets or requests, got {shorten(given)}")
    return _each(given, lambda row: _row(row, data), "a row")


def _each(given: list[Any], read: Callable[[Any], tuple[T, list[str]]], what: str) -> tuple[tuple[T, ...], list[str]]:
    found, ignored, wrong = list[T](), list[str](), list[SpecError]()
    for one in given:
        try:
            kept, more = read(one)
            found.append(kept)
            ignored += more
        except SpecError as error:
            wrong.append(error)
            ignored.append(f"{what} was ignored: {error}")
    if given and not found:
        raise wrong[0]
    return tuple(found), ignored


def _panel(given: Any) -> tuple[Panel, list[str]]:
    if not is_object(given) or not is_object(given.get("knobs")):
        return parse_panel(given), []
    knobs, ignored = spared(
        given["knobs"],
        lambda knobs: parse_panel({**given, "knobs": knobs}),
        lambda knob: f"{knob} of {given['method']}",
    )
    return parse_panel({**given, "knobs": knobs}), ignored


def _row(given: Any, data: Named) -> tuple[Row, list[str]]:
    if not is_object(given) or len(given) != 1:
        return parse_row(given, data), []
    part, value = next(iter(given.items()))
    kept, ignored = spared(
        value, lambda value: parse_row({part: value}, data), lambda field: f"{part}.{field} of a row",
        {HEADS.get(part)},
    )  # fmt: skip
    return parse_row({part: kept}, data), ignored


def parse_row(given: Any, data: Named) -> Row:
    """Read {"data": {...}} or {"request": {...}}; a request is checked against the base's data set."""
    if is_object(given) and list(given) == ["data"]:
        chosen = parse_data(given["data"])
        refuse_images(chosen)
        return Row("data", chosen)
    if is_object(given) and list(given) == ["request"]:
        request = parse_request(given["request"], data)
        if request.sequence:
            raise SpecError("`request.sequence` of a row must be left out: a row is answered at once")
        return Row("request", request)
    raise SpecError(f"`rows` must hold objects with either a data set or a request, got {shorten(given)}")
