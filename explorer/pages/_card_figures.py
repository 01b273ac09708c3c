"""Draw what a method's card shows beside its text: figures that are no runs, with their own controls.

A method with such a figure has one entry here; what the controls say is not part of the View.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.figures.jit_sigmoid import SIGNS, STEP, jit_sigmoid
from explorer.pages._words import mode


def draw(method: str) -> None:
    """Draw the further figures of a method's card, if it has any."""
    if method in FIGURES:
        FIGURES[method]()


def _jit() -> None:
    st.html("<h4>One sigmoid, one step (the paper's Figure 3)</h4>")
    sign = st.radio("Direction of the step", list(SIGNS), format_func=SIGNS.__getitem__, key="card:jit:sign")
    step = st.slider("Step", 0.0, 10.0, STEP, 0.1, key="card:jit:step", help="4.8 fits the published picture.")
    figure = jit_sigmoid(step, sign, mode())
    st.plotly_chart(figure, theme=None, key="card:jit", config={"displaylogo": False, "displayModeBar": False})
    st.caption(
        "Each of 17 points is forgotten by itself, from the dashed sigmoid. Look at where the black points go, and on "
        "which side of a point its grey curve crosses one half: up the loss the boundary comes to the point, down the "
        "loss, as it is stated, it moves away. It does not show more than one step, or a network."
    )


FIGURES: Mapping[str, Callable[[], None]] = {"jit": _jit}
