"""How exposed each point is: what is drawn of one point is what the attack fits, and the map agrees with the table."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from explorer import metrics, pipeline
from explorer.attacks import _gaussians
from explorer.spec import Spec
from tests._claims import memo
from tests.attacks._worlds import shadows

SPEC = Spec.parse({"data": {"n": 80}})


@pytest.mark.parametrize("unlearned", [False, True])
@pytest.mark.parametrize(("models", "shared"), [(64, True), (126, True), (128, False)])
def test_a_point_s_spreads_follow_the_attack_s_rule(models: int, shared: bool, unlearned: bool, monkeypatch: Any):
    stack, labels = shadows(k=models)
    fitted: list[np.ndarray] = []

    def spy(phi: np.ndarray, used: np.ndarray) -> Any:
        found = _gaussians.normal(phi, used)
        fitted.append(found[1][:80])
        return found

    monkeypatch.setattr("explorer.attacks.lira.normal", spy)
    pipeline.exposed(pipeline.Run(SPEC), stack, labels, unlearned=unlearned)
    assert (len(np.unique(fitted[0])) == 1) == shared  # what the attack does with the first half of the models
    drawn = [pipeline.point_worlds(stack, labels, row, unlearned=unlearned) for row in range(80)]
    assert {one.shared for one in drawn} == {shared}
    for name, place in (("inside_normal", 0), ("outside_normal", 1)):
        spreads = np.array([getattr(one, name)[1] for one in drawn])
        assert (len(np.unique(spreads)) == 1) == shared
        halves = np.sqrt((fitted[place] ** 2 + fitted[place + 2] ** 2) / 2)  # in, out; in, out
        np.testing.assert_allclose(spreads, halves, rtol=0.05 if shared else 0.4)


def test_a_shared_spread_is_the_root_mean_square_over_all_points_and_worlds_they_are_used_in():
    stack, labels = shadows(k=20, n=6, u=5, forget=2)
    phi = metrics.phi(stack.after, labels)
    inside = np.pad(stack.member, ((0, 0), (0, 5)))
    drawn = pipeline.point_worlds(stack, labels, 3)
    for used, (mean, spread) in ((inside, drawn.inside_normal), (~inside, drawn.outside_normal)):
        groups = [phi[used[:, i], i] for i in range(11) if used[:, i].any()]
        squares = sum(((one - one.mean()) ** 2).sum() for one in groups)
        assert spread == pytest.approx(np.sqrt(squares / sum(len(one) - 1 for one in groups)))
        assert mean == pytest.approx(phi[used[:, 3], 3].mean())


def one_point(models: int) -> Spec:
    return Spec.parse(
        {
            "data": {"n": 60, "noise": 0.35},
            "model": {"widths": [8]},
            "training": {"steps": 40},
            "request": {"choose": "points", "index": [7]},
            "method": {"name": "fine_tune", "knobs": {"steps": 3}},
            "evaluation": {"shadows": models},
        }
    )


def test_of_a_single_forget_point_map_and_table_say_the_same():
    # its pairs are all pairs, so the map's value is the table's number; both judge the same halves of the models
    spec = one_point(32)
    run = pipeline.Run(spec, memo)
    stack, labels = pipeline.shadows(run), pipeline.shadow_labels(run)
    table = pipeline.pairs_judged(run, stack, labels, ["u_lira"], unlearned=False)
    assert pipeline.exposed(pipeline.Run(spec), stack, labels, unlearned=False)[7] == pytest.approx(
        table["u_lira"].auc, abs=1e-12
    )


def test_with_models_enough_for_each_point_s_own_spread_they_agree_after_unlearning_too():
    stack, labels = shadows(k=128, n=60, forget=0)
    forget = stack.member & (np.arange(60) == 7)
    stack = dataclasses.replace(stack, forget=forget)
    table = pipeline.pairs_judged(pipeline.Run(one_point(128), memo), stack, labels, ["u_lira"], unlearned=True)
    assert pipeline.exposed(pipeline.Run(one_point(128)), stack, labels, unlearned=True)[7] == pytest.approx(
        table["u_lira"].auc
    )


def test_how_much_there_is_to_forget_is_the_table_s_lira_before():
    spec = one_point(32)
    run = pipeline.Run(spec, memo)
    stack, labels = pipeline.shadows(run), pipeline.shadow_labels(run)
    table = pipeline.pairs_judged(run, stack, labels, ["lira"], unlearned=False)
    assert pipeline.exposure(run, models=32).auc == pytest.approx(table["lira"].auc)
