"""Declare a number (or choice) once: its range, its label, its help.

One declaration feeds the sliders, the URL, the command line, the sweeps and the tests. A group of knobs is a frozen
pydantic model:

    class Knobs(KnobBase):
        lr: float = knob(0.05, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step moves.")
        labels: Literal["other", "any"] = knob("other", title="Labels", help="...")

This room imports nothing of ours.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

Kind = Literal["float", "int", "bool", "choice", "text", "list"]


class KnobBase(BaseModel):
    """A frozen group of knobs; unknown names, wrong types, NaN and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    def set_values(self) -> dict[str, Any]:
        """Return name -> JSON value of what is set and counts."""
        return self.model_dump(mode="json", exclude_none=True)


# `Any`: pydantic's own Field() is typed so, because the value stands where the annotation names another type.
def knob(
    default: Any,
    *,
    title: str,
    help: str,
    ge: float | None = None,
    le: float | None = None,
    log: bool = False,
    step: float | None = None,
    unit: str = "",
    later: bool = False,
) -> Any:
    """Declare one knob.

    Args:
        default: the value at rest; for a method, its toy preset.
        title: label on screen, a few words.
        help: one sentence in plain words.
        ge: smallest value (inclusive); needed for numbers.
        le: largest value (inclusive); needed for numbers.
        log: the slider runs on a logarithmic scale (then ge > 0, or ge = 0 for "off").
        step: smallest useful change of a slider.
        unit: for instance "steps" or "standardised units".
        later: it came after results were kept, and its default leaves all as it was. At its default it is left out of
            the keys of results, so that those stay valid.

    Returns:
        A pydantic field.
    """
    shown = {"title_": title, "log": log, "step": step, "unit": unit, "later": later}
    return Field(default, ge=ge, le=le, title=title, description=help, json_schema_extra=shown)


@dataclass(frozen=True)
class KnobInfo:
    """What a slider, a command line or a sweep needs to know of one knob."""

    name: str
    kind: Kind
    default: Any
    low: float | None
    high: float | None
    log: bool
    step: float | None
    unit: str
    title: str
    help: str
    choices: tuple[Any, ...]
    optional: bool
    later: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the knob as `python -m explorer list` prints it."""
        fields = {"name": self.name, "kind": self.kind, "default": self.default, "title": self.title, "help": self.help}
        if self.kind in ("float", "int"):
            low, high = (end if end is None or self.kind == "float" else int(end) for end in (self.low, self.high))
            fields |= {"low": low, "high": high, "log": self.log}
        if self.choices:
            fields["choices"] = list(self.choices)
        return fields


@cache
def knob_infos(knobs: type[BaseModel]) -> Mapping[str, KnobInfo]:
    """Return what is declared of every knob of a group, in order of declaration."""
    hints = typing.get_type_hints(knobs)
    return {name: _info(name, field, hints[name]) for name, field in knobs.model_fields.items()}


def without_later(group: BaseModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of a group's knobs without those that came later and are at their defaults.

    Args:
        group: whose knobs they are.
        values: name -> value, for some of its knobs.
    """
    infos = knob_infos(type(group))
    return {name: value for name, value in values.items() if not infos[name].later or value != infos[name].default}


def _info(name: str, field: FieldInfo, hint: Any) -> KnobInfo:
    optional, hint = _without_none(hint)
    low = next((float(m.ge) for m in field.metadata if getattr(m, "ge", None) is not None), None)
    high = next((float(m.le) for m in field.metadata if getattr(m, "le", None) is not None), None)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return KnobInfo(
        name=name,
        kind=_kind(hint),
        default=field.get_default(call_default_factory=True) if not field.is_required() else None,
        low=low,
        high=high,
        log=bool(extra.get("log", False)),
        step=typing.cast("float | None", extra.get("step")),
        unit=str(extra.get("unit", "")),
        title=field.title or name,
        help=field.description or "",
        choices=get_args(hint) if get_origin(hint) is Literal else (),
        optional=optional,
        later=bool(extra.get("later", False)),
    )


def _without_none(hint: Any) -> tuple[bool, Any]:
    if get_origin(hint) in (typing.Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        return len(rest) < len(get_args(hint)), rest[0]
    return False, hint


def _kind(hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "choice"
    if hint is bool:
        return "bool"
    if hint is int:
        return "int"
    if hint is float:
        return "float"
    return "text" if hint is str else "list"


_RULES = {
    "extra_forbidden": "is not known",
    "missing": "must be given",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be text",
    "list_type": "must be a list",
}


def one_sentence(error: ValidationError, group: type[BaseModel], prefix: str = "") -> str:
    """Say the first thing that is wrong in one line: field, rule, value.

    Args:
        error: what pydantic raised for `group`.
        group: the class that was being filled.
        prefix: where the group stands, for instance "method.knobs".

    Returns:
        For instance: `method.knobs.lr` must lie in [0.0001, 1], got 99
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in (prefix, *first["loc"]) if str(part))
    given = shorten(first.get("input"))
    if first["type"] == "missing":
        return f"`{where}` must be given"
    if first["type"] == "extra_forbidden":
        known = ", ".join(group.model_fields) or "none"
        return f"`{where}` is not known here; known are: {known}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"]) if "ctx" in first else first["msg"]
    info = knob_infos(group).get(str(first["loc"][0])) if first["loc"] else None
    return f"`{where}` {_rule(first['type'], info, first['msg'])}, got {given}"


def _rule(kind: str, info: KnobInfo | None, message: str) -> str:
    if kind in _RULES:
        return _RULES[kind]
    if info and info.choices:
        return "must be one of " + ", ".join(str(choice) for choice in info.choices)
    if info and info.low is not None and info.high is not None:
        return f"must lie in [{info.low:.10g}, {info.high:.10g}]"
    return message[0].lower() + message[1:]


def shorten(value: Any, limit: int = 60) -> str:
    """Return a value as text that fits in one line."""
    text = " ".join(str(value).split()) or '""'
    return text if len(text) <= limit else text[: limit - 3] + "..."
