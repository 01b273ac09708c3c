"""Each rule, on numbers made up by hand, gives each of its verdicts."""

from math import nan

import pytest

from explorer.experiments.claims import camu, dui, jit, tmu
from explorer.experiments.claims.bounds import RIVALS
from explorer.experiments.claims.claim import Missing, Rule, verdict
from explorer.experiments.claims.said import CLAIMS
from explorer.records import Band

HOLDS, PART, NOT = "holds", "holds in part", "does not hold here"


def numbers(**named: float | list[float]) -> dict[str, Band]:
    """Return Bands; `_` in a name stands for a space, `__` for a comma and a space, but in a method's key."""
    spaced = {name: name if name in RIVALS else name.replace("__", ", ").replace("_", " ") for name in named}
    return {spaced[name]: Band(tuple(value) if isinstance(value, list) else (value,)) for name, value in named.items()}


def ten(usual: float, *others: float) -> list[float]:
    """Return ten values: the others, and the usual one for the rest."""
    return [*others, *[usual] * (10 - len(others))]


CLASS = {"original_forgotten": 0.8, "original_kept": 0.7}
ATTACK = {"retrained_rate": [0.08, 0.10, 0.12], "original_rate": 0.9}
ALIGN = {"original": 1.0, "retrained": [0.59, 0.60, 0.61]}
KEPT = {"retrained_forgotten": [0.0, 0.02], "retrained_kept": [0.70, 0.72]}
BACK = {"forgotten": ten(0.0), "retrained_forgotten": ten(0.0), "retrained_back": ten(0.1)}
LABELS = {"retrained": ten(0.97), "original": ten(0.76)}
EVEN = {"together__none": ten(0.2), "evenly__first": ten(0.01), "evenly__second": ten(0.01)}
LOST = {"together__none": ten(0.2), "evenly__first": ten(0.03), "evenly__second": ten(0.03)}
FEATURE = {"without": ten(1.0), "retrained_test": ten(0.93)}
PICTURE = {"toward__down": ten(-0.5), "picture__down": ten(0.1), "toward__up": ten(0.2), "picture__up": ten(0.002)}

