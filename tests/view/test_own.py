"""The run on images that *Train your own* asks for is part of the View: of its address, its JSON, of reset and undo."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.spec import Spec, SpecError, is_for_images
from explorer.spec.catalog import CATALOG
from explorer.view import FIRST, View

SHA = "0123456789abcdef" * 4
ASKED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "first": ({}, {"own.method": "jit"}),
    "method": ({"method": {"name": "scrub", "knobs": {"alpha": 0.25}}}, {"own.method": "scrub(alpha:0.25)"}),
    "data": ({"data": {"name": "cifar20", "n": 500}}, {"own.data": "cifar20(n:500)", "own.method": "jit"}),
    "request": (
        {"request": {"choose": "class", "label": 3}},
        {"own.request": "class(label:3)", "own.method": "jit"},
    ),
    "picked": (
        {"request": {"choose": "points", "index": [5, 6, 7, 90]}},
        {"own.request": "points(index:[5-7.90])", "own.method": "jit"},
    ),
    "poisoned": (
        {"request": {"kind": "correct_labels", "choose": "random", "fraction": 0.1}, "method": {"name": "dui"}},
        {"own.request": "random(kind:correct_labels,fraction:0.1,flip:1.0)", "own.method": "dui"},
    ),
    "training": (
        {"training": {"recipe": "standard", "lr": 0.25}},
        {"own.training": "standard(lr:0.25)", "own.method": "jit"},
    ),
    "model": ({"model": {"name": "vgg11"}}, {"own.model": "vgg11", "own.method": "jit"}),
    "weights": ({"model": {"sha256": SHA}}, {"own.model": f"compact(sha256:{SHA})", "own.method": "jit"}),
    "evaluation": (
        {"evaluation": {"retrained_seeds": 5}},
        {"own.evaluation": "(retrained_seeds:5)", "own.method": "jit"},
    ),
    "seed": ({"seed": 9}, {"own.method": "jit", "own.seed": "9"}),
}


def asking(parts: dict[str, Any]) -> View:
    return View.parse({"base": {}, "own": {**FIRST, **parts}})


@pytest.mark.parametrize(("parts", "said"), ASKED.values(), ids=ASKED)
def test_what_is_asked_stands_in_the_address_part_by_part_and_comes_back(parts: dict[str, Any], said: dict[str, str]):
    view = asking(parts)
    query = view.to_query()
    assert {name: text for name, text in query.items() if name != "v"} == said
    assert View.from_query(query) == (view, [])


@pytest.mark.parametrize(("parts", "said"), ASKED.values(), ids=ASKED)
def test_what_is_asked_comes_back_from_json(parts: dict[str, Any], said: dict[str, str]):
    view = asking(parts)
    assert View.parse(json.loads(json.dumps(view.as_json(), allow_nan=False))) == view


IMAGES = sorted(name for name in CATALOG.models if is_for_images(name))


@settings(max_examples=60)
@given(
    st.sampled_from(["cifar10", "cifar20", "cifar100"]),
    st.sampled_from(IMAGES),
    st.sampled_from(IMAGES),
    st.sampled_from(["standard", "memorise"]),
    st.sampled_from([{"choose": "random", "fraction": 0.3, "label": 9}, {"choose": "class"}, FIRST["request"]]),
    st.sampled_from(sorted(CATALOG.methods)),
    st.integers(0, 9),
)
def test_any_run_comes_back_from_its_address(
    data: str, model: str, recipe_of: str, recipe: str, request: dict[str, Any], method: str, seed: int
):
    """Also one whose training is the recipe of another network, which its own name would not mean."""
    training = {"recipe": recipe, **CATALOG.models[recipe_of].RECIPES[recipe]}
    spec = Spec.parse(
        {"data": {"name": data}, "model": {"name": model}, "training": training, "request": request, "seed": seed,
         "method": {"name": method}}
    )  # fmt: skip
    view = View.parse(spec.as_json())
    assert view.own == spec
    assert View.from_query(view.to_query(), "images") == (view, [])


def test_a_spec_of_images_opens_as_what_is_asked():
    spec = Spec.parse({**FIRST, "seed": 4})
    view = View.parse(spec.as_json())
    assert (view.own, view.page, view.base) == (spec, "images", View.default().base)


def test_what_a_link_leaves_out_is_asked_as_at_first():
    view, ignored = View.from_query({"own.seed": "3"}, "images")
    assert ignored == [] and view.own == Spec.parse({**FIRST, "seed": 3})


def test_a_bad_part_leaves_the_others():
    view, ignored = View.from_query({"own.seed": "3", "own.data": "moons", "own.method": "scrub"}, "images")
    assert view.own == Spec.parse({**FIRST, "seed": 3, "method": {"name": "scrub"}})
    assert len(ignored) == 1


def test_nothing_is_asked_where_a_view_says_nothing_of_it():
    assert View.default().own is None and View.from_query({"v": "1"})[0].own is None
    assert View.default().as_json()["own"] is None


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"own.data": "moons"},
            "own.data was ignored: `data.name` must be one of cifar10, cifar20, cifar100 where images",
        ),
        ({"own.data": "cifar10(n:3)"}, "own.data.n was ignored: `data.n` must lie in [100, 50000], got 3"),
        ({"own.data": "cifar10(n)"}, "own.data was ignored: it must look like name(field:value,...)"),
        (
            {"own.request": "random(fraction:.1,label:10)"},
            "own.request.label was ignored: `request.label` must lie in [0, 9], got 10",
        ),
        (
            {"own.request": "random(fraction:.1,kind:erase_feature)"},
            "own.request.kind was ignored: `request.kind` must be forget or",
        ),
        ({"own.model": "mlp"}, "own.model was ignored: `model.name` must be one of compact, resnet18, vgg11"),
        ({"own.method": "wish"}, "own.method was ignored: `method.name` must be one of"),
        ({"own.method": "jit(lr:99)"}, "own.method.lr was ignored: `method.knobs.lr` must lie in"),
        ({"own.training": "magic"}, "own.training was ignored: `training.recipe` must be one of"),
        ({"own.evaluation": "(shadows:-1)"}, "own.evaluation.shadows was ignored: `evaluation.shadows` must lie in"),
        ({"own.seed": "[x-]"}, "own.seed was ignored: it must be a number, got [x-]"),
        ({"own.wish": "1"}, "own.wish was ignored: it is not a part of a link"),
        ({"own": "1"}, "own was ignored: it is not a part of a link"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_part_is_named_and_by_itself_asks_for_nothing(query: dict[str, str], sentence: str):
    view, ignored = View.from_query(query, "images")
    assert view == View.parse({"base": {}, "page": "images"})
    assert len(ignored) == 1 and ignored[0].startswith(sentence) and "\n" not in ignored[0]


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (3, "own was ignored: it must be an object with named fields, got 3"),
        ({"dta": {}}, "own.dta was ignored: `dta` is not known here"),
        ({"method": None}, "own.method was ignored: `method` must be given"),
    ],
)
def test_a_bad_file_is_refused_with_one_sentence(own: Any, sentence: str):
    with pytest.raises(SpecError) as error:
        View.parse({"base": {}, "own": own})
    assert str(error.value).startswith(sentence)


def test_what_is_asked_is_no_part_of_what_the_other_pages_show():
    assert asking({"seed": 9}).unlooked() == View.default()
