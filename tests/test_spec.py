import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.knobs import knob_infos
from explorer.spec import CannotAnswer, Spec, SpecError, changed_knobs, mismatch, offers, refuse_mismatch
from explorer.spec.catalog import CATALOG

# The default Spec as the design names it.
DEFAULT = {
    "data": {"name": "moons", "n": 400, "noise": 0.2, "seed": 0},
    "request": {"kind": "forget", "choose": "cluster", "label": 0, "fraction": 0.2},
    "model": {"name": "mlp", "widths": [32, 32], "activation": "tanh"},
    "training": {
        "optimizer": "adamw", "lr": 0.01, "weight_decay": 0.01, "batch": 32, "steps": 600, "schedule": "cosine",
    },
    "method": {"name": "jit", "knobs": {}},
    "evaluation": {"retrained_seeds": 5, "shadows": 0},
    "seed": 0,
}  # fmt: skip


def test_the_default_is_the_one_of_the_design():
    full = Spec.default().as_json()
    for part in ("data", "request", "model", "evaluation", "seed"):
        assert full[part] == DEFAULT[part]
    assert {name: full["training"][name] for name in DEFAULT["training"]} == DEFAULT["training"]
    assert full["method"]["name"] == "jit"
    assert changed_knobs(Spec.default().method) == {}  # type: ignore[arg-type]


def test_leaving_out_and_writing_out_the_defaults_is_the_same_run():
    written = json.loads(json.dumps(DEFAULT))
    assert Spec.parse({}) == Spec.parse(written) == Spec.parse(None) == Spec.default()
    assert Spec.parse({}).key() == Spec.parse(written).key()


SPECS: list[dict[str, Any]] = [
    {},
    {"seed": 7},
    {"method": None},
    {"method": {"name": "gradient_ascent", "knobs": {"lr": 0.1}}},
    {"training": {"recipe": "memorise"}},
    {"training": {"recipe": "memorise", "steps": 5}},
    {"model": {"widths": []}},
    {"request": {"choose": "points", "index": [3, 1, 2]}},
    {"request": {"choose": "random", "fraction": 0.1, "seed": 4}},
    {"request": {"choose": "random", "fraction": 0.1, "label": 1}},
    {"request": {"choose": "class", "label": 1}},
    {"request": {"choose": "mislabelled"}},
    {"request": {"kind": "correct_labels", "flip": 0.5}},
    {"request": {"kind": "erase_feature", "erase_column": 0, "fill": 2.5}},
    {"request": {"kind": "erase_feature", "choose": "random", "fraction": 0.5, "column": 0}},
    {"data": {"name": "blobs", "classes": 5}, "request": {"choose": "class", "label": 4}},
    {"data": {"name": "csv", "sha256": "0" * 64}},
    {"evaluation": {"retrained_seeds": 2, "shadows": 64}},
]


@pytest.mark.parametrize("given", SPECS, ids=str)
def test_json_comes_back_as_the_same_spec(given: dict[str, Any]):
    spec = Spec.parse(given)
    back = Spec.parse(json.loads(json.dumps(spec.as_json(), allow_nan=False)))
    assert back == spec
    assert back.key() == spec.key()


def test_every_method_and_data_set_and_chooser_comes_back():
    for name in CATALOG.methods:
        spec = Spec.parse({"method": {"name": name}})
        assert Spec.parse(spec.as_json()) == spec
    for name in CATALOG.data:
        for choose in CATALOG.choosers:
            spec = Spec.parse({"data": {"name": name}, "request": {"choose": choose}})
            assert Spec.parse(spec.as_json()) == spec


def test_every_changed_field_changes_the_key():
    keys = [Spec.parse(given).key() for given in SPECS]
    assert len(set(keys)) == len(keys)


def test_the_key_is_the_same_in_another_process():
    code = "from explorer.spec import Spec; print(Spec.parse({'seed': 7}).key())"
    root = Path(__file__).resolve().parent.parent
    there = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == Spec.parse({"seed": 7}).key()