CASES = [
    (jit.COMES_CLOSER, HOLDS, {"stated": ten(-0.1, 0.1), "reading": ten(-0.1)}),  # one seed of ten is let off
    (jit.COMES_CLOSER, PART, {"stated": ten(0.2), "reading": ten(-0.1)}),
    (jit.COMES_CLOSER, PART, {"stated": ten(-0.1, 0.1, 0.1), "reading": ten(-0.1)}),  # two are not
    (jit.COMES_CLOSER, NOT, {"stated": ten(0.2), "reading": ten(nan)}),
    (jit.GOES_AS_FAR, HOLDS, {"stated": ten(-0.02), "reading": ten(-0.08), "retrained": ten(-0.04)}),
    (jit.GOES_AS_FAR, PART, {"stated": ten(-0.04), "reading": ten(-0.09), "retrained": ten(-0.04)}),
    (jit.GOES_AS_FAR, NOT, {"stated": ten(0.04), "reading": ten(-0.01), "retrained": ten(-0.04)}),
    (jit.STAYS, HOLDS, {"stated": ten(0.02), "reading": ten(-0.02)}),
    (jit.STAYS, PART, {"stated": ten(0.03), "reading": ten(0.0)}),
    (jit.STAYS, NOT, {"stated": ten(0.03), "reading": ten(nan)}),
    (jit.GOES_TOO_FAR, HOLDS, {"greedy": ten(-0.4, nan), "retrained": ten(-0.2)}),
    (jit.GOES_TOO_FAR, HOLDS, {"greedy": ten(nan), "retrained": ten(-0.2)}),
    (jit.GOES_TOO_FAR, PART, {"greedy": ten(-0.3, nan, nan, nan, nan, nan), "retrained": ten(-0.2)}),
    (jit.GOES_TOO_FAR, NOT, {"greedy": ten(-0.3), "retrained": ten(-0.2)}),
    (jit.AS_IN_THE_PICTURE, HOLDS, {**PICTURE, "toward__down": ten(0.1), "picture__down": ten(0.009)}),
    (jit.AS_IN_THE_PICTURE, PART, PICTURE),
    (jit.AS_IN_THE_PICTURE, NOT, {**PICTURE, "picture__up": ten(0.02)}),
    (jit.FORGETS_FOR_LITTLE, HOLDS, {**CLASS, "forgotten": 0.2, "kept": 0.69}),
    (jit.FORGETS_FOR_LITTLE, PART, {**CLASS, "forgotten": 0.2, "kept": 0.68}),
    (jit.FORGETS_FOR_LITTLE, PART, {**CLASS, "forgotten": 0.4, "kept": 0.7}),
    (jit.FORGETS_FOR_LITTLE, NOT, {**CLASS, "forgotten": 0.0, "kept": 0.6}),
    (jit.FORGETS_FOR_LITTLE, NOT, {**CLASS, "forgotten": 0.5, "kept": 0.7}),
    (jit.HIDES, HOLDS, {**ATTACK, "rate": 0.14}),
    (jit.HIDES, PART, {**ATTACK, "rate": 0.45}),
    (jit.HIDES, NOT, {**ATTACK, "rate": 0.5}),
    (jit.COLLAPSES, HOLDS, {"large_rates": [0.0, 0.5], "small_rates": [0.9, 1.0]}),
    (jit.COLLAPSES, PART, {"large_rates": [0.0, 0.9], "small_rates": [0.9]}),
    (jit.COLLAPSES, PART, {"large_rates": [0.1], "small_rates": [0.9, 0.2]}),
    (jit.COLLAPSES, NOT, {"large_rates": [0.9], "small_rates": [0.2]}),
    (tmu.IS_ALIGNED, HOLDS, {**ALIGN, "unlearned": 0.7}),
    (tmu.IS_ALIGNED, PART, {**ALIGN, "unlearned": 0.79}),
    (tmu.IS_ALIGNED, PART, {**ALIGN, "unlearned": 0.41}),  # below retrained is as far as above
    (tmu.IS_ALIGNED, NOT, {**ALIGN, "unlearned": 0.9}),
    (tmu.IS_ALIGNED, NOT, {"original": ten(0.9), "retrained": ten(0.8), "unlearned": [0.7, 0.9] * 5}),  # seed by seed
    (tmu.KEEPS_TEST, HOLDS, {"test": 0.74, "original_test": 0.75}),
    (tmu.KEEPS_TEST, PART, {"test": 0.71, "original_test": 0.75}),
    (tmu.KEEPS_TEST, NOT, {"test": 0.69, "original_test": 0.75}),
    (tmu.IS_NEAREST, HOLDS, {**ALIGN, "unlearned": 0.7, "bad_teacher": 0.4}),
    (tmu.IS_NEAREST, NOT, {**ALIGN, "unlearned": 0.9, "bad_teacher": 0.5}),
    (camu.REMOVES_AND_KEEPS, HOLDS, {**KEPT, "forgotten": 0.07, "kept": 0.68}),
    (camu.REMOVES_AND_KEEPS, PART, {**KEPT, "forgotten": 0.07, "kept": 0.67}),
    (camu.REMOVES_AND_KEEPS, NOT, {**KEPT, "forgotten": 0.08, "kept": 0.72}),
    (camu.DOES_NOT_RETURN, HOLDS, {**BACK, "back": ten(0.15, 0.9)}),
    (camu.DOES_NOT_RETURN, PART, {**BACK, "back": ten(0.1, *[0.9] * 5)}),
    (camu.DOES_NOT_RETURN, NOT, {**BACK, "back": ten(0.9)}),
    (dui.REPAIRS, HOLDS, {**LABELS, "unlearned": ten(0.95, 0.5)}),
    (dui.REPAIRS, PART, {**LABELS, "unlearned": ten(0.97, *[0.5] * 5)}),
    (dui.REPAIRS, NOT, {**LABELS, "unlearned": ten(0.9)}),
    (dui.REPAIRS, HOLDS, {"retrained": [0.75, 0.77], "original": 0.65, "unlearned": 0.745}),  # one run, some models
    (dui.REPAIRS, PART, {"retrained": [0.75, 0.77], "original": 0.65, "unlearned": 0.71}),
    (dui.REPAIRS, NOT, {"retrained": [0.75, 0.77], "original": 0.65, "unlearned": 0.70}),
    (dui.SHIFT_HINDERS, HOLDS, {**EVEN, "together__first": ten(0.11, 0.01), "together__second": ten(0.3)}),
    (dui.SHIFT_HINDERS, PART, {**EVEN, "together__first": ten(0.09), "together__second": ten(0.3)}),
    (dui.SHIFT_HINDERS, NOT, {**EVEN, "together__first": ten(0.01), "together__second": ten(0.01)}),
    (dui.SHIFT_HINDERS, NOT, {**LOST, "together__first": ten(0.2), "together__second": ten(0.2)}),
    (dui.REMOVES_THE_FEATURE, HOLDS, {**FEATURE, "sensitivity": ten(0.6, 0.7), "test": ten(0.91)}),
    (
        dui.REMOVES_THE_FEATURE,
        PART,
        {**FEATURE, "sensitivity": ten(0.5, *[0.7] * 2), "test": ten(0.91)[:7] + [0.8] * 3},
    ),
    (dui.REMOVES_THE_FEATURE, NOT, {**FEATURE, "sensitivity": ten(0.5, *[0.7] * 3), "test": ten(0.91)[:7] + [0.8] * 3}),
    (dui.REMOVES_THE_FEATURE, NOT, {**FEATURE, "sensitivity": ten(0.7), "test": ten(0.92)}),
]


