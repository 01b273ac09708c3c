import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.spec import Spec, SpecError
from explorer.view import DEFAULT_PANELS, HIDEABLE, LAYERS, PAGES, View, parse_panel
from explorer.view.looks import AT_FIRST, GROUP_OF

PARTS = (
    *("v", "data", "request", "model", "training", "evaluation", "seed", "panels", "step", "layers", "layout"),
    *("hidden", "focus", "rows", *GROUP_OF),
    *("own.data", "own.request", "own.model", "own.training", "own.method", "own.evaluation", "own.seed"),
)


def panels(*names: str) -> list[dict[str, Any]]:
    return [{"method": name} for name in names]


VIEWS: dict[str, dict[str, Any]] = {
    "default": {"base": {}},
    "seed": {"base": {"seed": 7}},
    "blobs": {
        "base": {"data": {"name": "blobs", "classes": 5, "noise": 0.35}, "request": {"choose": "class", "label": 4}}
    },
    "points": {"base": {"request": {"choose": "points", "index": [1, 2, 3, 4, 9, 11, 12, 399]}}},
    "no points": {"base": {"request": {"choose": "points", "index": []}}},
    "threshold": {"base": {"request": {"choose": "threshold", "column": 1, "above": -1.25e-7, "label": 0}}},
    "correct": {"base": {"request": {"kind": "correct_labels", "flip": 0.5, "choose": "random", "seed": 3}}},
    "erase": {"base": {"request": {"kind": "erase_feature", "erase_column": 0, "fill": -2.5}}},
    "logistic": {"base": {"model": {"widths": []}}},
    "deep": {"base": {"model": {"widths": [8, 9, 10, 11], "activation": "relu"}}},
    "memorise": {"base": {"training": {"recipe": "memorise", "lr": 1e-05, "steps": 7}}},
    "evaluation": {"base": {"evaluation": {"retrained_seeds": 3, "shadows": 64}}},
    "csv": {"base": {"data": {"name": "csv", "sha256": "0123456789abcdef" * 4}}},
    "digits only": {"base": {"data": {"name": "csv", "sha256": "1" * 64}}},
    "path": {"base": {"data": {"name": "csv", "path": "a (b), c:~d [e].csv", "seed": 1}}},
    "panels": {
        "base": {},
        "panels": [{"method": "gradient_ascent", "knobs": {"lr": 0.125, "steps": 3}}, *panels("original")],
    },
    "one panel": {"base": {}, "panels": panels("jit"), "focus": 0},
    "looking": {
        "base": {},
        "step": 0.25,
        "layers": ["entropy", "boundary"],
        "layout": "projector",
        "hidden": list(HIDEABLE),
    },
    "nothing drawn": {"base": {}, "layers": [], "hidden": []},
    "focus": {"base": {}, "focus": 3},
    "rows of requests": {
        "base": {"data": {"name": "two_gaussians"}},
        "rows": [{"request": {"choose": "points", "index": [198]}}, {"request": {"choose": "random", "seed": 3}}],
    },
    "a plane": {"base": {}, "plane": ["auc", "forget"]},
    "an attack closely": {
        "base": {},
        "statistic": "tpr_at_1",
        "attack": "entropy",
        "shadow_attack": "rmia",
        "shadow_models": 256,
        "point": 0,
    },
    "a sweep": {"base": {}, "sweep": ["lr"], "numbers": ["test", "forget"]},
    "two knobs": {"base": {}, "sweep": ["steps", "lr"]},
    "recorded runs": {"base": {}, "folder": "yours:cifar10-compact-memorise-random", "runs": ["jit", "tmu"], "cut": 1},
    "one recorded run": {"base": {}, "folder": "cifar10-compact-memorise-class", "shown": "scrub"},
    "rows of data": {"base": {}, "rows": [{"data": {"name": "moons"}}, {"data": {"name": "xor", "noise": 0.3}}]},
}


@pytest.mark.parametrize("written", VIEWS.values(), ids=VIEWS)
def test_an_address_comes_back_as_the_same_view(written: dict[str, Any]):
    view = View.parse(written)
    query = view.to_query()
    assert all(isinstance(text, str) for text in query.values())
    assert View.from_query(query) == (view, [])


@pytest.mark.parametrize("written", VIEWS.values(), ids=VIEWS)
def test_json_comes_back_as_the_same_view(written: dict[str, Any]):
    view = View.parse(written)
    assert View.parse(json.loads(json.dumps(view.as_json(), allow_nan=False))) == view


