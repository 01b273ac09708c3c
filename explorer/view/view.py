"""Describe what a page shows: one base Spec, several panels side by side, and how to look at them.

A View is the page's state and its address. `to_query` writes only what differs from the default; `from_query` reads it
back, ignores what it cannot use, and says so. `address.py` has the texts, `looks.py` what each page looks at.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from explorer.knobs import shorten
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.spec.values import is_list, is_object
from explorer.view import address
from explorer.view.looks import AT_FIRST, DEFAULT_LAYERS, GROUP_OF, HIDEABLE, LAYERS, LAYOUTS, PAGES, Looks
from explorer.view.panels import DEFAULT_PANELS, MAX_PANELS, Panel, Row, parse_panel, read_panels, read_rows
from explorer.view.parts import read_base, read_own, refuse_images

VERSION = 1
VALUE = "__value__"  # in a template; the player writes a number there


@dataclass(frozen=True)
class View:
    """One base Spec without a method, the panels, and how to look at them.

    Attributes:
        base: data, request, model, training, evaluation, seed; its method is None.
        panels: up to eight.
        page: one of PAGES.
        step: where the animation stands, 0 = original, 1 = end.
        layers: names from LAYERS that are drawn.
        layout: "auto" or "projector" (larger type).
        hidden: groups of controls that the page leaves out (a lecturer's need), from HIDEABLE.
        focus: the panel that the page *method* shows.
        rows: what the rows of the page *compare* are; none means that the page chooses them.
        looks: what each page looks at, one group of fields a page.
        own: the run on images that *Train your own* asks for; None means `parts.FIRST` at the knobs chosen for it.
    """

    base: Spec
    panels: tuple[Panel, ...]
    page: str = "watch"
    step: float = 1.0
    layers: tuple[str, ...] = DEFAULT_LAYERS
    layout: str = "auto"
    hidden: tuple[str, ...] = ()
    focus: int = 1
    rows: tuple[Row, ...] = ()
    looks: Looks = AT_FIRST
    own: Spec | None = None

    @classmethod
    def default(cls) -> View:
        """Return the view on which the app opens."""
        return _default()

    def specs(self) -> tuple[Spec, ...]:
        """Return one Spec a panel; for a reference the base itself."""
        return tuple(self.base.with_method(panel.method) for panel in self.panels)

    def stream(self) -> Spec:
        """Return the base with the stream of requests that the page *streams* looks at in place of its request.

        Raises:
            SpecError: if there is no such stream of the base's data set.
        """
        look = self.looks.streams
        label = {"label": look.label} if look.order == "cluster" else {}
        sequence = {"batches": look.batches, "size": look.size, "order": look.order, **label}
        return self.base.with_part(request={"kind": "forget", "sequence": sequence})

    def bases(self) -> tuple[Spec, ...]:
        """Return one base a row of the page *compare*; the base itself where there are no rows.

        Raises:
            SpecError: if the base's request cannot be asked of a row's data set.
        """
        return tuple(self.base.with_part(**row.as_json()) for row in self.rows) or (self.base,)

    def looking(self, page: str, **values: Any) -> View:
        """Return the view with some of the fields changed that one page looks at, as `Looks.looking`.

        Raises:
            SpecError: one sentence, if a value is not allowed.
        """
        return replace(self, looks=self.looks.looking(page, **values))

    def unlooked(self) -> View:
        """Return the view without where one looks and what one asks for: what it shows, whatever one reads off it."""
        return replace(self, step=1.0, looks=AT_FIRST, own=None)

    def outside(self, *pages: str) -> View:
        """Return the view without what no other page shows: the place in a lesson, and the answers of the quiz.

        Args:
            pages: groups of fields that are kept all the same, for instance "quiz".
        """
        gone = {page: getattr(AT_FIRST, page) for page in ("lesson", "quiz") if page not in pages}
        return replace(self, looks=self.looks.model_copy(update=gone))

    def with_panel(self, index: int, panel: Panel) -> View:
        """Return the view with one panel replaced."""
        panels = list(self.panels)
        panels[index] = panel
        return replace(self, panels=tuple(panels))

    def acting(self) -> Panel | None:
        """Return the panel in focus if it holds a method, else the first that does; None where none does."""
        return next((panel for panel in (self.panels[self.focus], *self.panels) if panel.method), None)

    def alone(self, index: int) -> View:
        """Return the view with one of its panels alone."""
        return replace(self, panels=(self.panels[index],), focus=0)

    def as_json(self) -> dict[str, Any]:
        """Return the whole view; `parse` reads it back."""
        return {
            "v": VERSION,
            "base": {name: value for name, value in self.base.as_json().items() if name != "method"},
            "panels": [panel.as_json() for panel in self.panels],
            "page": self.page, "step": self.step, "layers": list(self.layers), "layout": self.layout,
            "hidden": list(self.hidden), "focus": self.focus, "rows": [row.as_json() for row in self.rows],
            **self.looks.as_json(), "own": self.own.as_json() if self.own else None,
        }  # fmt: skip

    @classmethod
    def parse(cls, given: Any) -> View:
        """Read a view, or a single Spec, from JSON values; a Spec of images is what *Train your own* asks for.

        Raises:
            SpecError: one sentence.
        """
        if not is_object(given):
            raise SpecError(f"a View must be an object with named fields, got {shorten(given)}")
        if "base" not in given and "panels" not in given:
            return _around(Spec.parse(given))
        view, ignored = _read({**given, "base": given.get("base", {})})
        if ignored:
            raise SpecError(ignored[0])
        return view

    def to_query(self) -> dict[str, str]:
        """Return the address of the view: only what differs from the default, one short text a part."""
        return address.written(self.as_json(), _default_json())

    def template(self, *place: str | int) -> dict[str, str]:
        """Return the address with VALUE where one number stands.

        Args:
            place: the way to the number in the view's JSON, for instance "base", "data", "noise".
        """
        content = copy.deepcopy(self.as_json())
        group: Any = content
        for step in place[:-1]:
            group = group[step]
        group[place[-1]] = VALUE
        return address.written(content, _default_json())

    @classmethod
    def from_query(cls, query: Mapping[str, str], page: str = "watch") -> tuple[View, list[str]]:
        """Read an address.

        Returns:
            The view, and one sentence for each part that was ignored, in which case its default stands.
        """
        given, ignored = address.read(query)
        view, more = _read({"page": page, **given})
        return view, ignored + more


@cache
def _default() -> View:
    return View(Spec.default(None), tuple(parse_panel({"method": name}) for name in DEFAULT_PANELS))


@cache
def _default_json() -> Mapping[str, Any]:
    return _default().as_json()


def _around(spec: Spec) -> View:
    if spec.data.name in CATALOG.images and spec.method is not None:
        return replace(View.default(), page="images", own=spec)
    refuse_images(spec.data)
    if spec.request.sequence:
        return _streaming(_around(spec.with_part(request={})), spec)
    panels = [Panel("retrained")] + ([Panel(spec.method.name, spec.method.knobs)] if spec.method else [])
    return View(spec.with_method(None), tuple(panels))


def _streaming(view: View, spec: Spec) -> View:
    """Return the view on the page *streams*, looking at the stream of a Spec."""
    asked = spec.request.sequence
    return replace(view, page="streams").looking("streams", **(asked.as_json() if asked else {}))


def _read(given: Mapping[str, Any]) -> tuple[View, list[str]]:
    """Return a view from JSON values; a part that is wrong keeps its default and adds one sentence."""
    ignored = list[str]()
    if given.get("v", VERSION) != VERSION:
        ignored.append(f"this link is of version {shorten(given['v'])}, this explorer reads version {VERSION}")
    base, wrong = read_base(given["base"])
    own, wrong_too = read_own(given.get("own"))
    view, ignored = replace(View.default(), base=base, own=own), [*ignored, *wrong, *wrong_too]
    if base.request.sequence:  # where several requests come, they stand among what a page looks at
        view = _streaming(replace(view, base=base.with_part(request={})), base)
    for name, value in given.items():
        if name not in ("v", "base", "own"):
            try:
                view, more = _with_field(view, name, value)
                ignored += more
            except SpecError as error:
                ignored.append(f"{name} was ignored: {error}")
    return replace(view, focus=min(view.focus, len(view.panels) - 1)), ignored


def _with_field(view: View, name: str, value: Any) -> tuple[View, list[str]]:
    if name in GROUP_OF:
        return view.looking(GROUP_OF[name], **{name: value}), []
    if name in ("panels", "rows"):
        found, ignored = read_panels(value) if name == "panels" else read_rows(value, view.base.data)
    elif name in ("layers", "hidden"):
        found, ignored = _listed(name, value)
    else:
        found, ignored = _field(name, value), list[str]()
    return replace(view, **{name: found}), ignored


def _listed(name: str, value: Any) -> tuple[tuple[str, ...], list[str]]:
    """Return the known names of a list, and one sentence where others were left out."""
    known = LAYERS if name == "layers" else HIDEABLE
    rule = f"`{name}` must be among {', '.join(known)}"
    if not is_list(value):
        raise SpecError(f"{rule}, got {shorten(value)}")
    found, other = tuple(item for item in known if item in value), [item for item in value if item not in known]
    if other and not found:
        raise SpecError(f"{rule}, got {shorten(value)}")
    return found, [f"{shorten(other[0])} was ignored: {rule}"] if other else []


def _field(name: str, value: Any) -> Any:
    if name == "step":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise SpecError(f"`step` must lie in [0, 1], got {shorten(value)}")
        return float(value)
    if name == "focus":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_PANELS:
            raise SpecError(f"`focus` must be the number of a panel, got {shorten(value)}")
        return value
    if name in ("page", "layout"):
        known = PAGES if name == "page" else LAYOUTS
        if value not in known:
            raise SpecError(f"`{name}` must be one of {', '.join(known)}, got {shorten(value)}")
        return value
    raise SpecError(f"`{shorten(name)}` is not a part of a link")
