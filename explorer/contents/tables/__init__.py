"""Tables of numbers, as HTML, CSV and LaTeX."""
