"""The claims are data: each has its place, its settings and a rule, and none has a verdict."""

from dataclasses import fields
from pathlib import Path

import pytest

from explorer.experiments.cifar.published import JIT_CLASS
from explorer.experiments.claims import jit
from explorer.experiments.claims.claim import CHECKED, Claim, judge, verdict
from explorer.experiments.claims.said import CLAIMS
from explorer.records import Band
from explorer.spec.catalog import CATALOG


def test_the_four_methods_have_claims():
    assert list(dict.fromkeys(claim.method for claim in CLAIMS)) == ["jit", "tmu", "camu", "dui"]
    assert {claim.method for claim in CLAIMS} <= set(CATALOG.methods)


def test_a_claim_has_no_field_for_a_verdict():
    assert "verdict" not in {field.name for field in fields(Claim)}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.place)
def test_a_claim_is_whole(claim: Claim):
    assert claim.settings and claim.checked in CHECKED
    assert claim.says.endswith(".") and not claim.paper.endswith(".")
    assert claim.place.startswith(CATALOG.methods[claim.method].title)


def test_without_recorded_runs_nothing_is_tested_and_each_has_its_reason(tmp_path: Path):
    for claim in CLAIMS:
        for setting in claim.settings:
            found = judge(claim, setting, tmp_path)
            assert found.verdict == "not tested" and found.because and not found.numbers


def test_the_paper_s_own_numbers_hold_by_the_rules_of_its_table():
    rows = {entry.name: entry.values for entry in JIT_CLASS.entries}
    ours, before, afresh = (
        {name: Band((value,)) for name, value in rows[row].items()}
        for row in ("JiT (zero-shot)", "Original", "Retrained")
    )
    table = {
        "forgotten": ours["test_forget"], "original forgotten": before["test_forget"], "kept": ours["test_retain"],
        "original kept": before["test_retain"], "rate": ours["mia"], "retrained rate": afresh["mia"],
        "original rate": before["mia"],
    }  # fmt: skip
    assert verdict(jit.FORGETS_FOR_LITTLE, table) == "holds"
    assert verdict(jit.HIDES, table) == "holds"
