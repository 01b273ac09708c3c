"""An uploaded file becomes a View, or one sentence says why it cannot."""

import json
from dataclasses import replace

import pytest

from explorer.pages.controls.export import MAX_FILE, read_view
from explorer.spec import Spec
from explorer.view import View


def refused(content: bytes) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(ValueError) as caught:
        read_view(content)
    said = str(caught.value)
    assert said and said.isprintable() and len(said) < 600
    return said


def test_a_view_comes_back_as_it_was_written():
    view = replace(View.default(), page="compare", step=0.25, focus=2)
    view = view.looking("tradeoff", plane=("auc", "retain")).looking("sweep", numbers=("cost",))
    assert read_view(json.dumps(view.as_json()).encode()) == view


def test_a_spec_becomes_a_view_of_retrained_and_its_method():
    spec = Spec.parse({"data": {"n": 60}, "method": {"name": "scrub"}, "seed": 3})
    view = read_view(json.dumps(spec.as_json()).encode())
    assert [panel.name for panel in view.panels] == ["retrained", "scrub"]
    assert view.specs()[1] == spec and view.focus == 1


@pytest.mark.parametrize("content", [b"", b"{", b"jit", b"\xff\xfe", b"1" * 5000], ids=repr)
def test_what_is_not_json_is_refused(content: bytes):
    assert refused(content) == "the file must hold a View or a Spec as JSON; this is not JSON"


def test_too_large_a_file_is_refused_before_it_is_read():
    assert refused(b" " * (MAX_FILE + 1)) == "a View must be at most 1,000,000 bytes, got 1,000,001"


@pytest.mark.parametrize("opening", [b"[", b'{"data":', b'{"base":'])
def test_no_nesting_however_deep_breaks_the_page(opening: bytes):
    end = b"]" if opening == b"[" else b"}"
    deep = {refused(opening * depth + b"1" * (opening != b"[") + end * depth) for depth in range(850, 1010)}
    deep.add(refused(opening * 100_000 + b"1" + end * 100_000))
    assert "the file is nested too deeply to be a View or a Spec" in deep


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"data": {"noise": 99}}, "`data.noise` must lie in [0, 2], got 99"),
        ({"data": {"noise": float("nan")}}, "`data.noise` must be a finite number, got nan"),
        ({"datum": {}}, "`datum` is not known here; known are: data, request, model, training, method, evaluation, "),
        ({"base": {"data": {"name": "cifar10"}}}, "where points of a plane are shown, got cifar10"),
        ({"base": {}, "panels": []}, "`panels` must list 1 to 8 methods, got []"),
        ({"base": {}, "panels": [{"method": "nothing"}]}, "got nothing"),
        ({"base": {}, "colour": "red"}, "`colour` is not a part of a link"),
        ({"base": 1}, "it must be an object with named fields, got 1"),
        ([1], "a View must be an object with named fields, got [1]"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named_with_its_rule_and_its_value(content: object, said: str):
    assert said in refused(json.dumps(content).encode())
