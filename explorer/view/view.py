"""Describe what a page shows: one base Spec, several panels side by side, and how to look at them.

A View is the page's state and its address. In an address every part is one short text:

    ?v=1&data=moons(n:400,noise:.2)&request=cluster(label:0)&panels=jit~gradient_ascent(lr:.1)&step=.5

`to_query` writes only what differs from the default; `from_query` reads it back, ignores what it cannot use, and says
so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from explorer.knobs import KnobBase, knob_infos, shorten
from explorer.spec import (
    PARTS,
    MethodSpec,
    Named,
    RequestSpec,
    Spec,
    SpecError,
    parse_data,
    parse_method,
    parse_request,
)
from explorer.spec.catalog import CATALOG

VERSION = 1
REFERENCES = ("original", "retrained")  # panels that are not methods
PAGES = ("watch", "method", "tradeoff", "attacks", "compare", "images")
LAYERS = (
    "confidence",
    "boundary",
    "original",
    "retrained",
    "cloud",
    "members",
    "disagreement",
    "entropy",
    "excess",
    "slope",
    "helpers",
    "oracle",
)
DEFAULT_LAYERS = ("confidence", "boundary", "original", "retrained")
DEFAULT_PANELS = ("retrained", "jit", "gradient_ascent", "fine_tune", "neg_grad_plus", "random_labels")
LAYOUTS = ("auto", "projector")
HIDEABLE = (
    "presets",
    "data",
    "request",
    "model",
    "training",
    "panels",
    "knobs",
    "numbers",
    "layers",
    "transport",
    "export",
    "card",
)
#: What can stand on the axes of the page *trade-off*; "auc" is the loss attack's, "cost" a share of retraining's.
_DISTANCES = ("activation_distance", "js_divergence", "forget_agreement", "disagreement_area")
ACROSS = ("forget", "auc", *_DISTANCES, "cost")
UP = ("test", "retain", "forget", "auc", *_DISTANCES)
#: What an attack's scores are summed up by.
STATISTICS = ("auc", "balanced_accuracy", "tpr_at_1", "tpr_at_01", "paper_rate")
#: How many shadow models the live attack can train.
SHADOW_MODELS = (64, 128, 256)
#: What a sweep over a knob can draw.
SWEPT = (
    *("forget", "retain", "test", "auc", *_DISTANCES, "change_precision", "change_recall"),
    *("tow", "privacy_score", "boundary_mean", "zrf", "relearn_time", "cost"),
)
SWEPT_AT_FIRST = ("forget", "retain", "test", "activation_distance", "disagreement_area")
MAX_PANELS = 8
MAX_ROWS = 6
MAX_RUNS = 6
MAX_CUTS = 8


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


@dataclass(frozen=True)
class Row:
    """One row of the page *compare*: the base with another data set or another request."""

    part: str  # "data" or "request"
    value: Named | RequestSpec


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
        plane: what stands across and up on the page *trade-off*, from ACROSS and UP.
        statistic: which number of every attack the page *attacks* shows, from STATISTICS.
        attack: the attack that this page looks at closely.
        shadow_attack: the attack over many models whose curves it shows.
        shadow_models: how many models the live attack on this page trains, from SHADOW_MODELS.
        point: the training point that it looks at closely; None = the most exposed one.
        sweep: one or two knobs of the method in focus that are shown over their ranges; none = no sweep.
        numbers: what a sweep draws, from SWEPT; with two knobs the last of them.
        folder: the recorded runs that the page *images* shows, "yours:" before one's own; "" = the first there are.
        runs: their methods side by side, by key; none means that the page chooses them.
        shown: the one of them that this page looks at closely; "" = the first.
        cut: which of the planes through images it shows.
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
    plane: tuple[str, str] = ("forget", "test")
    statistic: str = "auc"
    attack: str = "loss"
    shadow_attack: str = "u_lira"
    shadow_models: int = SHADOW_MODELS[0]
    point: int | None = None
    sweep: tuple[str, ...] = ()
    numbers: tuple[str, ...] = SWEPT_AT_FIRST
    folder: str = ""
    runs: tuple[str, ...] = ()
    shown: str = ""
    cut: int = 0

    @classmethod
    def default(cls) -> View:
        """Return the view on which the app opens."""
        return cls(Spec.default(None), tuple(parse_panel({"method": name}) for name in DEFAULT_PANELS))

    def specs(self) -> tuple[Spec, ...]:
        """Return one Spec a panel; for a reference the base itself."""
        return tuple(self.base.with_method(panel.method) for panel in self.panels)

    def bases(self) -> tuple[Spec, ...]:
        """Return one base a row of the page *compare*; the base itself where there are no rows.

        Raises:
            SpecError: if the base's request cannot be asked of a row's data set.
        """
        return tuple(self.base.with_part(**{row.part: row.value.as_json()}) for row in self.rows) or (self.base,)

    def unlooked(self) -> View:
        """Return the view without where one looks: what it shows, whatever one reads off it."""
        rest = View.default()
        return replace(self, **{name: getattr(rest, name) for name in ("step", *_LOOKS)})

    def with_panel(self, index: int, panel: Panel) -> View:
        """Return the view with one panel replaced."""
        panels = list(self.panels)
        panels[index] = panel
        return replace(self, panels=tuple(panels))

    def as_json(self) -> dict[str, Any]:
        """Return the whole view; `parse` reads it back."""
        return {
            "v": VERSION,
            "base": {name: value for name, value in self.base.as_json().items() if name != "method"},
            "panels": [_panel_json(panel) for panel in self.panels],
            "page": self.page, "step": self.step, "layers": list(self.layers), "layout": self.layout,
            "hidden": list(self.hidden), "focus": self.focus,
            "rows": [{row.part: row.value.as_json()} for row in self.rows],
            "plane": list(self.plane), "statistic": self.statistic, "attack": self.attack,
            "shadow_attack": self.shadow_attack, "shadow_models": self.shadow_models, "point": self.point,
            "sweep": list(self.sweep), "numbers": list(self.numbers), "folder": self.folder, "runs": list(self.runs),
            "shown": self.shown, "cut": self.cut,
        }  # fmt: skip

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> View:
        """Read a view, or a single Spec, from JSON values.

        Raises:
            SpecError: one sentence.
        """
        if not isinstance(given, Mapping):
            raise SpecError(f"a View must be an object with named fields, got {shorten(given)}")
        if "base" not in given and "panels" not in given:
            return _around(Spec.parse(given))
        view, ignored = _read({**given, "base": given.get("base", {})})
        if ignored:
            raise SpecError(ignored[0])
        return view

    def to_query(self) -> dict[str, str]:
        """Return the address of the view: only what differs from the default, one short text a part."""
        rest = View.default()
        query = {"v": str(VERSION)}
        mine, others = self.base.as_json(), rest.base.as_json()
        for name in ("data", "request", "model", "training", "evaluation"):
            if mine[name] != others[name]:
                query[name] = _text(_head(name, mine[name]), _beyond(name, mine[name]))
        if self.base.seed:
            query["seed"] = str(self.base.seed)
        if self.panels != rest.panels:
            query["panels"] = "~".join(_panel_text(panel) for panel in self.panels)
        if self.step != rest.step:
            query["step"] = _number(round(self.step, 4))
        for name in ("layers", "hidden"):
            if getattr(self, name) != getattr(rest, name):
                query[name] = "~".join(getattr(self, name)) or "none"
        if self.layout != rest.layout:
            query["layout"] = self.layout
        if self.focus != rest.focus:
            query["focus"] = str(self.focus)
        if self.rows:
            query["rows"] = "~".join(_row_text(row) for row in self.rows)
        for name in _LOOKS:
            value = getattr(self, name)
            if value != getattr(rest, name):
                query[name] = "~".join(value) if isinstance(value, tuple) else str(value)
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str], page: str = "watch") -> tuple[View, list[str]]:
        """Read an address.

        Returns:
            The view, and one sentence for each part that was ignored, in which case its default stands.
        """
        given: dict[str, Any] = {"page": page, "base": {}}
        ignored: list[str] = []
        for name, text in query.items():
            try:
                _decode(name, str(text), given)
            except ValueError as error:
                ignored.append(str(error))
        view, more = _read(given)
        return view, ignored + more


_LOOKS = (
    *("plane", "statistic", "attack", "shadow_attack", "shadow_models", "point", "sweep", "numbers"),
    *("folder", "runs", "shown", "cut"),
)


def parse_panel(given: Any) -> Panel:
    """Read {"method": key, "knobs": {changed knobs}}."""
    if not isinstance(given, Mapping):
        raise SpecError(f"`panels` must hold objects with a method and its knobs, got {shorten(given)}")
    name = given.get("method")
    if name in REFERENCES:
        return Panel(str(name))
    if not isinstance(name, str) or name not in CATALOG.methods:
        raise SpecError(f"`panels` must name one of {', '.join((*REFERENCES, *CATALOG.methods))}, got {shorten(name)}")
    return Panel(str(name), parse_method({"name": name, "knobs": given.get("knobs", {})}).knobs)


def parse_row(given: Any, data: Named) -> Row:
    """Read {"data": {...}} or {"request": {...}}; a request is checked against the base's data set."""
    if isinstance(given, Mapping) and list(given) == ["data"]:
        chosen = parse_data(given["data"])
        _refuse_images(chosen)
        return Row("data", chosen)
    if isinstance(given, Mapping) and list(given) == ["request"]:
        return Row("request", parse_request(given["request"], data))
    raise SpecError(f"`rows` must hold objects with either a data set or a request, got {shorten(given)}")