def test_a_key_of_parts_depends_on_those_parts_only():
    one, other = Spec.parse({"method": {"name": "fine_tune"}}), Spec.parse({"method": {"name": "gradient_ascent"}})
    assert one.key("data", "training") == other.key("data", "training")
    assert one.key() != other.key()
    assert one.key("data") != one.key("training")


def test_a_recipe_fills_the_fields_that_are_not_given():
    training: Any = Spec.parse({"training": {"recipe": "memorise", "batch": 8}}).training
    assert (training.lr, training.weight_decay, training.steps, training.batch) == (0.03, 0.0, 1000, 8)
    assert (training.optimizer, training.schedule) == ("adamw", "cosine")
    assert Spec.parse({"training": {"recipe": "memorise", "steps": 7}}).as_json()["training"]["steps"] == 7


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([1], "the Spec must be an object with named fields, got [1]"),
        ([], "the Spec must be an object with named fields, got []"),
        ("moons", "the Spec must be an object with named fields, got moons"),
        ({"dta": {}}, "`dta` is not known here; known are: data, request, model, training, method, evaluation, seed"),
        ({"data": 3}, "`data` must be an object with named fields, got 3"),
        ({"data": None}, "`data` must be an object with named fields, got None"),
        ({"data": {"name": "stars"}}, "`data.name` must be one of blobs, circles, moons"),
        ({"data": {"name": ["moons"]}}, "`data.name` must be one of"),
        ({"data": {"noise": 99}}, "`data.noise` must lie in [0, 2], got 99"),
        ({"data": {"noise": float("nan")}}, "`data.noise` must be a finite number, got nan"),
        ({"data": {"n": 3}}, "`data.n` must lie in [20, 5000], got 3"),
        ({"data": {"n": 40.5}}, "`data.n` must be a whole number, got 40.5"),
        ({"data": {"n": "400"}}, "`data.n` must be a whole number, got 400"),
        ({"data": {"classes": 3}}, "`data.classes` is not known here; known are: n, noise, seed"),
        ({"data": {"seed": -1}}, "`data.seed` must lie in [0, 2147483647], got -1"),
        (
            {"request": {"kind": "erase"}},
            "`request.kind` must be one of forget, correct_labels, erase_feature, got erase",
        ),
        ({"request": {"choose": "luck"}}, "`request.choose` must be one of boundary, class, cluster"),
        ({"request": {"fraction": 1.5}}, "`request.fraction` must lie in [0, 1], got 1.5"),
        ({"request": {"label": 2}}, "`request.label` must lie in [0, 1], got 2"),
        ({"request": {"label": -1}}, "`request.label` must lie in [0, 99], got -1"),
        ({"request": {"choose": "random", "label": 2}}, "`request.label` must lie in [0, 1], got 2"),
        ({"data": {"name": "blobs"}, "request": {"label": 4}}, "`request.label` must lie in [0, 3], got 4"),
        ({"request": {"flip": 0.5}}, "`request.flip` is not known here"),
        ({"request": {"kind": "correct_labels", "flip": 2}}, "`request.flip` must lie in [0, 1], got 2"),
        (
            {"request": {"kind": "erase_feature", "fill": 1e9}},
            "`request.fill` must lie in [-100, 100], got 1000000000.0",
        ),
        ({"request": {"sequence": []}}, "`request.sequence` must be an object with named fields, got []"),
        (
            {"request": {"choose": "cluster", "sequence": {}}},
            "`request.choose` must be left out where `request.sequence` names the points",
        ),
        (
            {"request": {"kind": "erase_feature", "sequence": {}}},
            "`request.kind` must be forget where there is a sequence, got erase_feature",
        ),
        (
            {"request": {"sequence": {"order": "luck"}}},
            "`request.sequence.order` must be one of cluster, random, boundary, got luck",
        ),
        ({"request": {"sequence": {"size": 0}}}, "`request.sequence.size` must lie in [1, 500], got 0"),
        ({"request": {"sequence": {"batches": 51}}}, "`request.sequence.batches` must lie in [1, 50], got 51"),
        ({"request": {"sequence": {"label": 2}}}, "`request.sequence.label` must lie in [0, 1], got 2"),
        (
            {"request": {"sequence": {"order": "random", "label": 1}}},
            "`request.sequence.label` goes with the order cluster, got random",
        ),
        (
            {"data": {"name": "cifar10"}, "request": {"sequence": {}}},
            "`request.sequence` is for points of a plane, and `data.name` is cifar10",
        ),
        ({"request": {"choose": "points", "index": [0.5]}}, "`request.index.0` must be a whole number, got 0.5"),
        ({"model": {"name": "vit"}}, "`model.name` must be one of mlp"),
        ({"model": {"widths": [0]}}, "`widths` must be at most 4 whole numbers in [1, 256], got [0]"),
        ({"model": {"widths": "32"}}, "`model.widths` must be a list, got 32"),
        ({"model": {"activation": "sine"}}, "`model.activation` must be one of relu, tanh, gelu, got sine"),
        ({"training": {"recipe": "magic"}}, "`training.recipe` must be one of standard, memorise, got magic"),
        ({"training": {"lr": 0}}, "`training.lr` must lie in [1e-05, 10], got 0"),
        ({"training": {"epochs": 3}}, "`training.epochs` is not known here; known are: recipe, optimizer, lr"),
        ({"method": {"name": "wish"}}, "`method.name` must be one of"),
        ({"method": {"name": "jit", "lr": 1}}, "`method.lr` is not known here; known are: name, knobs"),
        (
            {"method": {"name": "gradient_ascent", "knobs": {"lr": 99}}},
            "`method.knobs.lr` must lie in [0.0001, 1], got 99",
        ),
        ({"method": {"name": "gradient_ascent", "knobs": {"x": 1}}}, "`method.knobs.x` is not known here"),
        (
            {"method": {"name": "gradient_ascent", "knobs": 3}},
            "`method.knobs` must be an object with named fields, got 3",
        ),
        ({"evaluation": {"retrained_seeds": 1}}, "`evaluation.retrained_seeds` must lie in [2, 20], got 1"),
        ({"evaluation": {"attacks": ["guess"]}}, "`evaluation.attacks` must be one of"),
        ({"evaluation": {"audits": ["guess"]}}, "`evaluation.audits` must be one of"),
        ({"evaluation": {"attacks": "loss"}}, "`evaluation.attacks` must be a list, got loss"),
        ({"seed": -1}, "`seed` must be a whole number in [0, 2147483647], got -1"),
        ({"seed": True}, "`seed` must be a whole number in [0, 2147483647], got True"),
        ({"seed": 0.5}, "`seed` must be a whole number in [0, 2147483647], got 0.5"),
        ({"seed": "x" * 500}, "`seed` must be a whole number in [0, 2147483647], got xxx"),
    ],
    ids=str,
)
def test_a_wrong_spec_is_refused_with_one_sentence(given: Any, sentence: str):
    with pytest.raises(SpecError) as error:
        Spec.parse(given)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


