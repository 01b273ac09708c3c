"""An unlearned model of one's own is compared as the method `given`: all numbers, no path, no cost."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer import api, pipeline
from explorer.experiments.cifar import files as cifar_files
from explorer.experiments.cifar import own
from explorer.experiments.store.store import Store
from explorer.models._weights import FILES
from explorer.recording import running
from explorer.records import ImageRun
from explorer.spec import GIVEN, Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.training import precision
from tests.pipeline._noise import BASE, spec

pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture(scope="module")
def claimed(store: Store, files: None) -> bytes:
    """Return what somebody saves of the model that the method of these runs makes, wrapped as by DataParallel."""
    state = pipeline.weights_of(pipeline.Run(spec(), store.memo), "unlearned")
    file = io.BytesIO()
    torch.save({"net": {f"module.{name}": torch.from_numpy(value) for name, value in state.items()}}, file)
    return file.getvalue()


def with_given(knobs: dict[str, Any], **more: Any) -> Spec:
    return spec(method={"name": GIVEN, "knobs": knobs}, **more)


@pytest.mark.long
def test_of_a_large_given_model_no_precision_of_a_method_is_told(
    store: Store, run: ImageRun, claimed: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "FULL", 0)
    monkeypatch.setattr(precision, "half", lambda device: True)
    asked = with_given({"sha256": pipeline.remember_weights(claimed)})
    assert pipeline.method_run(pipeline.Run(asked, store.memo)).numbers.steps is None


def test_a_given_model_has_all_the_numbers_of_the_run_that_made_it(store: Store, run: ImageRun, claimed: bytes):
    asked = with_given({"sha256": pipeline.remember_weights(claimed)})
    given = pipeline.method_run(pipeline.Run(asked, store.memo))
    assert (given.name, given.title) == ("given", "Given")
    assert given.numbers.models == run.numbers.models and given.numbers.to_retrained == run.numbers.to_retrained
    assert given.numbers.seconds.work != given.numbers.seconds.work  # not a number
    assert given.numbers.example_gradients.unlearn is None and "no method was run" in given.numbers.note


def test_it_is_one_step_from_the_original_on_the_same_planes(store: Store, run: ImageRun, claimed: bytes):
    asked = with_given({"sha256": pipeline.remember_weights(claimed)})
    given = pipeline.method_run(pipeline.Run(asked, store.memo)).snapshots[0]
    assert given.step.tolist() == [0, 1]
    for name in ("logits", "features", "region", "margin"):
        mine, made = getattr(given, name), getattr(run.snapshots[0], name)
        assert np.array_equal(mine[0], made[0]) and np.array_equal(mine[1], made[-1])


def test_the_same_file_is_the_same_run_and_another_is_another(claimed: bytes):
    key = pipeline.remember_weights(claimed)
    assert with_given({"sha256": key}).key() == with_given({"sha256": key}).key()
    assert with_given({"sha256": key}).key() != with_given({"sha256": "0" * 64}).key()
    assert Spec.parse(with_given({"sha256": key}).as_json()) == with_given({"sha256": key})


def test_a_spec_names_it_by_path_on_the_command_line(tmp_path: Path, claimed: bytes):
    file = tmp_path / "theirs.pth"
    file.write_bytes(claimed)
    FILES.clear()
    found = api.run(with_given({"path": str(file)}), store=tmp_path / "store")
    assert found.spec.as_json()["method"]["knobs"]["sha256"] == pipeline.remember_weights(claimed)
    cost = found.numbers["cost"]
    assert cost["seconds"]["unlearn"] is None and cost["example_gradients"]["prepare"] is None
    assert found.numbers["models"]["unlearned"]["attacks"].keys() == {"loss", "entropy"}
    weights = found.weights("unlearned")
    assert np.array_equal(weights["head.bias"], torch.load(file, weights_only=True)["net"]["module.head.bias"])


@pytest.mark.long
def test_ones_own_run_on_a_given_model_is_written_beside_the_others(tmp_path: Path, claimed: bytes):
    asked, store = with_given({"sha256": pipeline.remember_weights(claimed)}), Store(tmp_path)
    heard: list[str] = []
    name = own.own(asked, store, lambda done, total, sentence: heard.append(sentence))
    assert name == own.own(spec(), store, lambda *_: None)
    folder = tmp_path / "recorded" / name
    written = cifar_files.read_run(folder, "given")
    assert written.numbers.tuned == "a model from a file, no knobs" and "Looking at your unlearned model" in heard
    assert written.numbers.models == cifar_files.read_run(folder, "gradient_ascent").numbers.models


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"model": {"width": 8}}, "must have shape"),
        ({"model": {"name": "resnet18", "width": 8}}, "the file must hold `stem.0.weight`"),
        ({"request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2}},
         "given answers requests to forget points; this request is labels to correct"),
    ],
    ids=["width", "network", "labels"],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_sentence(claimed: bytes, store: Store, more: dict[str, Any], sentence: str):
    asked = with_given({"sha256": pipeline.remember_weights(claimed)}, **more)
    with pytest.raises(SpecError, match=sentence):
        pipeline.method_run(pipeline.Run(asked, store.memo))


def test_a_model_that_does_not_fit_is_refused_before_anything_is_trained(tmp_path: Path, claimed: bytes):
    asked = with_given({"sha256": pipeline.remember_weights(claimed)}, model={"width": 8})
    heard: list[Any] = []
    with pytest.raises(SpecError, match="must have shape"):
        own.own(asked, Store(tmp_path), lambda *told: heard.append(told))
    assert heard == []


def test_a_file_that_is_not_at_hand_is_asked_for(store: Store):
    run = pipeline.Run(with_given({"sha256": "0" * 64}), store.memo)
    assert pipeline.given_missing(run.spec) == "the file with SHA-256 000000000000... is not here: please give it again"
    with pytest.raises(SpecError, match="is not here: please give it again"):
        pipeline.method_run(run)
    with pytest.raises(SpecError, match=r"`method.knobs` must name the file of the unlearned model"):
        pipeline.method_run(pipeline.Run(with_given({}), store.memo))
    with pytest.raises(SpecError, match=r"`method.knobs.path` is read on the command line only"):
        pipeline.method_run(pipeline.Run(with_given({"path": "/etc/hostname"}), store.memo))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"data": {"name": "moons"}}, "`method.name` given compares networks for images, and `data.name` is moons"),
        ({"method": {"name": GIVEN, "knobs": {"lr": 1}}},
         "`method.knobs.lr` is not known here; known are: sha256, path, deviations"),
        ({"method": {"name": GIVEN, "knobs": {"deviations": "of_images"}}},
         "`method.knobs.deviations` are those of a file: name it by `method.knobs.path` or `method.knobs.sha256`"),
        ({"model": {"sha256": "0" * 64, "deviations": "of_images"}, "data": {"name": "cifar100"}},
         "`model.deviations` of_images are known of cifar10 only, got cifar100"),
    ],
    ids=["points", "knob", "no file", "data"],
)  # fmt: skip
def test_a_spec_that_cannot_be_is_one_sentence(parts: dict[str, Any], sentence: str):
    with pytest.raises(SpecError) as raised:
        Spec.parse({"data": BASE["data"], "method": {"name": GIVEN}, **parts})
    assert str(raised.value) == sentence


def test_deviations_of_a_file_are_in_the_key_and_leave_the_retrained_models_as_they_are(store: Store, claimed: bytes):
    key = pipeline.remember_weights(claimed)
    plain, said = (spec(model={"width": 4, "sha256": key, **more}) for more in ({}, {"deviations": "of_images"}))
    assert plain.key("model") != said.key("model")
    assert pipeline.without_weights(said).key() == pipeline.without_weights(plain).key() == spec().key()
    first, second = (pipeline.original(pipeline.Run(one, store.memo), 0).state for one in (plain, said))
    assert not np.array_equal(first, second) and first.shape == second.shape


def test_it_is_no_method_to_choose():
    assert GIVEN not in CATALOG.methods and GIVEN not in list(CATALOG.methods)
    assert CATALOG.methods[GIVEN].title == "Given"
    with pytest.raises(KeyError):
        CATALOG.methods["wish"]
    assert dataclasses.is_dataclass(CATALOG.methods[GIVEN])