def _refuse_images(data: Named) -> None:
    if data.name in CATALOG.images:
        planes = ", ".join(CATALOG.planes)
        raise SpecError(f"`data.name` must be one of {planes} where points of a plane are shown, got {data.name}")


def _around(spec: Spec) -> View:
    _refuse_images(spec.data)
    panels = [Panel("retrained")] + ([Panel(spec.method.name, spec.method.knobs)] if spec.method else [])
    return View(spec.with_method(None), tuple(panels))


def _panel_json(panel: Panel) -> dict[str, Any]:
    return {"method": panel.name, "knobs": _changed(panel)}


def _changed(panel: Panel) -> dict[str, Any]:
    from explorer.spec import changed_knobs

    return changed_knobs(panel.method) if panel.method else {}


def _read(given: Mapping[str, Any]) -> tuple[View, list[str]]:
    """Return a view from JSON values; a part that is wrong keeps its default and adds one sentence."""
    view, ignored = View.default(), []
    if given.get("v", VERSION) != VERSION:
        ignored.append(f"this link is of version {shorten(given['v'])}, this explorer reads version {VERSION}")
    base: dict[str, Any] = {"method": None}
    parts = given["base"] if isinstance(given["base"], Mapping) else {}
    if parts is not given["base"]:
        ignored.append(f"base was ignored: it must be an object with named fields, got {shorten(given['base'])}")
    for name, value in sorted(parts.items(), key=_order):  # the data first: a request depends on them
        try:
            if name == "method":
                raise SpecError("methods stand in `panels`")
            _refuse_images(Spec.parse({**base, name: value}).data)
            base[name] = value
        except SpecError as error:
            ignored.append(f"{name} was ignored: {error}")
    view = replace(view, base=Spec.parse(base))
    for name in given:
        if name not in ("v", "base"):
            try:
                view = replace(view, **{name: _field(name, given[name], view.base)})
            except SpecError as error:
                ignored.append(f"{name} was ignored: {error}")
    return replace(view, focus=min(view.focus, len(view.panels) - 1)), ignored


