"""Draw a method's equation, typeset, and below it what its symbols stand for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from explorer.contents import symbols
from explorer.contents.equations import equation
from explorer.spec.catalog import CATALOG


def of_method(key: str, *, with_names: bool = True) -> None:
    """Draw the equation of a method; one that does not keep to our notation, as it is written.

    Args:
        key: of the method.
        with_names: whether what its symbols stand for is said below it.
    """
    text = CATALOG.card(key).equation
    try:
        typeset = equation(text)
    except ValueError:
        st.html(f'<pre class="ue-equation">{escape(text)}</pre>')
        return
    knobs = {name: field.title or name for name, field in CATALOG.methods[key].knobs.model_fields.items()}
    with st.container(key="equation"):
        st.markdown(typeset.markdown)
        if with_names:
            named(symbols.names(typeset, key, knobs))


def named(names: Mapping[str, str]) -> None:
    """Draw one line that says what symbols stand for, by their LaTeX."""
    if any(names.values()):
        st.caption(symbols.line(names))
