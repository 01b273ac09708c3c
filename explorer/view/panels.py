"""The panels of a View, and the rows of the page *compare*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
from explorer.spec.values import is_object
from explorer.view.parts import refuse_images

REFERENCES = ("original", "retrained")  # panels that are not methods
DEFAULT_PANELS = ("retrained", "jit", "gradient_ascent", "fine_tune", "neg_grad_plus", "random_labels")
MAX_PANELS = 8
MAX_ROWS = 6


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


def parse_row(given: Any, data: Named) -> Row:
    """Read {"data": {...}} or {"request": {...}}; a request is checked against the base's data set."""
    if is_object(given) and list(given) == ["data"]:
        chosen = parse_data(given["data"])
        refuse_images(chosen)
        return Row("data", chosen)
    if is_object(given) and list(given) == ["request"]:
        return Row("request", parse_request(given["request"], data))
    raise SpecError(f"`rows` must hold objects with either a data set or a request, got {shorten(given)}")
