"""Names of runs on images."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.spec import folder_of
from tests.pipeline._noise import spec


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"choose": "random", "fraction": 0.1}, "random"),
        ({"choose": "random", "fraction": 0.3, "label": 3}, "part"),
        ({"choose": "class", "label": 5}, "class"),
        ({"choose": "points", "index": [1, 2]}, "points"),
        ({"kind": "correct_labels", "choose": "random", "fraction": 0.2}, "poisoned"),
    ],
)
def test_a_folder_is_named_after_its_request(request_: dict[str, Any], name: str):
    assert folder_of(spec(request=request_)) == f"cifar10-compact-memorise-{name}"
