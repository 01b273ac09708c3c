"""Files of recorded runs: titles, and files that are wrong."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest

from explorer.experiments.cifar import files
from explorer.spec.catalog import CATALOG
from tests.pages import _recordings

SHIPPED = sorted(files.SHIPPED.glob("*/*.json"))


def test_every_shipped_run_has_the_title_that_its_method_declares():
    titles = {"original": "Original", "retrained": "Retrained"}
    titles |= {key: method.title for key, method in CATALOG.methods.items()}
    assert len(SHIPPED) == 140
    for file in SHIPPED:
        assert json.loads(file.read_text("utf-8"))["title"] == titles[file.stem], file


def test_an_older_file_without_a_title_is_named_by_its_key(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("fine_tune",))
    assert files.read_run(place, "fine_tune").title == "The fine_tune"
    change(place / "fine_tune.json", title="")
    assert files.read_run(place, "fine_tune").title == "Fine tune"


@pytest.mark.parametrize(
    ("name", "field", "value", "sentence"),
    [
        ("jit", "spec", 3, "the recorded run {}/jit cannot be read: `spec` must be an object, got 3"),
        ("jit", "snapshots", "1", "the recorded run {}/jit cannot be read: `snapshots` must be a whole number, got 1"),
        ("jit", "numbers", None, "the recorded run {}/jit cannot be read: `numbers` must be an object, got None"),
        ("original", "scene", {}, "the recorded runs in {} cannot be read: `title` must be text, got None"),
    ],
)
def test_a_wrong_field_is_one_sentence(tmp_path: Path, name: str, field: str, value: Any, sentence: str):
    place = _recordings.write(tmp_path, methods=("jit",))
    change(place / f"{name}.json", **{field: value})
    with pytest.raises(files.Unreadable) as error:
        files.load(place.name, tmp_path)
    assert str(error.value) == sentence.format(place.name)


def test_a_file_that_holds_no_object_is_one_sentence(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    (place / "jit.json").write_text("[]")
    with pytest.raises(files.Unreadable, match=r"jit cannot be read: it must hold an object, got \[\]$"):
        files.read_run(place, "jit")


def test_the_oracles_numbers_come_back_as_they_were_written(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    assert files.read_oracle(place, "jit") is None and files.load(place.name, tmp_path).oracle == {}
    _recordings.write_oracle(place)
    held = files.load(place.name, tmp_path)
    assert set(held.methods) == set(held.oracle) == {"jit"}
    assert held.oracle["jit"].numbers.models[0].accuracy.forget == 0.62
    assert held.oracle["jit"].probes == {"forget": 0.6, "retain": 0.97, "test": 0.72, "auc": 0.55}


def test_what_is_not_defined_on_the_probes_is_null_in_the_file(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    _recordings.write_oracle(place)
    held = files.read_oracle(place, "jit")
    assert held is not None
    files.write_oracle(place, dataclasses.replace(held, probes={**held.probes, "auc": math.nan}))
    assert json.loads((place / "oracle/jit.json").read_text())["probes"]["auc"] is None
    again = files.read_oracle(place, "jit")
    assert again is not None and math.isnan(again.probes["auc"])


def test_damaged_numbers_of_an_oracle_are_one_sentence(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    _recordings.write_oracle(place)
    change(place / "oracle/jit.json", probes=3)
    with pytest.raises(files.Unreadable, match=r"the oracle's numbers of .*/jit cannot be read: `probes` must be"):
        files.load(place.name, tmp_path)


def change(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
