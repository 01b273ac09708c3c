"""Say of attacks what each looks at, by which formula, and what its attacker must have."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from explorer.contents import symbols
from explorer.contents.glossary import marked
from explorer.pages.parts import equation
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
    known = tuple(attacks)
    with st.container(key=f"attack_cards:{'-'.join(known)}"), st.expander(label, icon=":material/fingerprint:"):
        st.caption(SYMBOLS)
        seen = set[str]()
        for name in known:
            one = CATALOG.attacks[name]
            st.html(f"<p><b>{escape(one.title)}.</b> {marked(one.sentence, seen=seen)}</p>")
            if one.formula:
                st.latex(_lines(one.formula))
                equation.named(symbols.ATTACKS.get(name, {}))
            if one.attacker:
                must = f"{one.attacker[:1].lower()}{one.attacker[1:]}"
                st.html(f"<p>Its attacker must have: {marked(must, seen=seen)}</p>")
            st.caption(one.source)


def _lines(formula: str) -> str:
    r"""Return a formula whose parts, between \quad, stand below each other: side by side a phone has no room."""
    parts = formula.replace(r", \quad", r", \\")
    return rf"\begin{{gathered}} {parts} \end{{gathered}}"