def test_where_one_looks_stands_in_an_address_in_the_words_of_the_page():
    view = View.parse({"base": {}, "plane": ["cost", "auc"], "statistic": "tpr_at_01", "attack": "lira", "point": 17})
    assert view.to_query() == {"v": "1", "plane": "cost~auc", "statistic": "tpr_at_01", "attack": "lira", "point": "17"}
    swept = View.parse({"base": {}, "sweep": ["steps", "lr"], "numbers": ["cost"]})
    assert swept.to_query() == {"v": "1", "sweep": "steps~lr", "numbers": "cost"}


def test_a_link_and_a_file_from_before_show_what_they_showed():
    old = {"v": "1", "data": "moons(n:200)", "panels": "retrained~jit", "step": "0.5", "focus": "1"}
    view, ignored = View.from_query(old, "tradeoff")
    assert ignored == []
    assert (view.looks, view.own) == (AT_FIRST, None)
    assert view.to_query() == {name: text for name, text in old.items() if name != "focus"}  # 1 is the default
    file = {name: value for name, value in view.as_json().items() if name not in (*GROUP_OF, "own")}
    assert View.parse(file) == view


def test_what_is_shown_does_not_depend_on_where_one_looks():
    looking = View.parse({"base": {"seed": 3}, "step": 0.5, "plane": ["cost", "test"], "point": 3, "sweep": ["lr"]})
    assert looking.unlooked() == View.parse({"base": {"seed": 3}})


def test_attacks_stand_in_an_address():
    view = View.parse({"base": {"evaluation": {"attacks": ["loss", "entropy"]}}})
    assert view.to_query()["evaluation"] == "(attacks:[loss.entropy])"
    assert View.from_query(view.to_query()) == (view, [])


def test_the_default_view_has_the_shortest_address():
    assert View.default().to_query() == {"v": "1"}
    assert View.from_query({}) == (View.default(), [])


def test_an_address_holds_only_what_differs():
    view = View.parse(
        {"base": {"data": {"noise": 0.3}}, "panels": [{"method": "gradient_ascent", "knobs": {"lr": 0.1}}]}
    )
    assert view.to_query() == {"v": "1", "data": "moons(noise:0.3)", "panels": "gradient_ascent(lr:0.1)", "focus": "0"}


def test_runs_of_points_are_short():
    view = View.parse({"base": {"request": {"choose": "points", "index": [*range(5, 300), 302, 303]}}})
    assert view.to_query()["request"] == "points(index:[5-299.302.303])"


def test_a_hand_written_address_is_read():
    view, ignored = View.from_query(
        {"v": "1", "data": "moons(n:200,noise:.35)", "panels": "retrained~gradient_ascent(lr:.5)", "step": ".5"}
    )
    assert ignored == []
    assert (view.base.data.as_json()["noise"], view.step, len(view.panels)) == (0.35, 0.5, 2)


def test_specs_are_one_a_panel():
    view = View.default()
    specs = view.specs()
    assert [spec.method.name if spec.method else None for spec in specs] == [
        None if name == "retrained" else name for name in DEFAULT_PANELS
    ]
    assert all(spec.with_method(None) == view.base for spec in specs)


def test_the_acting_panel_is_the_one_in_focus_or_the_first_with_a_method():
    view = View.parse({"base": {}, "panels": [{"method": name} for name in ("retrained", "jit", "scrub")]})
    found = [replace(view, focus=at).acting() for at in range(3)]
    assert [panel and panel.name for panel in found] == ["jit", "jit", "scrub"]
    assert view.alone(0).acting() is None


def test_with_panel_replaces_one_panel():
    view = View.default()
    other = view.with_panel(2, parse_panel({"method": "original"}))
    assert other.panels[2].name == "original"
    assert other.panels[:2] + other.panels[3:] == view.panels[:2] + view.panels[3:]
    assert view == View.default()


