"""The sidebar opens calm: three knobs of the chosen method; the others are behind one word, open where it matters."""

from collections.abc import Iterator

import pytest

from explorer.spec.catalog import CATALOG
from tests.pages._driven import captions, in_memory, opened

SMALL = {"v": "1", "data": "moons(n:40)", "training": "standard(steps:5)", "evaluation": "(retrained_seeds:2)"}
SMALL["hidden"] = "presets"  # links to pages, which a script does not have


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with in_memory():
        yield


def all_knobs(panels: str) -> list[bool]:
    """Return whether "All knobs" is open, for each that there is."""
    app = opened("watch", {**SMALL, "panels": panels, "focus": "0"})
    return [one.proto.expanded for one in app.expander if one.label == "All knobs"]


def test_other_knobs_are_closed_at_their_defaults_and_open_where_one_was_changed():
    assert all_knobs("fine_tune(steps:3)") == [False]  # a main one
    assert all_knobs("fine_tune(steps:3,batch:8)") == [True]


def test_where_but_one_would_be_left_all_stand_together():
    assert len(CATALOG.methods["fisher"].knobs.model_fields) == 2
    assert all_knobs("fisher") == []


def test_short_titles_are_spelled_out_once():
    app = opened("watch", {**SMALL, "panels": "jit(epochs:1)~camu(epochs:1)", "focus": "0"})
    assert captions(app).count("JiT: Just in Time unlearning; CaMU: Causal Machine Unlearning.") == 1
