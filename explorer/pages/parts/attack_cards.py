"""Say of attacks what each looks at, by which formula, and what its attacker must have."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from explorer.spec.catalog import CATALOG

SYMBOLS = (
    "$p_k(x)$ is the probability that the model gives class $k$ at point $x$, and $y$ is the point's label. A higher "
    "score looks more like a member of the training set."
)


def show(attacks: Iterable[str], *, label: str = "What each attack looks at, and what its attacker must have") -> None:
    """Draw the cards of some attacks, folded up.

    Args:
        attacks: keys.
        label: what stands on the fold.
    """
    with st.expander(label, icon=":material/fingerprint:"):
        st.caption(SYMBOLS)
        for name in attacks:
            one = CATALOG.attacks[name]
            st.markdown(f"**{one.title}.** {one.sentence}")
            if one.formula:
                st.latex(_lines(one.formula))
            if one.attacker:
                st.markdown(f"Its attacker must have: {one.attacker[:1].lower()}{one.attacker[1:]}")
            st.caption(one.source)


def _lines(formula: str) -> str:
    r"""Return a formula whose parts, between \quad, stand below each other: side by side a phone has no room."""
    parts = formula.replace(r", \quad", r", \\")
    return rf"\begin{{gathered}} {parts} \end{{gathered}}"
