"""Write the JSON values of a View as an address, and read them back.

Every part is one short text:

    ?v=1&data=moons(n:400,noise:.2)&request=cluster(label:0)&panels=jit~gradient_ascent(lr:.1)&step=.5

The run on images that *Train your own* asks for is written in the same way, a text a part, as own.data, own.request and
so on. `read` checks only that a text can be read; whether its values are allowed, `View.parse` finds out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from explorer.knobs import shorten
from explorer.spec import Spec
from explorer.spec.values import is_list
from explorer.view.looks import KIND_OF
from explorer.view.parts import FIRST, HEADS

Json = Mapping[str, Any]
_BASE = ("data", "request", "model", "training", "evaluation")
_OWN = ("data", "request", "model", "training", "method", "evaluation")
_KINDS = {
    "v": "int",
    "page": "text",
    "step": "float",
    "layers": "list",
    "hidden": "list",
    "layout": "text",
    "focus": "int",
    **KIND_OF,
}


# --- writing ------------------------------------------------------------------------------------------------------


def written(view: Json, rest: Json) -> dict[str, str]:
    """Return the address of a View.

    Args:
        view: its JSON values.
        rest: those of the default View: what is as there is left out.
    """
    query = {"v": str(view["v"])}
    for part in _BASE:
        if view["base"][part] != rest["base"][part]:
            query[part] = _part_text(part, view["base"][part], {"method": None})
    if view["base"]["seed"] != rest["base"]["seed"]:
        query["seed"] = str(view["base"]["seed"])
    for name in ("panels", "step", "layers", "hidden", "layout", "focus", "rows", *KIND_OF):
        if view[name] != rest[name]:
            query[name] = _field_text(name, view[name])
    return query | (_own(view["own"]) if view["own"] is not None else {})


def _field_text(name: str, value: Any) -> str:
    if name == "panels":
        return "~".join(_text(panel["method"], panel["knobs"]) for panel in value)
    if name == "rows":
        pairs = [pair for row in value for pair in row.items()]
        return "~".join(f"{part}:{_part_text(part, content, {'method': None})}" for part, content in pairs)
    if name == "step":
        return json.dumps(round(value, 4))
    if is_list(value):
        return "~".join(value) or "none"
    return value if isinstance(value, str) else json.dumps(value)


def _own(own: Json) -> dict[str, str]:
    """Return the address of a run on images: its method always, so that it is there; else what differs from FIRST."""
    around = {"data": own["data"], "model": own["model"], "method": None}
    rest = Spec.parse({**FIRST, **around}).as_json()
    query = {
        f"own.{part}": _part_text(part, own[part], around)
        for part in _OWN
        if part == "method" or own[part] != (rest if part not in around else _first())[part]
    }
    return query | ({"own.seed": str(own["seed"])} if own["seed"] != rest["seed"] else {})


def _first() -> Json:
    return Spec.parse(FIRST).as_json()


def _part_text(part: str, content: Json, around: Json) -> str:
    """Return one part of a Spec as text: what its head alone would not mean.

    Args:
        part: for instance "data".
        content: its JSON values.
        around: parts on which that meaning depends.
    """
    key = HEADS.get(part)
    plain = Spec.parse({**around, part: {key: content[key]} if key else {}}).as_json()[part]
    if part == "method":  # its knobs stand in an object of their own
        content, plain = {"name": content["name"], **content["knobs"]}, plain["knobs"]
    fields = {name: value for name, value in content.items() if name != key and plain.get(name) != value}
    return _text(str(content[key]) if key else "", fields)


def _text(head: str, fields: Json) -> str:
    inner = ",".join(f"{key}:{_value(value)}" for key, value in fields.items())
    return f"{head}({inner})" if inner or not head else head


def _value(value: Any) -> str:
    if is_list(value):
        return "[" + ".".join(_runs(value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and _parsed(value) == value:
        return value
    if isinstance(value, str):  # the marks of this syntax are escaped, so that any text can stand in an address
        return re.sub(r"[,:()~\[\]]", lambda mark: f"\\u{ord(mark[0]):04x}", json.dumps(value))
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


# --- reading ------------------------------------------------------------------------------------------------------

_NAMED = re.compile(r"^([A-Za-z0-9_]*)(?:\((.*)\))?$", re.DOTALL)
_LISTED_AT_MOST = 5000
_SHORT = re.compile(r"-?\.[0-9]{1,30}")  # .5, which JSON does not know
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_ITEM = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?|[A-Za-z_]\w*", re.ASCII)


def read(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the JSON values of a View that an address gives, and one sentence for each part that cannot be read."""
    given: dict[str, Any] = {"base": {}}
    ignored: list[str] = []
    for name, text in query.items():
        try:
            _put(given, name, str(text))
        except ValueError as error:
            ignored.append(str(error))
    return given, ignored


def _put(given: dict[str, Any], name: str, text: str) -> None:
    whose, _, part = name.rpartition(".")
    if name in _BASE or name == "seed":
        given["base"][name] = _part(name, text)
    elif whose == "own" and part in (*_OWN, "seed"):
        given.setdefault("own", {})[part] = _part(name, text)
    elif name == "panels":
        given[name] = [{"method": head, "knobs": knobs} for head, knobs in (_fields(name, t) for t in text.split("~"))]
    elif name == "rows":
        given[name] = [_row(one) for one in text.split("~")]
    elif name in _KINDS:
        given[name] = _of_kind(_KINDS[name], name, text)
    else:
        raise ValueError(f"{shorten(name)} was ignored: it is not a part of a link")


def _of_kind(kind: str, name: str, text: str) -> Any:
    if kind == "list":
        return [] if text == "none" else text.split("~")
    return text if kind == "text" else _value_of(name, text)


def _part(name: str, text: str) -> Any:
    """Return one part of a Spec."""
    part = name.removeprefix("own.")
    if part == "seed":
        return _value_of(name, text)
    head, fields = _fields(name, text)
    if part == "method":
        fields = {"knobs": fields}
    return ({HEADS[part]: head} if head and part in HEADS else {}) | fields


def _row(text: str) -> dict[str, Any]:
    part, _, content = text.partition(":")
    head, fields = _fields("rows", content)
    return {part: ({HEADS.get(part, "choose"): head} if head else {}) | fields}


def _fields(name: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return the head and the fields of a text such as moons(n:200,noise:.3)."""
    refused = ValueError(f"{shorten(name)} was ignored: it must look like name(field:value,...), got {shorten(text)}")
    match = _NAMED.match(text)
    if not match:
        raise refused
    fields: dict[str, Any] = {}
    for item in filter(None, (match[2] or "").split(",")):
        key, colon, value = item.partition(":")
        try:
            fields[key] = _parsed(value)
        except ValueError:
            raise refused from None
        if not colon:
            raise refused
    return match[1], fields


def _value_of(name: str, text: str) -> Any:
    try:
        return _parsed(text)
    except ValueError:
        raise ValueError(f"{name} was ignored: it must be a number, got {shorten(text)}") from None


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