def test_a_spec_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Spec.default().seed = 3  # type: ignore[misc]


def test_with_part_replaces_whole_parts_and_leaves_the_original():
    spec = Spec.default()
    other = spec.with_part(data={"name": "circles"}, seed=3)
    assert (other.data.name, other.seed, other.method) == ("circles", 3, spec.method)
    assert (spec.data.name, spec.seed) == ("moons", 0)
    with pytest.raises(SpecError, match="`dta` is not known here"):
        spec.with_part(dta={})


def test_with_method_changes_the_key():
    spec = Spec.default()
    assert spec.key() != spec.with_method(Spec.parse({"method": {"name": "fine_tune"}}).method).key()


def test_changed_knobs_are_those_that_differ():
    method = Spec.parse({"method": {"name": "gradient_ascent", "knobs": {"lr": 0.25}}}).method
    assert method is not None
    assert changed_knobs(method) == {"lr": 0.25}
    assert set(method.as_json()["knobs"]) == set(knob_infos(type(method.knobs)))


def test_a_method_that_cannot_answer_says_why():
    only_classes = [name for name, method in CATALOG.methods.items() if "forget" not in method.answers]
    for name in only_classes:
        spec = Spec.parse({"method": {"name": name}, "request": {"choose": "random"}})
        with pytest.raises(SpecError, match=rf"^{name} answers requests .*; this request is "):
            refuse_mismatch(spec, whole_class=False)


