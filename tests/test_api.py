"""What the explorer is from Python: the names that stay, and values that are those of the command and of each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer import api, pipeline
from explorer.models.mlp import build
from explorer.view import View

SPEC: dict[str, Any] = {
    "data": {"n": 60}, "model": {"widths": [4]}, "training": {"steps": 20},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 3}},
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def result(place: Path) -> api.Result:
    return api.run(SPEC, store=place)


def test_the_numbers_are_those_of_the_command(result: api.Result):
    again = pipeline.result(pipeline.Run(result.spec))
    assert {**result.numbers, "cost": 0} == {**again, "cost": 0}
    assert result.numbers["spec"] == result.spec.as_json()


def test_arrays_have_their_documented_names_and_shapes(result: api.Result):
    shapes = {name: array.shape for name, array in result.arrays.items()}
    n, m, p = 60, 2000, 2 * 4 + 4 + 4 * 2 + 2
    assert shapes == {
        "x": (n, 2), "y": (n,), "x_test": (m, 2), "y_test": (m,), "forget": (12,), "step": (4,),
        "path_weights": (4, p), "path_logits": (4, n + m, 2), "original_logits": (5, n + m, 2),
        "retrained_logits": (2, n + m, 2),
    }  # fmt: skip
    assert result.arrays["step"].tolist() == [0, 1, 2, 3]
    documented = set(api.Result.arrays.func.__doc__.split("`"))  # type: ignore[union-attr]  # it has one
    assert set(shapes) <= documented


def test_arrays_agree_with_the_numbers(result: api.Result):
    arrays, n = result.arrays, 60
    answers = arrays["path_logits"][-1].argmax(axis=-1)
    accuracy = result.numbers["models"]["unlearned"]["accuracy"]
    assert np.mean(answers[arrays["forget"]] == arrays["y"][arrays["forget"]]) == pytest.approx(accuracy["forget"])
    assert np.mean(answers[n:] == arrays["y_test"]) == pytest.approx(accuracy["test"])


@pytest.mark.parametrize(("model", "k"), [("unlearned", 0), ("original", 0), ("original", 4), ("retrained", 1)])
def test_weights_make_the_logits(result: api.Result, model: pipeline.Role, k: int):
    network = build(result.spec.model.options, (2,), 2)  # type: ignore[arg-type]  # they are the MLP's
    network.load_state_dict({name: torch.from_numpy(value) for name, value in result.weights(model, k).items()})
    arrays, space = result.arrays, pipeline.Run(result.spec).data.space
    expected = arrays["path_logits"][-1] if model == "unlearned" else arrays[f"{model}_logits"][k]
    with torch.no_grad():
        found = network(torch.from_numpy(space.standardise(arrays["x"]))).numpy()
    np.testing.assert_allclose(found, expected[: len(found)], atol=1e-5)


@pytest.mark.parametrize(
    ("model", "k", "said"),
    [
        ("unlearned", 1, r"`k` must lie in \[0, 0\] for unlearned models, got 1"),
        ("retrained", 2, r"`k` must lie in \[0, 1\] for retrained models, got 2"),
        ("twin", 0, "`model` must be one of unlearned, original, retrained, got twin"),
    ],
)
def test_a_model_that_is_not_there_is_one_sentence(result: api.Result, model: Any, k: int, said: str):
    with pytest.raises(ValueError, match=said):
        result.weights(model, k)


def test_files_of_specs_and_views_are_loaded(result: api.Result, place: Path, tmp_path: Path):
    spec, view = tmp_path / "spec.json", tmp_path / "view.json"
    spec.write_text(json.dumps(SPEC))
    panels = [{"method": "retrained"}, SPEC["method"] | {"method": "gradient_ascent"}, {"method": "fine_tune"}]
    panels = [{name: value for name, value in panel.items() if name != "name"} for panel in panels]
    base = {name: value for name, value in SPEC.items() if name != "method"}
    view.write_text(json.dumps(View.parse({"base": base, "panels": panels}).as_json()))
    assert api.load(spec) == [result.spec]
    assert [one.method.name for one in api.load(view) if one.method] == ["gradient_ascent", "fine_tune"]
    assert api.load(view)[0] == result.spec
    assert api.run(spec, store=place).numbers == result.numbers  # from the store, its seconds too
    with pytest.raises(ValueError, match=r"view.json holds 2 runs: take one of load\("):
        api.run(view)
    spec.write_text("{")
    with pytest.raises(ValueError, match=r"spec.json must hold a Spec or a View as JSON"):
        api.load(spec)


def test_a_file_nested_too_deeply_is_one_sentence(tmp_path: Path):
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"deep\.json must hold a Spec or a View as JSON: maximum recursion depth"):
        api.load(tmp_path / "deep.json")


def test_points_of_ones_own_are_read_by_path(place: Path, tmp_path: Path):
    rows = [f"{i % 7};{i % 5},5;{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "mine.csv").write_text("\n".join(["wide;high;kind", *rows]))
    data = {"name": "csv", "path": str(tmp_path / "mine.csv"), "columns": ["high", "wide", "kind"]}
    found = api.run({**SPEC, "data": data, "request": {"choose": "random"}}, store=place)
    assert set(found.arrays["x"][:, 0].tolist()) == {0.5, 1.5, 2.5, 3.5, 4.5}