def _order(part: tuple[Any, Any]) -> int:
    return PARTS.index(part[0]) if part[0] in PARTS else len(PARTS)


def _field(name: str, value: Any, base: Spec) -> Any:
    if name == "panels":
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_PANELS:
            raise SpecError(f"`panels` must list 1 to {MAX_PANELS} methods, got {shorten(value)}")
        return tuple(parse_panel(panel) for panel in value)
    if name == "rows":
        if not isinstance(value, list) or len(value) > MAX_ROWS:
            raise SpecError(f"`rows` must list at most {MAX_ROWS} data sets or requests, got {shorten(value)}")
        return tuple(parse_row(row, base.data) for row in value)
    if name == "step":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise SpecError(f"`step` must lie in [0, 1], got {shorten(value)}")
        return float(value)
    if name == "focus":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_PANELS:
            raise SpecError(f"`focus` must be the number of a panel, got {shorten(value)}")
        return value
    if name in ("layers", "hidden"):
        known = LAYERS if name == "layers" else HIDEABLE
        if not isinstance(value, list) or any(item not in known for item in value):
            raise SpecError(f"`{name}` must be among {', '.join(known)}, got {shorten(value)}")
        return tuple(item for item in known if item in value)
    if name in ("page", "layout"):
        known = PAGES if name == "page" else LAYOUTS
        if value not in known:
            raise SpecError(f"`{name}` must be one of {', '.join(known)}, got {shorten(value)}")
        return value
    if name in _LOOKS:
        return _look(name, value)
    raise SpecError(f"`{shorten(name)}` is not a part of a link")