def test_a_method_that_forgets_classes_answers_for_a_whole_class():
    for name, method in CATALOG.methods.items():
        if "forget_class" in method.answers:
            model = {"widths": []} if method.networks == "linear" else {}
            spec = Spec.parse({"method": {"name": name}, "request": {"choose": "class"}, "model": model})
            assert mismatch(spec, whole_class=True) == ""


def test_a_certificate_asked_of_a_network_says_why_there_is_none():
    spec = Spec.parse({"method": {"name": "certified_removal"}})
    with pytest.raises(
        CannotAnswer, match=r"^certified_removal answers for the linear model \(`model\.widths` \[\]\); "
    ):
        refuse_mismatch(spec, whole_class=False)
    assert mismatch(spec, whole_class=False).endswith("this network has hidden widths [32, 32]")
    assert mismatch(spec.with_part(model={"widths": []}), whole_class=False) == ""


def test_no_method_is_no_mismatch():
    assert mismatch(Spec.default(None), whole_class=False) == ""


def test_corrections_ask_for_methods_that_correct():
    spec = Spec.parse({"method": {"name": "gradient_ascent"}, "request": {"kind": "correct_labels"}})
    reason = mismatch(spec, whole_class=False)
    assert reason.startswith("Gradient ascent answers requests to forget points")
    assert reason.endswith("; this request is labels to correct")


@pytest.mark.parametrize("kind", ["forget", "correct_labels", "erase_feature"])
@pytest.mark.parametrize("whole_class", [False, True])
def test_methods_on_offer_are_those_that_no_mismatch_keeps_out(kind: str, whole_class: bool):
    spec = Spec.parse({"request": {"kind": kind, "choose": "class"}})
    can, why = offers(spec, whole_class=whole_class)
    reasons = {
        name: mismatch(spec.with_part(method={"name": name}), whole_class=whole_class) for name in CATALOG.methods
    }
    assert can == [name for name, reason in reasons.items() if not reason]
    assert why == [reason for reason in reasons.values() if reason]
    assert ("unsir" in can) == (kind == "forget" and whole_class)


def test_a_refusal_names_the_method_by_key_to_commands_and_by_title_to_pages():
    spec = Spec.parse({"method": {"name": "unsir"}})
    with pytest.raises(CannotAnswer, match=r"^unsir answers requests for a whole class; ") as caught:
        refuse_mismatch(spec, whole_class=False)
    assert caught.value.said.startswith("UNSIR answers requests for a whole class; ")
    sent = pickle.loads(pickle.dumps(caught.value))  # as a worker process sends it
    assert (str(sent), sent.said) == (str(caught.value), caught.value.said)


def test_a_stream_of_requests_is_read_back_with_its_defaults_filled_in():
    spec = Spec.parse({"request": {"sequence": {"size": 3}}})
    asked = {"kind": "forget", "sequence": {"batches": 20, "size": 3, "order": "cluster", "label": 0}}
    assert spec.as_json()["request"] == asked
    assert Spec.parse(spec.as_json()) == spec
    assert spec.key() != Spec.default().key()


def test_a_request_without_a_stream_has_the_json_and_the_key_that_it_had():
    plain = Spec.parse({"request": {"sequence": None}})
    assert list(plain.as_json()["request"]) == ["kind", "choose", "label", "fraction"]
    assert plain.key() == Spec.default().key()
