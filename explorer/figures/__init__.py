"""Plotly figures and the palette: arrays in, Figure out; the same arrays give the same Figure."""
