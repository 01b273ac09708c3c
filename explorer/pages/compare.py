"""*Compare*: methods in columns, one row for each of `View.bases()`, the rows that a link or preset names."""

import streamlit as st


def show() -> None:
    """Draw the page."""
    st.write("soon")
