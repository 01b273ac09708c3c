"""How the View and the Specs in it change: one function a change, each returns another value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from explorer.spec import Spec
from explorer.view import MAX_PANELS, Panel, View, parse_panel

# --- one Spec -----------------------------------------------------------------------------------------------------


def with_field(spec: Spec, part: str, name: str, value: Any) -> Spec:
    """Return the Spec with one field of one part changed; a recipe fills the other fields of the training.

    Raises:
        SpecError: if the value is not allowed.
    """
    before: dict[str, Any] = {} if (part, name) == ("training", "recipe") else spec.as_json()[part]
    return spec.with_part(**{part: {**before, name: value}})


def with_kind(spec: Spec, kind: str) -> Spec:
    """Return the Spec with another kind of request of the same rows."""
    request = spec.request
    options = request.options.model_dump(mode="json", exclude_none=True)
    return spec.with_part(request={"kind": kind, "choose": request.choose, **options})


# --- the view -----------------------------------------------------------------------------------------------------


def with_knob(view: View, index: int, method: str, name: str, value: Any) -> View:
    """Return the view with one knob of one panel set; unchanged if that panel is gone or holds another method.

    Raises:
        SpecError: if the value is not allowed.
    """
    panel = view.panels[index] if index < len(view.panels) else None
    if panel is None or panel.knobs is None or panel.name != method:
        return view
    knobs = {**panel.knobs.model_dump(mode="json"), name: value}
    return view.with_panel(index, parse_panel({"method": panel.name, "knobs": knobs}))


def with_part(view: View, part: str, **values: Any) -> View:
    """Return the view with some fields of one part of its base changed, for instance `with_part(view, "data", n=200)`.

    Raises:
        SpecError: if a value is not allowed.
    """
    return replace(view, base=view.base.with_part(**{part: {**view.base.as_json()[part], **values}}))


def with_whole_part(view: View, part: str, content: Any) -> View:
    """Return the view with one part of its base replaced; fields that `content` leaves out take their defaults."""
    return replace(view, base=view.base.with_part(**{part: content}))


def with_method(view: View, index: int, name: str, knobs: Mapping[str, Any] | None = None) -> View:
    """Return the view with another method (or "original", "retrained") in one panel; unchanged if that is gone."""
    if index >= len(view.panels):
        return view
    return view.with_panel(index, parse_panel({"method": name, "knobs": dict(knobs or {})}))


def added(view: View, name: str) -> View:
    """Return the view with one more panel at the end, in focus; unchanged if there is no room."""
    if len(view.panels) >= MAX_PANELS:
        return view
    panels = (*view.panels, parse_panel({"method": name}))
    return replace(view, panels=panels, focus=len(panels) - 1)


def removed(view: View, index: int) -> View:
    """Return the view without one panel; the last one stays."""
    if len(view.panels) == 1:
        return view
    panels = view.panels[:index] + view.panels[index + 1 :]
    return replace(view, panels=panels, focus=min(view.focus, len(panels) - 1))


def moved(view: View, index: int, by: int) -> View:
    """Return the view with one panel moved left (-1) or right (+1), and that panel in focus."""
    to = min(max(index + by, 0), len(view.panels) - 1)
    panels: list[Panel] = list(view.panels)
    panels.insert(to, panels.pop(index))
    return replace(view, panels=tuple(panels), focus=to)
