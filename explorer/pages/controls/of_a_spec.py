"""Draw the controls of one Spec: data, request, method, model, training; the same for points and for images.

An `Editor` says what a sidebar offers, and which View a change leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.contents.words import method_title
from explorer.knobs import KnobBase
from explorer.pages.controls.knobs import Make, knobs
from explorer.pages.frame import live
from explorer.pages.frame.binding import controlled, on_change
from explorer.pages.frame.live import Place
from explorer.session.changes import with_field, with_kind
from explorer.spec import Spec, kind_fields
from explorer.spec.catalog import CATALOG
from explorer.view import View

Change = Callable[[Spec, Any], Spec]  # the Spec with what a widget chose
_FILE = ("sha256", "path", "columns")  # fields that name a file: an upload fills them


@dataclass(frozen=True)
class Editor:
    """A Spec, and what one sidebar offers for it.

    Attributes:
        spec: what is shown.
        changed: the view in which the Spec is what a function makes of it.
        what: "points" or "images", for the words on screen.
        where: what the keys of its widgets start with.
        request_at: what the keys of a request's options start with.
        datasets: keys.
        kinds: kind of request -> its title.
        choosers: way to choose -> its title.
        names: of the classes that a request can name.
        models: keys.
        with_data: the Spec with another data set.
        with_chooser: the Spec with rows chosen another way.
        with_model: the Spec with another network.
        help_choose: what else there is to know about choosing.
        how_to_pick: how rows are picked by hand.
        place: of the Spec in the View's JSON, where the player follows its sliders while they move.
    """

    spec: Spec
    changed: Callable[[View, Callable[[Spec], Spec]], View]
    what: str
    where: str
    request_at: str
    datasets: Sequence[str]
    kinds: Mapping[str, str]
    choosers: Mapping[str, str]
    names: Sequence[str]
    models: Sequence[str]
    with_data: Change
    with_chooser: Change
    with_model: Change
    help_choose: str
    how_to_pick: str
    place: Place | None = None

    def making(self, change: Change) -> Callable[[View, Any], View]:
        """Return what a widget calls with its value."""
        return lambda view, value: self.changed(view, lambda spec: change(spec, value))

    def place_of(self, part: str) -> Place | None:
        """Return the place of one part's fields, where the player follows their sliders."""
        return (*self.place, part) if self.place else None

    def part(self, part: str) -> Make:
        """Return what the widgets of one part's fields call."""
        return lambda view, name, value: self.changed(view, lambda spec: with_field(spec, part, name, value))

    def choose(
        self, label: str, key: str, value: str, among: Sequence[str], title: Callable[[str], str], change: Change,
        help_: str | None = None,
    ) -> None:  # fmt: skip
        """Draw a choice by name. What is chosen stays on the list, also where it is no longer offered."""
        names = list(among) if value in among else [value, *among]
        key = f"{self.where}{key}"
        st.selectbox(
            label, names, index=names.index(value), key=controlled(key, value), format_func=title, help=help_,
            **on_change(key, self.making(change), names),
        )  # fmt: skip


def data(editor: Editor, below: Callable[[], object] = lambda: None) -> None:
    """Draw the data set, its options and the seed; `below` draws what stands under the choice."""
    spec, where = editor.spec, editor.where
    editor.choose(
        "Data set", "data", spec.data.name, editor.datasets, CATALOG.data_titles.__getitem__, editor.with_data
    )
    below()
    knobs(
        spec.data.options, f"{where}data:{spec.data.name}", editor.part("data"), leave_out=_FILE,
        place=editor.place_of("data"),
    )  # fmt: skip
    drawn, place = controlled(f"{where}seed", spec.seed), editor.place_of("seed")
    st.number_input(
        "Seed", 0, 2**31 - 1, value=spec.seed, step=1, key=drawn,
        help=f"Draws other initialisations, batches and choices; the {editor.what} stay.",
        **on_change(f"{where}seed", editor.making(lambda spec, seed: spec.with_part(seed=int(seed)))),
    )  # fmt: skip
    if place:
        live.follow(drawn, place, spec.seed)


