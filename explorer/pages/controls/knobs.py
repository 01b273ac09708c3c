"""Draw one widget for one declared knob: a slider, a toggle or a choice. Nothing is written by hand for a method."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from explorer.knobs import KnobBase, KnobInfo, knob_infos, shorten
from explorer.pages.frame import live
from explorer.pages.frame.binding import act, controlled, on_change
from explorer.pages.frame.live import Place
from explorer.view import View

Make = Callable[[View, str, Any], View]  # the view with one knob set
MANY = 100_000  # an integer knob with more values than this is typed, not slid
STOPS = 60  # places of a logarithmic slider
ANY, OPEN = "any", "left open"  # of a class; of a number, whose help says what it is then


def knobs(
    group: KnobBase, where: str, make: Make, *, leave_out: Sequence[str] = (), names: Sequence[str] = (),
    sweep: Callable[[str], None] | None = None, swept: Collection[str] = (), place: Place | None = None,
    main: Sequence[str] = (),
) -> None:  # fmt: skip
    """Draw a widget for every knob of a group, each with a way back to its default.

    Args:
        group: the present values.
        where: unique prefix of the widgets' keys.
        make: the view with one knob set.
        leave_out: knobs that are not drawn.
        names: names of the classes, for knobs that name a class.
        sweep: shows a knob's whole range; called when the button beside the name of one of `swept` is clicked.
        swept: knobs that have such a button.
        place: of the group in the View's JSON, where the player follows its sliders while they move.
        main: those that stand first; the others are behind "All knobs", which is open where one of them was changed.
            All stand together where none is named, or where but one would be left.
    """
    infos = {name: info for name, info in knob_infos(type(group)).items() if name not in leave_out}

    def draw(name: str) -> None:
        one(
            infos[name], getattr(group, name), f"{where}:{name}", lambda view, value: make(view, name, value), names,
            sweep=sweep if name in swept else None, place=(*place, name) if place else None,
        )  # fmt: skip

    others = [name for name in infos if name not in main]
    if not main or len(others) < 2:
        main, others = list(infos), []
    for name in main:
        draw(name)
    if others:
        changed = any(getattr(group, name) != infos[name].default for name in others)
        with st.expander("All knobs", expanded=changed, key=f"{where}:all"):
            for name in others:
                draw(name)


def one(
    info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View], names: Sequence[str] = (), *,
    sweep: Callable[[str], None] | None = None, place: Place | None = None,
) -> None:  # fmt: skip
    """Draw the widget of one knob. Buttons beside it show its range, and reset it where it is not at its default.

    The style sheet shows their icons alone; their words are their names for screen readers.

    A choice whose every button is on screen has no reset: the default is one of them, and a line would not hold both.
    """
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{key}:row")
    with row:
        _widget(info, value, key, make, names, place)
        if sweep is not None:
            row.button(
                f"{info.title} over its whole range", icon=":material/stacked_line_chart:", key=f"{key}:sweep",
                type="tertiary", on_click=sweep, args=(info.name,),
                help=f"{info.title} over its whole range: pictures, curves and where the model breaks",
            )  # fmt: skip
        if value != info.default and info.kind != "list" and not _in_sight(info.choices):
            row.button(
                f"{info.title}: back to {_default(info)}",
                icon=":material/replay:",
                key=f"{key}:reset",
                type="tertiary",
                help=f"Back to {_default(info)}",
                on_click=lambda: act(lambda view: make(view, info.default)),
            )


def _default(info: KnobInfo) -> str:
    return OPEN if info.default is None and info.kind == "float" else _text(info.default)


def _widget(
    info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View], names: Sequence[str], place: Place | None
) -> None:
    label, help_ = _label(info), info.help or None
    if info.kind == "bool":
        st.toggle(label, value, key=controlled(key, value), help=help_, **on_change(key, make))
    elif info.kind == "choice":
        _choice(label, list(info.choices), key, value, help_, make)
    elif info.name == "label" and names:
        _class(info, value, key, make, names)
    elif info.kind in ("int", "float") and info.optional:
        _optional(info, value, key, make)
    elif info.kind in ("int", "float"):
        _number(info, value, key, make, place)
    elif info.kind == "list":
        _list(info, value, key, make)


def _choice(
    label: str, choices: list[Any], key: str, value: Any, help_: str | None, make: Callable[[View, Any], View]
) -> None:
    if _in_sight(choices):
        st.segmented_control(
            label, choices, default=value, key=controlled(key, value), help=help_, required=True, format_func=_words,
            **on_change(key, make, choices),
        )  # fmt: skip
    else:
        st.selectbox(
            label, choices, index=choices.index(value), key=controlled(key, value), help=help_, format_func=_words,
            **on_change(key, make, choices),
        )  # fmt: skip


def _in_sight(choices: Sequence[Any]) -> bool:
    """Return whether all choices fit side by side."""
    return 0 < len(choices) <= 3 and sum(len(str(choice)) for choice in choices) <= 24


def _class(info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View], names: Sequence[str]) -> None:
    choices: list[Any] = ([None] if info.optional else []) + list(range(len(names)))

    def name_of(label: Any) -> str:
        return ANY if label is None else str(names[label])

    chosen = value if value in choices else choices[0]
    st.selectbox(
        _label(info), choices, index=choices.index(chosen), key=controlled(key, chosen), help=info.help or None,
        format_func=name_of, **on_change(key, make, choices),
    )  # fmt: skip


def _optional(info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View]) -> None:
    whole = info.kind == "int"
    st.number_input(
        _label(info), min_value=_typed(info.low, whole), max_value=_typed(info.high, whole),
        key=controlled(key, value), value=value, placeholder=ANY if whole else OPEN, help=info.help or None,
        **on_change(key, make),
    )  # fmt: skip


def _typed(value: float | None, whole: bool) -> Any:
    return None if value is None else int(value) if whole else float(value)


def _number(info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View], place: Place | None) -> None:
    low, high, help_ = info.low or 0.0, info.high if info.high is not None else 1.0, info.help or None
    whole = info.kind == "int"
    if whole and high - low > MANY:
        drawn, at, stops = controlled(key, value), value, None
        st.number_input(
            _label(info), int(low), int(high), value=value, step=1, key=drawn, help=help_, **on_change(key, make)
        )
    elif info.log or (whole and high - low > 1000):
        stops = ladder(low, high, value, whole=whole)
        stop = _nearest(stops, value)
        drawn, at = controlled(key, stop), stops.index(stop)
        st.select_slider(
            _label(info), stops, stop, key=drawn, help=help_, format_func=_text, **on_change(key, make, stops)
        )
    else:
        step = int(info.step or 1) if whole else info.step or nice_step(low, high)
        kind = int if whole else float
        drawn, at, stops = controlled(key, kind(value)), value, None
        st.slider(
            _label(info), kind(low), kind(high), kind(value), step=kind(step), key=drawn, help=help_,
            format=None if whole else "%g", **on_change(key, make),
        )  # fmt: skip
    if place:
        live.follow(drawn, place, at, stops)


def _list(info: KnobInfo, value: Any, key: str, make: Callable[[View, Any], View]) -> None:
    """Draw a short list of whole numbers as text, for instance the widths of the layers."""
    shown = ", ".join(str(item) for item in value or [])

    def typed(view: View, text: str) -> View:
        try:
            return make(view, [int(item) for item in text.replace(";", ",").split(",") if item.strip()])
        except ValueError as error:
            if "invalid literal" not in str(error):
                raise
            raise ValueError(
                f"{info.title} must be whole numbers with commas between, got {shorten(text) or 'nothing'}"
            ) from None

    st.text_input(
        _label(info), shown, key=controlled(key, shown), help=info.help or None, placeholder="none",
        **on_change(key, typed),
    )  # fmt: skip


def ladder(low: float, high: float, value: float, *, whole: bool = False) -> list[Any]:
    """Return the stops of a logarithmic slider: round numbers from low to high, 0 first where low is 0, and the value.

    Args:
        low: smallest value; 0 means "off" and is followed by a ten-millionth of `high` or more.
        high: largest value.
        value: the present value, which is always a stop.
        whole: stops are whole numbers.
    """
    start = low if low > 0 else 1.0 if whole else high * 1e-7
    decades = math.log10(high / start)
    mantissas = (1, 1.5, 2, 3, 5, 7) if decades <= 4 else (1, 2, 5)
    powers = range(math.floor(math.log10(start)), math.ceil(math.log10(high)) + 1)
    stops = {float(f"{mantissa * 10.0**power:.3g}") for power in powers for mantissa in mantissas}
    inside = {stop for stop in stops if start <= stop <= high} | {low, high, value}
    if whole:
        return sorted({round(stop) for stop in inside})
    return sorted({float(stop) for stop in inside})


def _nearest(stops: list[Any], value: float) -> Any:
    return min(stops, key=lambda stop: abs(stop - value))


def nice_step(low: float, high: float) -> float:
    """Return a round step that cuts a range into a hundred parts or a few more."""
    raw = (high - low) / 100
    power = 10.0 ** math.floor(math.log10(raw))
    return float(f"{max(m for m in (1, 2, 5) if m * power <= raw * 1.0001) * power:.6g}")


def _label(info: KnobInfo) -> str:
    return f"{info.title} ({info.unit})" if info.unit else info.title


def _words(choice: Any) -> str:
    return str(choice).replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else ANY if value is None else _words(value)
