"""The controls of points of a plane, drawn without the page beside them: nothing is computed."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.pages.controls.sidebar import RANGE_ICON
from tests.pages import _driven

ALONE = """
from explorer.pages.controls import sidebar
from explorer.pages.frame import binding
sidebar.sidebar(binding.begin("{page}"))
"""


@pytest.mark.parametrize(
    ("page", "focus", "explained"), [("watch", 1, True), ("watch", 0, False), ("compare", 1, False)]
)
def test_the_signs_beside_knobs_are_explained_where_they_stand(page: str, focus: int, explained: bool):
    query = {"v": "1", "data": "moons(n:40)", "request": "random", "focus": str(focus)}
    panels = {"panels": "retrained~gradient_ascent(steps:5)"}  # a knob that is not at its default can be reset
    with _driven.in_memory():
        app = AppTest.from_string(ALONE.format(page=page), default_timeout=_driven.PATIENCE)
        app.query_params.update({**query, **panels})
        app.run()
    assert not app.exception
    assert (RANGE_ICON in [one.value for one in app.sidebar.caption]) is explained
    icons = {one.proto.icon for one in app.sidebar.button if (one.key or "").startswith("knob:")}
    if explained:
        assert len(icons) == 2 and all(f"{icon} " in RANGE_ICON for icon in icons)
