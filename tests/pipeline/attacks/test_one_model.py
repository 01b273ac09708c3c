"""What the attacks say of a run: which are asked, of whom, on which points, and how it stands in the JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from explorer import metrics, pipeline
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

CHEAP = ["loss", "entropy", "loss_regression"]
NO_SHADOWS = [key for key, attack in CATALOG.attacks.items() if "shadows" not in attack.needs]


def quick(**parts: Any) -> Spec:
    given = {
        "data": {"n": 80},
        "model": {"widths": [8]},
        "training": {"steps": 40},
        "request": {"choose": "random", "fraction": 0.3},
        "method": {"name": "fine_tune", "knobs": {"steps": 4}},
        "evaluation": {"retrained_seeds": 3, "attacks": CHEAP},
    }
    return Spec.parse({**given, **parts})


def remembering() -> tuple[dict[str, Any], Any]:
    known: dict[str, Any] = {}

    def memo(key: str, thunk: Any, /) -> Any:
        if key not in known:
            known[key] = thunk()
        return known[key]

    return known, memo


def strict(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def test_by_default_every_attack_that_needs_no_shadows_is_asked():
    spec = quick(evaluation={"retrained_seeds": 2})
    names, left_out = pipeline.asked(pipeline.Run(spec))
    assert names == NO_SHADOWS
    assert set(left_out) == set(CATALOG.attacks) - set(NO_SHADOWS)
    assert all("`evaluation.shadows` is 0" in reason for reason in left_out.values())


def test_each_attack_answers_its_own_questions_over_all_models():
    numbers = pipeline.attack_numbers(pipeline.Run(quick()))
    for role, models in {"original": 5, "unlearned": 5, "retrained": 3}.items():
        assert set(numbers.a[role]) == set(CHEAP)
        assert {len(band.values) for band in numbers.a[role]["loss"].values()} == {models}
    assert set(numbers.b) == set(numbers.b_floor) == {"loss", "entropy"}
    assert len(numbers.b["loss"]["auc"].values) == 5 * 3
    assert len(numbers.b_floor["loss"]["auc"].values) == 3
    assert min(numbers.b_floor["loss"]["auc"].values) >= 0.5


def test_question_a_of_loss_is_the_auc_of_forgotten_against_unseen_points_of_their_classes():
    spec = quick(request={"choose": "class", "label": 1})
    run = pipeline.Run(spec)
    numbers, made, have = pipeline.attack_numbers(run), run.sets, run.data
    logits = pipeline.path(run).logits[-1]
    n, same = len(made.before), have.test.y == 1
    losses = [
        metrics.cross_entropy(logits[made.forget], made.before.y[made.forget]),
        metrics.cross_entropy(logits[n:][same], have.test.y[same]),
    ]
    member = np.repeat([1, 0], [len(loss) for loss in losses])
    expected = roc_auc_score(member, -np.concatenate(losses))
    assert numbers.a["unlearned"]["loss"]["auc"].values[0] == pytest.approx(expected)
    assert numbers.a["unlearned"]["loss"]["others"].values[0] == same.sum()


def test_a_method_that_does_nothing_is_the_original_to_every_attack():
    numbers = pipeline.attack_numbers(pipeline.Run(quick(method={"name": "fine_tune", "knobs": {"steps": 0}})))
    assert numbers.a["unlearned"] == numbers.a["original"]


def test_on_screen_only_is_the_first_of_all():
    spec = quick()
    run = pipeline.Run(spec)
    one, five = pipeline.attack_numbers(run, spread=False), pipeline.attack_numbers(run)
    assert one.a["retrained"] == five.a["retrained"]
    for role in ("original", "unlearned"):
        for name, found in one.a[role].items():
            assert {key: band.values for key, band in found.items()} == {
                key: five.a[role][name][key].values[:1] for key in found
            }
    assert one.b == five.b


def test_another_knob_asks_only_the_unlearned_model_again():
    known, memo = remembering()
    pipeline.attack_numbers(pipeline.Run(quick(), memo))
    before = set(known)
    pipeline.attack_numbers(pipeline.Run(quick(method={"name": "fine_tune", "knobs": {"steps": 5}}), memo))
    new = sorted("-".join(key.split("-")[:3]) for key in set(known) - before if key.startswith("attack"))
    asked_again = [f"attack-unlearned-{name}" for name in CHEAP]
    assert new == sorted(["attack-b-entropy", "attack-b-loss", *asked_again])


def test_ticks_count_attacks():
    ticks: list[tuple[int, int]] = []
    pipeline.attack_numbers(pipeline.Run(quick(), tick=lambda done, total: ticks.append((done, total))))
    assert ticks == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_curves_have_the_area_that_the_numbers_say():
    spec = quick()
    run = pipeline.Run(spec)
    numbers = pipeline.attack_numbers(run)
    for name in ("loss", "loss_regression"):
        curves = pipeline.roc_curves(run, name)
        assert {role: len(found) for role, found in curves.items()} == {"original": 1, "unlearned": 1, "retrained": 3}
        for role, found in curves.items():
            areas = [float(np.trapezoid(curve.tpr, curve.fpr)) for curve in found]
            assert areas == pytest.approx(list(numbers.a[role][name]["auc"].values[: len(areas)]))


@pytest.mark.parametrize("name", ["rmia", "lira_offline"])
def test_curves_of_attacks_over_models_that_judge_unseen_points_are_against_unseen_points(name: str):
    spec = quick(evaluation={"retrained_seeds": 2, "shadows": 16, "attacks": [name]})
    known, memo = remembering()
    run = pipeline.Run(spec, memo)
    said, curves = pipeline.attack_numbers(run).a, pipeline.roc_curves(run, name)
    assert {role: len(found) for role, found in curves.items()} == {"original": 1, "unlearned": 1, "retrained": 2}
    for role, found in curves.items():
        areas = [float(np.trapezoid(curve.tpr, curve.fpr)) for curve in found]
        assert areas == pytest.approx(list(said[role][name]["auc"].values[: len(areas)]))
    pooled = pipeline.pair_curves(run, name)
    assert set(pooled) == set(curves) and known
    table = pipeline.pairs_judged(
        run,
        pipeline.shadows(run),
        pipeline.shadow_labels(run),
        [name],
        unlearned=True,
    )
    one = pooled["unlearned"]
    assert np.trapezoid(one.tpr, one.fpr) == pytest.approx(table[name].auc, abs=0.06)  # the table averages two halves


def test_a_single_point_is_too_few_for_question_a_but_not_for_b():
    spec = quick(request={"choose": "points", "index": [5]}, evaluation={"retrained_seeds": 3})
    run = pipeline.Run(spec)
    numbers = pipeline.attack_numbers(run)
    assert set(numbers.b) == {"loss", "entropy", "confidence"} - set(numbers.left_out)
    result = strict(pipeline.result(run))
    assert "svc" not in result["models"]["original"]["attacks"]
    for name in ("svc", "camu_asr", "loss_regression"):
        assert "at least 4 forgotten points, got 1" in numbers.left_out[name]


def test_the_result_carries_attacks_in_the_promised_shape():
    result = strict(pipeline.result(pipeline.Run(quick())))
    for role in ("original", "unlearned"):
        assert list(result["models"][role]["attacks"]) == sorted(CHEAP)
        assert 0 <= result["models"][role]["attacks"]["loss"]["auc"] <= 1
        assert result["models"][role]["attacks"]["loss"]["tpr_at_1"] is not None  # 2,000 others support 1 %
    assert set(result["models"]["retrained"]["attacks"]["loss"]["auc"]) == {"mean", "min", "max", "n"}
    assert result["models"]["retrained"]["attacks"]["loss"]["auc"]["n"] == 3
    assert set(result["to_retrained"]["attacks"]) == set(result["floor"]["attacks"]) == {"entropy", "loss"}
    assert result["to_retrained"]["attacks"]["loss"]["auc"]["n"] == 15
    assert result["floor"]["weight_distance"] == {"mean": None, "min": None, "max": None, "n": 0}


def test_what_is_not_defined_is_null():
    spec = quick(data={"name": "csv", "sha256": csv(40)}, request={"choose": "random", "fraction": 0.4})
    found = strict(pipeline.result(pipeline.Run(spec)))["models"]["unlearned"]["attacks"]["loss"]
    assert found["others"] < 100
    assert found["tpr_at_1"] is None and found["tpr_at_01"] is None


def csv(n: int) -> str:
    rows = [f"{i % 2 * 3 + i % 7 / 7:.3f},{i % 5 / 5:.3f},{i % 2}" for i in range(n)]
    return pipeline.remember_csv(("x1,x2,label\n" + "\n".join(rows) + "\n").encode())


def test_shadow_models_add_the_attacks_that_need_them():
    names = ["loss", "lira", "lira_offline", "rmia", "u_lira"]
    spec = quick(evaluation={"retrained_seeds": 2, "shadows": 24, "attacks": names})
    result = strict(pipeline.result(pipeline.Run(spec)))
    for role in ("original", "unlearned", "retrained"):
        assert set(result["models"][role]["attacks"]) == set(names)
    assert 0 < result["models"]["unlearned"]["attacks"]["u_lira"]["auc"] < 1
    assert result["models"]["retrained"]["attacks"]["u_lira"]["auc"]["n"] == 1
    assert result["models"]["retrained"]["attacks"]["rmia"]["auc"]["n"] == 2


def test_a_method_that_is_not_live_leaves_them_out():
    spec = quick(
        method={"name": "sisa"}, evaluation={"retrained_seeds": 2, "shadows": 24, "attacks": ["loss", "u_lira"]}
    )
    numbers = pipeline.attack_numbers(pipeline.Run(spec), spread=False)
    assert set(numbers.a["unlearned"]) == {"loss"}
    assert "is not live" in numbers.left_out["u_lira"]
