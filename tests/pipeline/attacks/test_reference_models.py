"""Attacks on image models, and the models that RMIA compares with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.pipeline.attacks.one_model import a_of_image_model
from explorer.pipeline.references import judged_rows
from explorer.records import Data, Shadows
from tests.pipeline._noise import spec

pytestmark = pytest.mark.usefixtures("files")
SUBCLASS: dict[str, Any] = {"data": {"name": "cifar20", "n": 800}, "request": {"choose": "subclass", "label": 3}}


def test_reference_models_are_shared_by_requests_and_judge_question_a(store: Store):
    asked = spec(evaluation={"retrained_seeds": 2, "shadows": 6, "attacks": ["rmia"]})
    told = pipeline.original_run(pipeline.Run(asked, store.memo)).numbers.models[0].attacks["rmia"]
    assert 0 <= told.auc <= 1 and told.members > 0
    inside, logits = pipeline.reference_model(pipeline.Run(asked, store.memo), 0)
    other = spec(request={"choose": "class", "label": 1}, evaluation=asked.evaluation.model_dump(exclude_none=True))
    again = pipeline.reference_model(pipeline.Run(other, store.memo), 0)
    assert np.array_equal(inside, again[0]) and np.array_equal(logits, again[1])


def test_the_unseen_images_of_a_sub_class_are_test_images_of_that_very_sub_class(
    fine: Data, monkeypatch: pytest.MonkeyPatch
):
    asked = spec(**SUBCLASS, evaluation={"retrained_seeds": 2, "shadows": 4, "attacks": ["loss", "svc", "rmia"]})
    run = pipeline.Run(asked)
    rows = judged_rows(run)
    forget, retain = rows.forget, rows.retain
    labels = np.concatenate([fine.train.y[forget], fine.train.y[retain], fine.test.y])
    logits = np.random.default_rng(0).normal(size=(len(labels), 20)).astype(np.float32)
    test = logits[len(forget) + len(retain) :]
    logits[: len(forget)] = np.eye(20, dtype=np.float32)[0] * 20  # sure and right of what is forgotten,
    test[fine.test.y == 0] = logits[0]  # and of its class,
    test[fine.test.subclass == 3] = 0.0  # but of its unseen sub-class it knows nothing
    inside = np.random.default_rng(0).random((4, len(forget) + len(retain))) < 0.5
    inside[0], inside[1] = ~inside[2], ~inside[3]
    stack = np.zeros((4, len(labels), 20), dtype=np.float32)
    held = Shadows(inside, inside & False, stack, stack, np.arange(4))
    monkeypatch.setattr("explorer.pipeline.attacks.one_model.reference_models", lambda *_: held)
    told = a_of_image_model(run, logits)
    assert {name: (found["members"], found["others"]) for name, found in told.items()} == {
        "loss": (8, 6), "svc": (8, 3), "rmia": (8, 3),
    }  # fmt: skip
    assert told["loss"]["auc"] == told["rmia"]["auc"] == 1
