"""Make charts fit on paper: they are as wide, in pixels, as the screen was, and a sheet is narrower."""

from __future__ import annotations

import streamlit as st

WIDTH = 1000  # CSS pixels between the margins of A4 and of US letter, laid across (`@page` in style.css)

_SCRIPT = """
export default function () {
  const charts = () => [...document.querySelectorAll(".stPlotlyChart")].map((chart) => [chart, chart.scrollWidth]);
  const fit = () => {
    for (const [chart, width] of charts()) chart.style.zoom = Math.min(1, WIDTH / width);
  };
  const unfit = () => {
    for (const [chart] of charts()) chart.style.zoom = "";
  };
  addEventListener("beforeprint", fit);
  addEventListener("afterprint", unfit);
  return () => {
    removeEventListener("beforeprint", fit);
    removeEventListener("afterprint", unfit);
  };
}
""".replace("WIDTH", str(WIDTH))


def fit() -> None:
    """Let the charts of the page shrink for as long as it is printed."""
    component = st.components.v2.component("explorer_paper", js=_SCRIPT)  # type: ignore[attr-defined]
    component(key="paper")
