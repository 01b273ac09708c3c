"""Every chart passes one place, so that none is without its alt text."""

import ast
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer import pages
from tests.pages._driven import charts

ONE = "parts/chart.py"


def test_no_other_file_of_pages_draws_a_chart():
    root = Path(pages.__file__).parent
    found = [
        f"{file.relative_to(root).as_posix()}:{node.lineno}"
        for file in sorted(root.rglob("*.py"))
        if file.relative_to(root).as_posix() != ONE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.endswith("_chart")
    ]
    assert found == []


def page() -> None:
    import plotly.graph_objects as go

    from explorer.figures.layout import dress
    from explorer.pages.parts.chart import chart

    chart(dress(go.Figure(), alt="Points of <b>a</b> & b"), "one")


def test_what_a_chart_shows_is_said_escaped_beside_it():
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert charts(app) == ["Points of <b>a</b> & b"]
    assert "Points of &lt;b&gt;a&lt;/b&gt; &amp; b</p>" in app.get("html")[0].proto.body
