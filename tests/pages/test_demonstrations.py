"""A card shows the figure that its method declares."""

from typing import get_args

import pytest

pytest.importorskip("streamlit")

from explorer.methods._method import Demonstration
from explorer.pages.method import DEMONSTRATIONS
from explorer.spec.catalog import CATALOG


def test_every_demonstration_that_a_method_can_declare_has_a_figure():
    assert set(DEMONSTRATIONS) == set(get_args(Demonstration)) - {""}
    assert {method.demonstration for method in CATALOG.methods.values()} == set(get_args(Demonstration))