def _look(name: str, value: Any) -> Any:
    if name == "point":
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LAST):
            raise SpecError(f"`point` must be the number of a training point, got {shorten(value)}")
        return value
    if name in ("folder", "runs", "shown", "cut"):
        return _recorded(name, value)
    known = {
        "statistic": STATISTICS, "attack": tuple(CATALOG.attacks), "shadow_attack": over_models(),
        "shadow_models": SHADOW_MODELS,
    }.get(name)  # fmt: skip
    if known is not None:
        if value not in known or isinstance(value, bool | float):
            raise SpecError(f"`{name}` must be one of {', '.join(map(str, known))}, got {shorten(value)}")
        return value
    texts = value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None
    if name == "plane":
        if texts is None or len(texts) != 2 or texts[0] not in ACROSS or texts[1] not in UP or texts[0] == texts[1]:
            raise SpecError(
                f"`plane` must name what is across ({', '.join(ACROSS)}) and, other than that, up ({', '.join(UP)}), "
                f"got {shorten(value)}"
            )
        return (texts[0], texts[1])
    known = SWEPT if name == "numbers" else _knob_names()
    least, most = (1, len(SWEPT)) if name == "numbers" else (0, 2)
    if texts is None or not least <= len(set(texts)) == len(texts) <= most or any(item not in known for item in texts):
        said = f"at least one of {', '.join(SWEPT)}" if name == "numbers" else "at most two knobs of a method"
        raise SpecError(f"`{name}` must name {said}, each once, got {shorten(value)}")
    return tuple(texts)


def over_models() -> tuple[str, ...]:
    """Return the attacks that look at many models."""
    return tuple(name for name, attack in CATALOG.attacks.items() if "shadows" in attack.needs)


_FOLDER = re.compile(r"((yours:)?[A-Za-z0-9_-]{1,80})?", re.ASCII)


def _recorded(name: str, value: Any) -> Any:
    """Read what the page *images* looks at; whether such runs are there, only that page knows."""
    if name == "cut":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_CUTS:
            raise SpecError(f"`cut` must be the number of a plane, got {shorten(value)}")
        return value
    if name == "folder":
        if not isinstance(value, str) or not _FOLDER.fullmatch(value):
            raise SpecError(f"`folder` must be the name of recorded runs, got {shorten(value)}")
        return value
    if name == "shown":
        if value != "" and (not isinstance(value, str) or value not in CATALOG.methods):
            raise SpecError(f"`shown` must be the key of a method, got {shorten(value)}")
        return value
    listed = isinstance(value, list) and len(set(map(str, value))) == len(value) <= MAX_RUNS
    if not listed or any(not isinstance(item, str) or item not in CATALOG.methods for item in value):
        raise SpecError(f"`runs` must name at most {MAX_RUNS} methods, each once, got {shorten(value)}")
    return tuple(value)


@cache
def _knob_names() -> frozenset[str]:
    return frozenset(name for method in CATALOG.methods.values() for name in knob_infos(method.knobs))


# --- the short texts of an address -------------------------------------------------------------------------------

_NAMED = re.compile(r"^([A-Za-z0-9_]*)(?:\((.*)\))?$", re.DOTALL)


def _head(part: str, content: Mapping[str, Any]) -> str:
    return {"data": "name", "model": "name", "request": "choose", "training": "recipe"}.get(part, "") and str(
        content[{"data": "name", "model": "name", "request": "choose", "training": "recipe"}[part]]
    )


