"""Draw the figures behind two further scores: learning the forget set again, and how far each forget point is off."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import pipeline
from explorer.figures.displacement import displacement, outside
from explorer.figures.relearn_forget import relearn_forget
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.records import ModelScores

RELEARN_FORGET = (
    "**Learning the forget set again.** Look at whether the method's curve rises inside retrained's band; one that is "
    "back sooner than in models that never saw the points had kept them. It does not show other rates or momenta; with "
    "them the number of steps differs."
)
NO_RELEARN_FORGET = (
    "No curve of learning the forget set again: this method ends with another network than the retrained models have."
)
DISPLACED = (
    "**Displacement, point by point** (below 0: towards the point or over it). Look at the rings: there the boundary "
    "stands where no retrained model has it; above the bar it has not come near enough, below it too near. It does not "
    "show the boundary away from the forget points, where a method may do its damage."
)
NO_BOUNDARY = "No displacement: the method or a retrained model has no boundary left on the plane."


def show(numbers: ModelScores, title: str, forget: NDArray[np.integer]) -> None:
    """Draw both figures side by side, one under the other where there is little room.

    Args:
        numbers: of one method.
        title: its name.
        forget: (m,) rows of the forget points.
    """
    with st.container(key="stacks_more"):
        left, right = st.columns(2, gap="large")
    with left:
        if numbers.relearn_forget:
            figure = relearn_forget(numbers.relearn_forget, title=title, within=pipeline.KNOWN_AGAIN, mode=mode())
            chart(figure, "attacks:relearn_forget")
            st.caption(RELEARN_FORGET)
        else:
            st.caption(NO_RELEARN_FORGET)
    with right:
        unlearned, retrained = numbers.displacement["unlearned"][0], numbers.displacement["retrained"]
        if np.isfinite(unlearned).all() and np.isfinite(retrained).all():
            figure = displacement(forget, unlearned, retrained, title=title, mode=mode())
            off = int(outside(unlearned, retrained).sum())
            chart(figure, "attacks:displacement")
            st.caption(f"{DISPLACED} Outside: {off} of {len(unlearned)} points.")
        else:
            st.caption(NO_BOUNDARY)
