"""Draw what a sweep finds: pictures and curves of one knob, a heat map of two."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer.contents import sweep
from explorer.contents.requests import told
from explorer.contents.sweep import Swept
from explorer.contents.tables import numbers as numbers_table
from explorer.contents.tables.cells import reads, span
from explorer.figures.multiples import Ground, Small, multiples
from explorer.figures.sweep import heat, knob_curves, names_of
from explorer.pages.frame.binding import current
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.spec import Spec
from explorer.view import View

PICTURES = (
    "The plane as this method leaves it, a picture a value, beside retrained's. Look at which of them end where "
    "retrained's boundary runs. × the model is broken: it diverged, or its retain accuracy is more than .1 below every "
    "retrained model's."
)
LOOK = (
    "Look at how wide a range of the knob keeps the curves in retrained's band (shaded; for distances, the floor), and "
    "how far that is from the cliff, beyond which the model is broken. A line is the mean over the runs from the "
    "originals, of which panels show the first, and the grey band their range, where a number has one; runs between "
    "two values are not shown."
)
LOOK_HEAT = (
    "Look at how many dotted cells lie together: there the number is in retrained's range, or no farther than one "
    "retrained model is from another. × the model is broken. The runs between two values are not shown."
)
TUNED = "A knob chosen by this picture was tuned against the retrained models, which is an oracle's advantage."


def draw(swept: Swept, spec: Spec, view: View, wide: int, now: object) -> None:
    """Draw what is known of a sweep: pictures and curves of one knob, or a heat map of two.

    Args:
        swept: the sweep.
        spec: the run on screen; the curves mark where its knob stands.
        view: which numbers are drawn.
        wide: pixels.
        now: the sweep and how far it is; a figure is kept until this changes.
    """
    numbers = view.looks.sweep.numbers
    for error in dict.fromkeys(swept.errors):
        st.caption(f":material/info: {error}")
    if len(swept.knobs) == 1:
        _figure("pictures", _pictures, (now, wide, mode()), swept, wide)
        st.caption(PICTURES)
        _figure("curves", _curves, (now, numbers, spec, wide, mode()), swept, spec, numbers, wide)
        readings = numbers_table.readings({number: sweep.TITLES[number] for number in numbers})
        st.html(told(readings, spec.request.kind))
        st.caption(f"{LOOK} {TUNED}")
        return
    number = numbers[-1]
    _figure("heat", _heat, (now, number, mode()), swept, number, sweep.marked(spec.request.kind)[number])
    floor = sweep.reference(swept, number)
    known = f" Retrained, or the floor: {span(floor.low, floor.high)}." if np.isfinite(floor.mean) else ""
    st.caption(told(f"**{sweep.TITLES[number]}.** {reads(number)}{known}", spec.request.kind))
    st.caption(f"{LOOK_HEAT} {TUNED}")


def _figure(name: str, make: Any, made_of: object, *given: Any) -> None:
    """Draw a figure; it is kept until `made_of` changes."""
    chart(current().kept(f"sweep:{name}", made_of, lambda: make(*given)), f"sweep:{name}")


def _pictures(swept: Swept, wide: int) -> Any:
    scene, broken = swept.scene, sweep.broken(swept)
    assert scene is not None
    ground = Ground(scene.plane, scene.size, scene.x[scene.forget], scene.paired, scene.names)
    values = [
        Small(title, swept.pictures.get(index), broken[index]) for index, title in enumerate(names_of(swept.values[0]))
    ]
    knob = sweep.knobs_of(swept.method)[swept.knobs[0]].title
    return multiples(knob, [Small("Retrained", scene.paired, own=False), *values], ground, width=wide, mode=mode())


def _curves(swept: Swept, spec: Spec, numbers: tuple[str, ...], wide: int) -> Any:
    assert spec.method is not None
    name = swept.knobs[0]
    info = sweep.knobs_of(swept.method)[name]
    return knob_curves(
        info.title, swept.values[0], {number: sweep.bands(swept, number) for number in numbers},
        {number: sweep.reference(swept, number) for number in numbers},
        titles=sweep.marked(spec.request.kind), broken=sweep.broken(swept), log=info.log,
        here=getattr(spec.method.knobs, name), width=wide, mode=mode(),
    )  # fmt: skip


def _heat(swept: Swept, number: str, title: str) -> Any:
    infos, (first, second) = sweep.knobs_of(swept.method), swept.knobs
    broken = np.array(sweep.broken(swept)).reshape(len(swept.values[0]), len(swept.values[1]))
    return heat(
        (infos[second].title, swept.values[1]), (infos[first].title, swept.values[0]), sweep.table(swept, number),
        broken, title=title, near=sweep.near(swept, number), mode=mode(),
    )  # fmt: skip
