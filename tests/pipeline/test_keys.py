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


def prepared_key(method: str, knobs: dict[str, Any]) -> str:
    """Return the key under which the preparation of a method is asked for; nothing is prepared."""

    class Asked(Exception):
        pass

    known = dict[str, Any]()

    def memo(key: str, thunk: Callable[[], Any], /) -> Any:
        if key.startswith("prepared-"):
            raise Asked(key)
        if key not in known:
            known[key] = thunk()
        return known[key]

    small = {"data": {"n": 40}, "model": {"widths": [4]}, "training": {"steps": 2}}
    request = {"choose": "class", "label": 0} if method == "unsir" else {}
    spec = Spec.parse({**small, "request": request, "method": {"name": method, "knobs": knobs}})
    with pytest.raises(Asked) as asked:
        pipeline.path(pipeline.Run(spec, memo))
    return str(asked.value)


@pytest.mark.parametrize(
    ("method", "written", "later"),
    [
        (
            "unsir",
            "prepared-unsir-{'noise_lr': 0.1, 'noise_points': 32, 'noise_steps': 25, 'penalty': 0.1}-",
            {"batchnorm": "update"},
        ),
        (
            "tmu",
            "prepared-tmu-{'batchnorm': 'frozen', 'early': 2, 'eps': 0.1, 'features': 'all', 'nearest': 5, "
            "'predictor': 'logistic', 'twin_batch': 16, 'twin_lr': 0.003, 'twin_steps': 2000, 'units': 'data'}-",
            {"twin_epochs": 1},
        ),
    ],
)
def test_what_was_prepared_before_a_knob_came_stays_valid(method: str, written: str, later: dict[str, Any]):
    assert prepared_key(method, {}).startswith(written)
    assert prepared_key(method, later) != prepared_key(method, {})


@pytest.mark.parametrize("knob", [{"batchnorm": "update"}, {"batchnorm": "frozen"}])
def test_a_later_knob_is_in_the_key_where_it_is_not_at_its_default(knob: dict[str, Any]):
    before = Spec.parse({"method": {"name": "fine_tune"}})
    same = Spec.parse({"method": {"name": "fine_tune", "knobs": knob}}).key() == before.key()
    assert same == (knob["batchnorm"] == "frozen")