def test_a_spec_file_opens_beside_retrained():
    view = View.parse(Spec.parse({"seed": 4, "method": {"name": "fine_tune"}}).as_json())
    assert [panel.name for panel in view.panels] == ["retrained", "fine_tune"]
    assert (view.base.seed, view.base.method) == (4, None)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"v": "2"}, "this link is of version 2, this explorer reads version 1"),
        ({"data": "stars"}, "data was ignored: `data.name` must be one of"),
        ({"data": "cifar10"}, "data was ignored: `data.name` must be one of blobs, circles,"),
        ({"rows": "data:cifar20"}, "rows was ignored: `data.name` must be one of blobs, circles,"),
        ({"data": "moons(noise:99)"}, "data.noise was ignored: `data.noise` must lie in [0, 2], got 99"),
        ({"data": "moons(noise:NaN)"}, "data.noise was ignored: `data.noise` must be a finite number, got nan"),
        ({"data": "moons(noise)"}, "data was ignored: it must look like name(field:value,...), got moons(noise)"),
        ({"data": "moons(noise:1"}, "data was ignored: it must look like name(field:value,...), got moons(noise:1"),
        ({"request": "cluster(label:3)"}, "request.label was ignored: `request.label` must lie in [0, 1], got 3"),
        ({"request": "points(index:[0-99999999])"}, "request was ignored: it must look like"),
        ({"request": "points(index:[1-])"}, "request was ignored: it must look like"),
        ({"request": f"points(index:[0-{'9' * 40}])"}, "request was ignored: it must look like"),
        ({"model": "mlp(widths:[999])"}, "model.widths was ignored: `widths` must be at most 4 whole numbers"),
        ({"training": "magic"}, "training was ignored: `training.recipe` must be one of standard, memorise, got magic"),
        (
            {"evaluation": "(shadows:-1)"},
            "evaluation.shadows was ignored: `evaluation.shadows` must lie in [0, 256]",
        ),
        ({"seed": "x"}, "seed was ignored: `seed` must be a whole number in [0, 2147483647], got x"),
        ({"seed": "[x-]"}, "seed was ignored: it must be a number, got [x-]"),
        ({"seed": "{" * 100_000}, "seed was ignored: `seed` must be a whole number"),
        ({"panels": ""}, "panels was ignored: `panels` must name one of original, retrained"),
        ({"panels": "wish"}, "panels was ignored: `panels` must name one of original, retrained"),
        ({"panels": "~".join(["jit"] * 9)}, "panels was ignored: `panels` must list 1 to 8 methods"),
        ({"step": "2"}, "step was ignored: `step` must lie in [0, 1], got 2"),
        ({"step": "NaN"}, "step was ignored: `step` must lie in [0, 1], got nan"),
        ({"layers": "mist~fog"}, "layers was ignored: `layers` must be among confidence, boundary"),
        ({"hidden": "everything"}, "hidden was ignored: `hidden` must be among presets, data"),
        ({"layout": "tower"}, "layout was ignored: `layout` must be one of auto, projector, got tower"),
        ({"focus": "9"}, "focus was ignored: `focus` must be the number of a panel, got 9"),
        ({"plane": "forget"}, "plane was ignored: `plane` must name what is across (forget, auc,"),
        ({"plane": "forget~forget"}, "plane was ignored: `plane` must name what is across"),
        ({"plane": "test~forget"}, "plane was ignored: `plane` must name what is across"),
        ({"statistic": "f1"}, "statistic was ignored: `statistic` must be one of auc, balanced_accuracy"),
        ({"attack": "brute"}, "attack was ignored: `attack` must be one of"),
        ({"shadow_models": "65"}, "shadow_models was ignored: `shadow_models` must be one of 64, 128, 256, got 65"),
        ({"shadow_models": "64.0"}, "shadow_models was ignored: `shadow_models` must be one of 64, 128, 256, got 64.0"),
        ({"shadow_attack": "loss"}, "shadow_attack was ignored: `shadow_attack` must be one of lira"),
        ({"point": "-1"}, "point was ignored: `point` must be the number of a training point, got -1"),
        ({"point": "1.5"}, "point was ignored: `point` must be the number of a training point, got 1.5"),
        ({"point": "[1-"}, "point was ignored: `point` must be the number of a training point"),
        ({"sweep": "wishes"}, "sweep was ignored: `sweep` must name at most two knobs of a method, each once"),
        ({"sweep": "lr~lr"}, "sweep was ignored: `sweep` must name at most two knobs of a method, each once"),
        ({"sweep": "lr~steps~samples"}, "sweep was ignored: `sweep` must name at most two knobs of a method"),
        ({"numbers": ""}, "numbers was ignored: `numbers` must name at least one of forget, retain"),
        ({"folder": "../../etc"}, "folder was ignored: `folder` must be the name of recorded runs, got ../../etc"),
        ({"runs": "jit~jit"}, "runs was ignored: `runs` must name at most 6 methods, each once"),
        ({"runs": "wish"}, "runs was ignored: `runs` must name at most 6 methods, each once"),
        ({"shown": "wish"}, "shown was ignored: `shown` must be the key of a method, got wish"),
        ({"cut": "-1"}, "cut was ignored: `cut` must be the number of a plane, got -1"),
        ({"utm_source": "mail"}, "utm_source was ignored: it is not a part of a link"),
        ({"base": "{}"}, "base was ignored: it is not a part of a link"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_part_is_named_and_keeps_its_default(query: dict[str, str], sentence: str):
    view, ignored = View.from_query(query)
    assert view == View.default()
    assert len(ignored) == 1 and ignored[0].startswith(sentence)
    assert "\n" not in ignored[0] and len(ignored[0]) < 600


def test_images_are_not_shown_as_points():
    with pytest.raises(SpecError, match=r"`data.name` must be one of .* csv where points of a plane are shown"):
        View.parse({"base": {"data": {"name": "cifar10"}}})
    with pytest.raises(SpecError, match=r"`data.name` must be one of .* csv where points of a plane are shown"):
        View.parse({"data": {"name": "cifar10"}, "method": None})


def test_a_bad_part_leaves_the_others():
    view, ignored = View.from_query({"data": "stars(noise:.1)", "seed": "5", "step": "0.5"})
    assert (view.base.data.name, view.base.seed, view.step) == ("moons", 5, 0.5)
    assert len(ignored) == 1


@pytest.mark.parametrize(
    ("query", "same", "sentences"),
    [
        (
            {"panels": "retrained~gradient_ascent(lr:9,steps:5)~jit(samples:3)"},
            {"panels": "retrained~gradient_ascent(steps:5)~jit(samples:3)"},
            ["lr of gradient_ascent was ignored: `method.knobs.lr` must lie in [0.0001, 1], got 9"],
        ),
        (
            {"panels": "gradient_ascent(lr:9,steps:-5)~jit(speed:3)"},
            {"panels": "gradient_ascent~jit"},
            [
                "lr of gradient_ascent was ignored: `method.knobs.lr` must lie in [0.0001, 1], got 9",
                "steps of gradient_ascent was ignored: `method.knobs.steps` must lie in",
                "speed of jit was ignored: `method.knobs.speed` is not known here",
            ],
        ),
        ({"panels": "jit~wish~scrub"}, {"panels": "jit~scrub"}, ["a panel was ignored: `panels` must name one of"]),
        (
            {"data": "circles(n:90,noise:99)"},
            {"data": "circles(n:90)"},
            ["data.noise was ignored: `data.noise` must lie in [0, 2], got 99"],
        ),
        (
            {"request": "class(label:3)"},
            {"request": "class"},
            ["request.label was ignored: `request.label` must lie in [0, 1], got 3"],
        ),
        (
            {"training": "memorise(lr:99,steps:50)"},
            {"training": "memorise(steps:50)"},
            ["training.lr was ignored: `training.lr` must lie in"],
        ),
        ({"layers": "boundary~fog"}, {"layers": "boundary"}, ["fog was ignored: `layers` must be among"]),
        ({"hidden": "data~walls"}, {"hidden": "data"}, ["walls was ignored: `hidden` must be among"]),
        (
            {"rows": "data:xor(n:90,noise:99)~data:stars"},
            {"rows": "data:xor(n:90)"},
            [
                "data.noise of a row was ignored: `data.noise` must lie in [0, 2], got 99",
                "a row was ignored: `data.name` must be one of",
            ],
        ),
        (
            {"own.method": "scrub(lr:1e9)", "own.seed": "3"},
            {"own.method": "scrub", "own.seed": "3"},
            ["own.method.lr was ignored: `method.knobs.lr` must lie in"],
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_value_takes_nothing_else_with_it(query: dict[str, str], same: dict[str, str], sentences: list[str]):
    view, ignored = View.from_query(query)
    assert view == View.from_query(same)[0] and view != View.default()
    assert [said[: len(sentence)] for said, sentence in zip(ignored, sentences, strict=True)] == sentences


def test_a_part_of_countless_fields_is_not_looked_at_one_by_one():
    view, ignored = View.from_query({"data": f"moons({','.join(f'a{k}:1' for k in range(5000))})"})
    assert view == View.default() and ignored[0].startswith("data was ignored: `data.a0` is not known here")


def test_a_request_may_come_before_the_data_it_is_of():
    view, ignored = View.from_query({"request": "class(label:4)", "data": "blobs(classes:5)"})
    assert ignored == []
    assert view.base.request.as_json()["label"] == 4


def test_focus_stays_among_the_panels():
    assert View.from_query({"panels": "jit~original", "focus": "7"})[0].focus == 1


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ([], "a View must be an object with named fields, got []"),
        ({"base": 3}, "base was ignored: it must be an object with named fields, got 3"),
        ({"base": {"dta": {}}}, "dta was ignored: `dta` is not known here"),
        ({"base": {"method": {"name": "jit"}}}, "method was ignored: methods stand in `panels`"),
        ({"base": {}, "panels": {}}, "panels was ignored: `panels` must list 1 to 8 methods, got {}"),
        (
            {"base": {}, "panels": [3]},
            "panels was ignored: `panels` must hold objects with a method and its knobs, got 3",
        ),
        ({"base": {}, "panels": [{"method": ["jit"]}]}, "panels was ignored: `panels` must name one of"),
        (
            {"base": {}, "panels": [{"method": "jit", "knobs": 3}]},
            "panels was ignored: `method.knobs` must be an object",
        ),
        ({"base": {}, "step": True}, "step was ignored: `step` must lie in [0, 1], got True"),
        ({"base": {}, "layers": ["fog"]}, "layers was ignored: `layers` must be among"),
        ({"base": {}, "layers": [["fog"]]}, "layers was ignored: `layers` must be among"),
        (
            {"base": {}, "page": "home"},
            f"page was ignored: `page` must be one of {', '.join(PAGES)}, got home",
        ),
        ({"base": {}, "colour": "red"}, "colour was ignored: `colour` is not a part of a link"),
        ({"data": {"noise": 99}}, "`data.noise` must lie in [0, 2], got 99"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_file_is_refused_with_one_sentence(written: Any, sentence: str):
    with pytest.raises(SpecError) as error:
        View.parse(written)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


SCRAPS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet='moonsjit()[]{}:,~.-0123456789eE"\\n', max_size=40),
    st.sampled_from(["moons", "points", "mlp", "jit", "gradient_ascent", "none", "1", "0.5", *LAYERS]),
    st.builds(
        lambda name, key, value: f"{name}({key}:{value})",
        st.sampled_from(["moons", "blobs", "csv", "cluster", "points", "class", "mlp", "standard", "jit", ""]),
        st.sampled_from(
            ["n", "noise", "seed", "label", "index", "widths", "lr", "sha256", "path", "fraction", "attacks"]
        ),
        st.one_of(
            st.integers().map(str), st.floats().map(str), st.text(max_size=10), st.sampled_from(["[1-3]", "[", "[]"])
        ),
    ),
)


@given(st.dictionaries(st.one_of(st.sampled_from(PARTS), st.text(max_size=8)), SCRAPS, max_size=6))
def test_garbage_in_an_address_never_raises(query: dict[str, str]):
    view, ignored = View.from_query(query)
    assert len(ignored) <= len(query)
    assert all(sentence and "\n" not in sentence for sentence in ignored)
    assert View.from_query(view.to_query()) == (view, [])


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["jit", "moons"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: JSON
            for name in ("v", "base", "panels", "page", "step", "layers", "layout", "hidden", "focus", *GROUP_OF, "own")
        },
    )
)
def test_garbage_in_a_file_is_one_sentence_at_most(written: dict[str, Any]):
    try:
        View.parse(written)
    except SpecError as error:
        assert str(error) and "\n" not in str(error)


@given(st.dictionaries(st.sampled_from(("data", "request", "model", "training", "method", "evaluation", "seed")), JSON))
def test_garbage_in_a_spec_is_one_sentence_at_most(written: dict[str, Any]):
    try:
        Spec.parse(written)
    except SpecError as error:
        assert str(error) and "\n" not in str(error)


def test_rows_change_the_base_in_one_part_each():
    view = View.parse(VIEWS["rows of requests"])
    first, second = view.bases()
    assert (first.request.choose, second.request.choose) == ("points", "random")
    assert first.data == second.data == view.base.data
    assert View.default().bases() == (View.default().base,)


@pytest.mark.parametrize(
    "rows", [{"data": {}}, [{"data": {}, "request": {}}], [{"seed": 1}], [{"request": {"choose": "?"}}], [{}] * 7]
)
def test_rows_that_cannot_be_are_refused(rows: Any):
    with pytest.raises(SpecError):
        View.parse({"base": {}, "rows": rows})


def test_a_row_in_an_address_that_cannot_be_read_is_ignored_with_a_sentence():
    view, ignored = View.from_query({"v": "1", "rows": "request:points(index:[1])~nonsense:xor"})
    assert view == View.from_query({"v": "1", "rows": "request:points(index:[1])"})[0]
    assert len(ignored) == 1 and "rows" in ignored[0]
