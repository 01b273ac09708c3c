"""Retrained models of images, and how they are judged."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.pipeline.references import accuracies, judged_rows
from explorer.records import Data
from tests.pipeline._noise import spec

pytestmark = pytest.mark.usefixtures("files")
SUBCLASS: dict[str, Any] = {"data": {"name": "cifar20", "n": 800}, "request": {"choose": "subclass", "label": 3}}


def test_retrained_models_do_not_depend_on_what_was_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch):
    first = pipeline.retrained(pipeline.Run(spec(), store.memo), 0).state
    have = pipeline.Run(spec(), store.memo).data
    rows = pipeline.Run(spec(), store.memo).sets.forget
    x = have.train.x.copy()
    x[rows] = 255 - x[rows]
    other = dataclasses.replace(have, train=dataclasses.replace(have.train, x=x))
    monkeypatch.setattr("explorer.pipeline.data._images", lambda key, spec: other)
    assert np.array_equal(pipeline.retrained(pipeline.Run(spec()), 0).state, first)


def test_of_a_sub_class_test_images_of_it_and_all_others_are_counted_apart(fine: Data):
    asked = spec(**SUBCLASS)
    run = pipeline.Run(asked)
    rows = judged_rows(run)
    forget, retain = rows.forget, rows.retain
    logits = np.eye(20, dtype=np.float32)[np.concatenate([fine.train.y[forget], fine.train.y[retain], fine.test.y])]
    test = len(forget) + len(retain)
    logits[test + np.flatnonzero(fine.test.subclass == 3)[:2], 7] = 2.0
    logits[test + np.flatnonzero(fine.test.subclass == 4)[:3], 7] = 2.0  # of the same class
    told = accuracies(run, logits)
    assert told["test_forget"] == 4 / 6 and told["test_retain"] == 591 / 594
    assert told["forget"] == told["retain"] == 1