def _beyond(part: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a part that differ from what its name alone would mean."""
    key = {"data": "name", "model": "name", "request": "choose", "training": "recipe"}.get(part)
    plain = Spec.parse({"method": None, part: {key: content[key]} if key else {}}).as_json()[part]
    return {name: value for name, value in content.items() if name != key and plain.get(name) != value}


def _text(name: str, fields: Mapping[str, Any]) -> str:
    inner = ",".join(f"{key}:{_value(value)}" for key, value in fields.items())
    return f"{name}({inner})" if inner or not name else name


def _panel_text(panel: Panel) -> str:
    return _text(panel.name, _changed(panel))


def _row_text(row: Row) -> str:
    content = row.value.as_json()
    return f"{row.part}:{_text(_head(row.part, content), _beyond(row.part, content))}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ".".join(_runs(value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and _parsed(value) == value:
        return value
    if isinstance(value, str):  # the marks of this syntax are escaped, so that any text can stand in an address
        return re.sub(r"[,:()~\[\]]", lambda mark: f"\\u{ord(mark[0]):04x}", json.dumps(value))
    return json.dumps(value)


def _number(value: float) -> str:
    return json.dumps(value)


def _runs(values: list[Any]) -> list[str]:
    """Return whole numbers as text, runs of three and more as first-last; names as they are."""
    if any(isinstance(value, str) for value in values):
        return [str(value) for value in values]
    texts: list[str] = []
    start = 0
    while start < len(values):
        stop = start
        while stop + 1 < len(values) and values[stop + 1] == values[stop] + 1:
            stop += 1
        texts += [f"{values[start]}-{values[stop]}"] if stop - start > 1 else [str(v) for v in values[start : stop + 1]]
        start = stop + 1
    return texts


_LISTED_AT_MOST = 5000
_LAST = 10**6 - 1  # of the numbers of training points
_SHORT = re.compile(r"-?\.[0-9]{1,30}")  # .5, which JSON does not know
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_ITEM = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?|[A-Za-z_]\w*", re.ASCII)


def _parsed(text: str) -> Any:
    """Return the value of a short text: a number, true, false, null, [1.2.5-9], [a.b], or the text itself.

    Raises:
        ValueError: if a list is malformed or too long.
    """
    if text.startswith("[") and text.endswith("]"):
        return _listed(text[1:-1])
    try:
        return float(text) if _SHORT.fullmatch(text) else json.loads(text)
    except (ValueError, RecursionError):
        return text


def _listed(text: str) -> list[int | str]:
    listed: list[int | str] = []
    for item in filter(None, text.split(".")):
        match = _ITEM.fullmatch(item)
        if not match:
            raise ValueError
        span = range(int(match[1]), int(match[2] or match[1]) + 1) if match[1] else (item,)
        if len(listed) + len(span) > _LISTED_AT_MOST:
            raise ValueError
        listed += span
    return listed


def _fields(name: str, text: str) -> tuple[str, dict[str, Any]]:
    match = _NAMED.match(text)
    if not match:
        raise ValueError(f"{shorten(name)} was ignored: it must look like name(field:value,...), got {shorten(text)}")
    fields: dict[str, Any] = {}
    for item in filter(None, (match[2] or "").split(",")):
        key, colon, value = item.partition(":")
        try:
            fields[key] = _parsed(value)
        except ValueError:
            colon = ""
        if not colon:
            raise ValueError(
                f"{shorten(name)} was ignored: it must look like name(field:value,...), got {shorten(text)}"
            )
    return match[1], fields


def _value_of(name: str, text: str) -> Any:
    try:
        return _parsed(text)
    except ValueError:
        raise ValueError(f"{name} was ignored: it must be a number, got {shorten(text)}") from None


def _row(text: str) -> dict[str, Any]:
    part, _, content = text.partition(":")
    head, fields = _fields("rows", content)
    return {part: {**({("name" if part == "data" else "choose"): head} if head else {}), **fields}}


def _decode(name: str, text: str, given: dict[str, Any]) -> None:
    """Put one part of an address into the JSON values of a view."""
    if name in ("data", "model", "request", "training", "evaluation"):
        head, fields = _fields(name, text)
        key = {"data": "name", "model": "name", "request": "choose", "training": "recipe"}.get(name)
        given["base"][name] = {**({key: head} if key and head else {}), **fields}
    elif name == "seed":
        given["base"]["seed"] = _value_of(name, text)
    elif name == "panels":
        pairs = [_fields(name, part) for part in text.split("~")]
        given["panels"] = [{"method": method, "knobs": knobs} for method, knobs in pairs]
    elif name == "rows":
        given["rows"] = [_row(part) for part in text.split("~")]
    elif name in ("layers", "hidden"):
        given[name] = [] if text == "none" else text.split("~")
    elif name in ("plane", "sweep", "numbers", "runs"):
        given[name] = text.split("~")
    elif name in ("v", "step", "focus", "point", "cut", "shadow_models"):
        given[name] = _value_of(name, text)
    elif name in ("layout", "statistic", "attack", "shadow_attack", "folder", "shown"):
        given[name] = text
    else:
        raise ValueError(f"{shorten(name)} was ignored: it is not a part of a link")


__all__ = [
    "ACROSS",
    "DEFAULT_LAYERS",
    "HIDEABLE",
    "LAYERS",
    "LAYOUTS",
    "MAX_RUNS",
    "PAGES",
    "SHADOW_MODELS",
    "STATISTICS",
    "SWEPT",
    "UP",
    "Named",
    "Panel",
    "Row",
    "View",
    "over_models",
    "parse_panel",
    "parse_row",
]
