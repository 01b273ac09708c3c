"""The numbers of recorded runs, read from the JSON that ships and from JSON that is wrong."""

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from explorer.experiments.cifar import files
from explorer.records import Accuracies, Band, Cost, RunNumbers, Summary

SHIPPED = sorted(files.SHIPPED.glob("*/*.json"))
SAID = {"straight": False, "trouble": "", "note": "", "tuned": ""}
ATTACK = {
    "auc": 0.75, "auc_low": 0.7, "auc_high": 0.8, "balanced_accuracy": 0.6, "tpr_at_1": 0.1, "tpr_at_01": None,
    "members": 9.0, "others": 8.0,
}  # fmt: skip
SMALL: dict[str, Any] = {
    "models": [{"accuracy": {"retain": 1.0, "forget": 0.5, "test": 0.25}, "attacks": {"loss": ATTACK}}],
    "seconds": {"train": 3.0, "record": 1.0},
    "example_gradients": {"train": 64.0},
    **SAID,
}


def test_what_ships_is_read_and_written_with_the_same_values():
    assert len(SHIPPED) == 140
    for file in SHIPPED:
        content = json.loads(file.read_text("utf-8"))["numbers"]
        assert RunNumbers.from_json(content).as_json() == with_kept(content), file


def with_kept(content: dict[str, Any]) -> dict[str, Any]:
    """Return numbers with `test_kept`, which files that are older than it lack."""
    content = copy.deepcopy(content)
    for model in content["models"]:
        accuracy = model["accuracy"]
        accuracy.setdefault("test_kept", accuracy.get("test_retain", accuracy["test"]))
    return content


def test_what_stays_is_tested_on_the_test_images_of_what_is_not_forgotten():
    assert Accuracies(1.0, 0.5, 0.25).test_kept == 0.25
    assert Accuracies(1.0, 0.5, 0.25, test_retain=0.75, test_forget=0.1).test_kept == 0.75
    assert Accuracies(1.0, 0.5, 0.25, test_kept=0.5).test_kept == 0.5
    (file,) = (one for one in SHIPPED if one.match("cifar10-compact-memorise-class/jit.json"))
    accuracy = files.read_numbers(file.parent, "jit").models[0].accuracy
    assert accuracy.test_kept == accuracy.test_retain is not None
    assert math.isnan(Accuracies(1.0, 0.5, math.nan).test_kept or 0.0)


def test_every_number_stands_where_its_name_says():
    (file,) = (one for one in SHIPPED if one.match("cifar10-compact-memorise-class/jit.json"))
    content = json.loads(file.read_text("utf-8"))["numbers"]
    found = RunNumbers.from_json(content)
    assert found.to_retrained is not None and found.made is not None
    assert found.models[0].accuracy.test_forget == content["models"][0]["accuracy"]["test_forget"]
    assert found.models[0].attacks["rmia"].auc == content["models"][0]["attacks"]["rmia"]["auc"]
    assert found.to_retrained.js_divergence.max == content["to_retrained"]["js_divergence"]["max"]
    assert found.to_retrained.attacks["loss"].auc.n == content["to_retrained"]["attacks"]["loss"]["auc"]["n"] == 3
    assert found.seconds.unlearn == content["seconds"]["unlearn"] and found.seconds.train is None
    assert found.made.versions["torch"] == content["made"]["versions"]["torch"]


def test_null_is_a_number_that_is_not_defined_and_what_was_not_measured_is_left_out():
    found = RunNumbers.from_json(SMALL)
    assert math.isnan(found.models[0].attacks["loss"].tpr_at_01)
    assert found.models[0].attacks["loss"].paper_rate is None and found.models[0].accuracy.test_retain is None
    assert found.as_json() == with_kept(SMALL)


def test_older_files_of_references_say_less():
    older = {name: value for name, value in SMALL.items() if name not in SAID}
    assert RunNumbers.from_json(older).as_json() == with_kept(SMALL)


def test_work_is_what_one_model_took_without_recording():
    assert Cost(train=5.0, record=7.0).work == 5
    assert Cost(unlearn=2.0, prepare=1.0, record=7.0).work == 3
    assert math.isnan(Cost(record=7.0).work)


def test_a_band_is_kept_as_mean_range_and_count():
    assert Summary.of(Band((1.0, float("nan"), 4.0))) == Summary(2.5, 1.0, 4.0, 2)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("models.0.accuracy.retain", "all", "`numbers.models.0.accuracy.retain` must be a valid number, got all"),
        ("models.0.attacks.loss.auc", True, "`numbers.models.0.attacks.loss.auc` must be a valid number, got True"),
        ("models.0.accuracy.unlearned", 1.0, "`numbers.models.0.accuracy.unlearned` is not known here"),
        ("models.0.accuracy", {"retain": 1.0, "forget": 1.0}, "`numbers.models.0.accuracy.test` must be given"),
        ("models", [], "`numbers.models` must hold a model, found none"),
        ("seconds.train", [3], r"`numbers.seconds.train` must be a valid number, got \[3\]"),
        ("straight", 1, "`numbers.straight` must be a valid boolean, got 1"),
        ("made", "here", "`numbers.made` must be an object, got here"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_field_rule_and_value(tmp_path: Path, path: str, value: Any, sentence: str):
    content = copy.deepcopy(SMALL)
    *way, last = path.split(".")
    at: Any = content
    for name in way:
        at = at[int(name) if isinstance(at, list) else name]
    at[last] = value
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        RunNumbers.from_json(content)
    place = tmp_path / "folder"
    place.mkdir()
    (place / "jit.json").write_text(json.dumps({"numbers": content}))
    with pytest.raises(files.Unreadable, match=f"^the recorded run folder/jit cannot be read: {sentence}$"):
        files.read_numbers(place, "jit")
