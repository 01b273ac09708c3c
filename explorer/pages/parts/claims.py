"""Show what the papers say and what we see: all claims on the page *CIFAR*, a method's own on its card."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from explorer.contents.tables import claims
from explorer.contents.words import method_title
from explorer.experiments.cifar import files
from explorer.experiments.claims.judged import judged


def show() -> None:
    """Draw all claims, folded by method."""
    found = judged(files.SHIPPED)
    st.html(f"<h2 class='ue-head'>{claims.TITLE}</h2>")
    st.caption(f"{claims.HOW_TO_READ} {claims.NOT_SHOWN}")
    for method, settings in groupby(found, key=lambda one: one.claim.method):
        of_method = list(settings)
        with st.expander(f"{method_title(method)} ({claims.counted(of_method)})", key=f"claims:{method}"):
            st.html(claims.html(of_method))


def on_card(method: str) -> None:
    """Draw the claims of one method; nothing where it has none."""
    found = judged(files.SHIPPED, method)
    if not found:
        return
    st.html(f"<h3>{claims.TITLE}</h3>")
    with st.expander(claims.counted(found), key=f"card:claims:{method}"):
        st.html(claims.html(found))
        st.caption(claims.NOT_SHOWN)