@pytest.mark.parametrize(("rule", "expected", "named"), CASES)
def test_a_rule_gives_its_verdict(rule: Rule, expected: str, named: dict[str, float | list[float]]):
    assert verdict(rule, numbers(**named)) == expected


@pytest.mark.parametrize("nearer", [2, 1])
def test_tmu_is_nearest_in_part_where_half_of_the_others_are_farther(nearer: int):
    away = {"neg_grad_plus": Band((0.9,)), "gradient_ascent": Band((0.9,)), "random_labels": Band((0.6,))}
    away["bad_teacher"] = Band((0.6 if nearer == 1 else 0.9,))
    held = {**numbers(**ALIGN, unlearned=0.8), **away}
    assert verdict(tmu.IS_NEAREST, held) == PART


def test_every_rule_of_a_claim_is_among_the_cases_with_all_its_verdicts():
    for rule in {id(claim.rule): claim.rule for claim in CLAIMS}.values():
        found = {expected for one, expected, _ in CASES if one is rule}
        assert found >= ({HOLDS, NOT} if rule is tmu.IS_NEAREST else {HOLDS, PART, NOT}), rule.says


@pytest.mark.parametrize(
    ("rule", "named", "word"),
    [
        (jit.FORGETS_FOR_LITTLE, {**CLASS, "original_forgotten": 0.0, "forgotten": 0.0, "kept": 0.7}, "nothing"),
        (tmu.IS_ALIGNED, {"original": 0.62, "retrained": [0.6], "unlearned": 0.6}, "nothing to align"),
        (tmu.IS_NEAREST, {**ALIGN, "unlearned": 0.7}, "none of the methods"),
        (camu.DOES_NOT_RETURN, {**BACK, "forgotten": ten(0.3), "back": ten(0.3)}, "not forgotten in the first place"),
        (dui.REPAIRS, {"retrained": [0.76], "original": 0.74, "unlearned": 0.76}, "nothing to repair"),
        (jit.HIDES, {"rate": 0.1, "original_rate": 0.9}, "do not have this number: retrained rate"),
        (jit.HIDES, {**ATTACK, "rate": nan}, "not defined in the recorded runs: rate"),
    ],
)  # fmt: skip
def test_where_nothing_can_be_said_the_reason_is_given(rule: Rule, named: dict[str, float | list[float]], word: str):
    found = verdict(rule, numbers(**named))
    assert isinstance(found, Missing) and word in found.because


@pytest.mark.parametrize("rule", {id(claim.rule): claim.rule for claim in CLAIMS}.values(), ids=lambda rule: "")
def test_a_rule_says_when_it_holds_in_part_and_not(rule: Rule):
    assert rule.says.startswith("Holds where ") and rule.says.endswith("it does not hold here.")
    assert "; in part " in rule.says
