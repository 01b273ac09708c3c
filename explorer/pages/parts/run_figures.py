"""Draw the figures of recorded runs: the trade-off plane, the curves of one method, and its features in motion."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer.contents.recorded import steps
from explorer.contents.recorded.cut import slots
from explorer.contents.recorded.probed import goals
from explorer.contents.recorded.runs import Choice, Opened
from explorer.contents.requests import told
from explorer.contents.words import method_title
from explorer.figures.cloud import Probed, cloud
from explorer.figures.curves import curves
from explorer.figures.tradeoff import tradeoff
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.session.tab import Tab
from explorer.view import RUNS_ACROSS

ORACLE = (
    "A ring with a dot, in a method's colour, is where it ends with the best of the same trials by a judge that knows "
    "a retrained model: the best that these passes can do, knowing the answer."
)
NOT_CLOUD = (
    "What the clouds do not show: the other dimensions of the features. A new seed turns and stretches features at "
    "will, so compare how the retrained cloud mixes with the others, not where it lies."
)


def show(tab: Tab, opened: Opened, chosen: Choice) -> None:
    """Draw the figures of the runs that are chosen.

    Args:
        tab: the browser tab; the player's picture of the same runs stands in it under "images:player".
        opened: the folder.
        chosen: which methods, and the one looked at closely.
    """
    _tradeoff_and_curves(tab, opened, chosen)
    _cloud(tab, opened, chosen)


def _tradeoff_and_curves(tab: Tab, opened: Opened, chosen: Choice) -> None:
    now = mode()
    with st.container(key="images_figures"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.html(told("<h2 class='ue-head'>Forgetting against utility</h2>", opened.kind))
        across = tab.view.looks.images.across
        st.segmented_control(
            "Across", RUNS_ACROSS, default=across, required=True, key=controlled("across", across),
            format_func=lambda name: steps.axis(opened, name).title,
            **on_change("across", lambda view, name: view.looking("images", across=name), RUNS_ACROSS),
        )  # fmt: skip
        made_of = (opened, chosen.runs, across, now)
        figure = tab.kept("images:tradeoff", made_of, lambda: _plane(opened, chosen, across, now))
        chart(figure, "images:plane", on_click=_clicked)
        st.caption(
            "Every dot is a recorded step; the rings are where the player stands, click a dot and it goes there. The "
            "star is the mean of the retrained models, the box their range. "
            + (f"{ORACLE} " if any(key in opened.oracle for key in chosen.runs) else "")
            + "What it does not show: whether the same images are right."
        )
    with right:
        title = method_title(chosen.shown)
        st.html(f"<h2 class='ue-head'>{title}, step by step</h2>")
        figure = tab.kept("images:curves", (opened, chosen.shown, now), lambda: _curves(opened, chosen.shown, now))
        chart(figure, "images:curves")
        st.caption(
            "Look at whether a curve enters retrained's band and stays. Measured on the probes (up to 200 images a "
            "set), so coarser than the table. The cursor stands where the player does."
        )


def _plane(opened: Opened, chosen: Choice, across: str, now: Any) -> Any:
    found = steps.plane(opened, chosen.runs, across, method_title)
    return tradeoff(
        found.paths, found.retrained, found.original, x=steps.axis(opened, across), y=steps.UP, oracle=found.oracle,
        mode=now,
    )  # fmt: skip


def _curves(opened: Opened, shown: str, now: Any) -> Any:
    return curves(
        shown, steps.numbers(opened, shown), goals(opened), title=method_title(shown),
        straight=opened.methods[shown].numbers.straight, mode=now, words=lambda text: told(text, opened.kind),
    )  # fmt: skip


def _clicked() -> None:
    """Let the player stand at the step of the dot that was clicked."""
    tab = current()
    event: Any = st.session_state.get("images:plane")
    points = [point for point in event.selection.points if point.get("customdata")] if event else []
    held = tab.shown.get("images:player")
    if not points or held is None:
        return
    opened: Opened = held[0][0]
    method, step = str(points[0]["customdata"][0]), int(points[0]["customdata"][1])
    run = opened.methods.get(method)
    if run is None:
        return
    tab.put_step(step / max(int(run.snapshots[0].step[-1]), 1))


def _cloud(tab: Tab, opened: Opened, chosen: Choice) -> None:
    now = mode()
    st.html(f"<h2 class='ue-head'>Features in motion: {method_title(chosen.shown)}</h2>")
    figure = tab.kept("images:cloud", (opened, chosen.shown, now), lambda: _cloud_figure(opened, chosen.shown, now))
    chart(figure, "images:cloud")
    st.caption(f"Look at where the ringed images go: in retrained they lie as unseen ones do. {NOT_CLOUD}")


def _cloud_figure(opened: Opened, shown: str, now: Any) -> Any:
    scene, run = opened.scene, opened.methods[shown]
    y = scene.probes.after_y
    counts = np.bincount(y, minlength=opened.classes)
    forgotten = np.bincount(y[scene.probes.part("forget")], minlength=opened.classes)
    order = np.argsort(-forgotten, kind="stable")
    slot = slots(scene.names, [int(k) for k in order[:9] if forgotten[k]], counts.tolist())
    probed = Probed(slot.of[y], slot.names, {name: scene.probes.part(name) for name in ("forget", "retain", "test")},
                    told("forgotten", opened.kind))  # fmt: skip
    one = run.snapshots[0]
    return cloud(
        opened.original.snapshots[0].features[-1].astype(float), one.features.astype(float), one.step.tolist(),
        opened.retrained.snapshots[0].features[-1].astype(float), probed, title=method_title(shown),
        straight=run.numbers.straight, mode=now,
    )  # fmt: skip
