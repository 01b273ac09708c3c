"""Results are kept under the keys that commit d3f70bd gave them, so a store and recorded runs stay valid."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer import pipeline
from explorer.spec import Spec

WRITTEN: dict[str, Any] = json.loads(Path(__file__).with_name("keys_of_d3f70bd.json").read_text())


@pytest.mark.parametrize("name", WRITTEN)
def test_a_run_asks_for_the_keys_it_asked_for_before(name: str):
    written, asked, known = WRITTEN[name], set[str](), dict[str, Any]()

    def memo(key: str, thunk: Callable[[], Any], /) -> Any:
        asked.add(key)
        if key not in known:
            known[key] = thunk()
        return known[key]

    spec = Spec.parse(written["spec"])
    assert spec.key() == written["key"]
    pipeline.result(pipeline.Run(spec, memo))
    assert sorted(asked) == written["memo"]