def request(editor: Editor) -> None:
    """Draw what is asked, of which rows."""
    asked = editor.spec.request
    editor.choose("Request", "kind", asked.kind, list(editor.kinds), editor.kinds.__getitem__, with_kind)
    editor.choose(
        f"Which {editor.what}", "choose", asked.choose, list(editor.choosers),
        lambda name: editor.choosers.get(name, CATALOG.choosers[name].title), editor.with_chooser, editor.help_choose,
    )  # fmt: skip
    knobs(
        asked.options, f"{editor.request_at}:{asked.choose}", editor.part("request"), leave_out=("index",),
        names=editor.names, place=editor.place_of("request"),
    )  # fmt: skip
    if asked.choose == "points":
        st.caption(f"{len(getattr(asked.options, 'index', []))} {editor.what} picked. {editor.how_to_pick}")
    fields = kind_fields(asked.kind)
    of_the_kind = fields(**{name: getattr(asked, name) for name in fields.model_fields})
    knobs(of_the_kind, f"{editor.where}request", editor.part("request"), place=editor.place_of("request"))


def method(
    name: str, of_the_method: KnobBase | None, offered: tuple[list[str], list[str]], *, key: str, where: str,
    with_method: Callable[[View, str], View], with_knob: Make, below: Callable[[], object],
    sweep: Callable[[str], None] | None = None, swept: Collection[str] = (), place: Place | None = None,
) -> None:  # fmt: skip
    """Draw the method and its knobs.

    Args:
        name: its key.
        of_the_method: its knobs; None for a reference, which has none.
        offered: methods that can answer, and why others cannot.
        key: of the choice of a method.
        where: what the keys of the knobs start with.
        with_method: the view with another method.
        with_knob: the view with one knob set.
        below: draws what stands between the method and its knobs.
        sweep: as in `knobs`.
        swept: as in `knobs`.
        place: as in `knobs`.
    """
    can, why = offered
    names = can if name in can else [name, *can]
    st.selectbox(
        "Method", names, index=names.index(name), key=controlled(key, name), format_func=method_title,
        help=not_offered(why), **on_change(key, with_method, names),
    )  # fmt: skip
    below()
    if of_the_method is not None:
        knobs(of_the_method, where, with_knob, sweep=sweep, swept=swept, place=place, main=_main(name))


def _main(method: str) -> tuple[str, ...]:
    """Return the knobs of a method that stand first."""
    return CATALOG.methods[method].main_knobs if method in CATALOG.methods else ()


def not_offered(why: Sequence[str]) -> str | None:
    """Return the help that says which methods are missing from a list; None where none is."""
    return "Not offered: " + "; ".join(why) + "." if why else None


def model(editor: Editor, *, fixed: bool = False) -> None:
    """Draw the network, where there is a choice, and its shape unless that is `fixed`."""
    spec, where, several = editor.spec, editor.where, len(editor.models) > 1
    if several:
        editor.choose("Model", "model", spec.model.name, editor.models, str, editor.with_model, _COMPACT)
    if not fixed:
        at = f"{where}model:{spec.model.name}" if several else f"{where}model"
        knobs(spec.model.options, at, editor.part("model"), leave_out=_FILE)


_COMPACT = (
    "compact trains in minutes on a CPU; the others take an hour of a core a model, and their full recipes want a GPU."
)


def training(editor: Editor) -> None:
    """Draw how models are trained, and how many there are to compare with."""
    spec, where = editor.spec, editor.where
    leave = () if getattr(spec.training, "optimizer", "") == "sgd" else ("momentum", "nesterov")
    knobs(spec.training, f"{where}training", editor.part("training"), leave_out=leave)
    knobs(spec.evaluation, f"{where}evaluation", editor.part("evaluation"), leave_out=("attacks", "shadows"))
