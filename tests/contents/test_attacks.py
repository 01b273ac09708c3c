"""What the page *Attacks* computes, from the pipeline to its tables."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer import pipeline
from explorer.contents import attacks, live_attack
from explorer.contents.attacks import Asked
from explorer.contents.tables import attacks as attack_tables
from explorer.experiments.store.store import Store
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View, over_models, parse_panel
from tests._claims import memo

VIEW = View(
    Spec.parse(
        {
            "data": {"n": 80, "noise": 0.35},
            "request": {"choose": "random", "fraction": 0.2},
            "training": {"steps": 60},
            "evaluation": {"retrained_seeds": 3, "attacks": ["loss", "entropy"]},
            "method": None,
        }
    ),
    tuple(
        parse_panel(panel)
        for panel in ({"method": "retrained"}, {"method": "fine_tune", "knobs": {"steps": 5}}, {"method": "unsir"})
    ),
)


@pytest.fixture(scope="module")
def asked() -> Asked:
    *_, last = attacks.asking(VIEW, memo, lambda *_: None)
    return last


def test_everything_is_asked_and_a_method_that_cannot_answer_says_why(asked: Asked):
    assert asked.complete and asked.exposure is not None
    assert list(asked.numbers) == ["1:fine_tune"]
    assert "whole class" in asked.refused["2:unsir"]
    said = asked.numbers["1:fine_tune"].a
    assert len(said["unlearned"]["loss"]["auc"].finite) == pipeline.ORIGINALS
    assert len(said["retrained"]["loss"]["auc"].finite) == 3


def test_by_default_the_slow_attacks_wait_until_they_are_asked_for():
    bare = replace(VIEW, base=VIEW.base.with_part(evaluation={}))
    assert set(attacks.every()) - set(attacks.chosen(bare)) == {"camu_asr", "svc"}
    assert attacks.chosen(VIEW) == ["entropy", "loss"]


def test_the_method_in_focus_is_the_panel_s_or_the_first():
    assert attacks.focus(VIEW) == "1:fine_tune"
    assert attacks.focus(replace(VIEW, focus=0)) == "1:fine_tune"
    assert attacks.focus(replace(VIEW, focus=2)) == "2:unsir"


def test_which_attacks_are_asked_live_follows_from_what_they_declare():
    assert attacks.per_point() == ["u_lira", "lira", "lira_offline", "rmia"]
    # not tmu_population, which ranks as the loss attack does
    assert attacks.population() == ["loss", "confidence", "entropy", "modified_entropy"]
    assert attacks.judging_unseen() == ["lira_offline", "rmia"]


def test_the_live_attack_is_another_with_another_number_of_retrained_models():
    other = VIEW.base.with_part(evaluation={"retrained_seeds": 4, "attacks": ["loss", "entropy"]})
    assert attacks.run_key(replace(VIEW, base=other)) == attacks.run_key(VIEW)
    assert attacks.live_key(replace(VIEW, base=other)) != attacks.live_key(VIEW)


def test_a_new_attack_over_models_appears_in_the_live_attack(monkeypatch: pytest.MonkeyPatch):
    new = replace(CATALOG.attacks["rmia"], title="Mine")
    monkeypatch.setitem(CATALOG.attacks, "mine", new)  # pyright: ignore[reportArgumentType]  # a dict, as it happens
    *_, last = live_attack.attacking(attacks.methods(VIEW)["1:fine_tune"], 32, Store(None).memo, lambda *_: None)
    assert list(last.curves) == ["u_lira", "lira", "lira_offline", "mine", "rmia"]
    assert last.unseen is not None and "mine" in last.unseen.a["retrained"]
    assert last.aucs["retrained"]["mine"] == last.aucs["retrained"]["rmia"]
    assert "Mine" in attack_tables.same_pairs(last.aucs, last.intervals, {role: role for role in last.aucs})


def test_the_live_attack_knows_every_role_and_is_kept(tmp_path: Path):
    spec, store = attacks.methods(VIEW)["1:fine_tune"], Store(tmp_path)
    ticks: list[tuple[int, int]] = []
    first, *_, last = live_attack.attacking(spec, 32, store.memo, lambda done, total, _="": ticks.append((done, total)))
    assert list(first.exposed) == ["original", "unlearned"]
    assert list(last.exposed) == list(last.aucs) == ["original", "unlearned", "retrained"]
    assert ticks[0] == (0, 64) and max(done for done, _ in ticks) >= 32
    assert last.exposed["original"].shape == (80,)
    assert first.unseen is None and last.unseen is not None
    assert set(last.unseen.a["retrained"]) == set(attacks.judging_unseen())
    assert last.unseen.a["unlearned"]["rmia"]["others"].mean > 32  # unseen points, not pairs never seen
    assert not first.curves and set(last.curves) == set(attacks.per_point()) == set(over_models())
    for attack, found in last.curves.items():
        for role, one in found.items():  # the table averages two halves, the curve pools them
            assert np.trapezoid(one.tpr, one.fpr) == pytest.approx(last.aucs[role][attack], abs=0.06)
    assert list(last.intervals) == list(last.aucs)
    for role, found in last.intervals.items():
        assert list(found) == list(last.aucs[role])
        assert all(low <= last.aucs[role][attack] <= high for attack, (low, high) in found.items())
    forget = pipeline.Run(spec, store.memo).sets.forget
    inside, outside = last.pairs(forget)
    assert inside + outside == 32 * len(forget)  # each saw and forgot a point, or never saw it
    row = live_attack.most_exposed(last, forget)
    assert row in forget and last.exposed["original"][row] == np.nanmax(last.exposed["original"][forget])
    assert live_attack.seconds(spec, 32, store.memo) > 0
    made: list[int] = []
    *_, again = live_attack.attacking(spec, 32, Store(tmp_path).memo, lambda done, *_: made.append(done))
    np.testing.assert_array_equal(again.exposed["unlearned"], last.exposed["unlearned"])


def test_same_pairs_agree_with_the_number_of_the_attack_over_models():
    spec = attacks.asked_of(attacks.methods(VIEW)["1:fine_tune"], ["u_lira"], 32)
    run = pipeline.Run(spec, memo)
    stack, labels = pipeline.shadows(run), pipeline.shadow_labels(run)
    found = pipeline.pairs_judged(run, stack, labels, ["u_lira", "loss"], unlearned=True)
    said = pipeline.attack_numbers(run, spread=False).a["unlearned"]["u_lira"]["auc"].mean
    assert found["u_lira"].auc == pytest.approx(said)
    assert 0 <= found["loss"].auc <= 1


def test_the_csv_has_every_number_in_full(asked: Asked):
    text = attack_tables.as_csv({name: ("Fine-tuning", one) for name, one in asked.numbers.items()})
    lines = list(csv.DictReader(io.StringIO(text)))
    said = asked.numbers["1:fine_tune"]
    line = next(one for one in lines if (one["question"], one["role"]) == ("B", "floor") and one["attack"] == "loss")
    assert float(line["mean"]) == said.b_floor["loss"]["auc"].mean
    assert {line["role"] for line in lines} == {"original", "unlearned", "retrained", "floor"}


def test_every_further_score_stands_beside_retrained_or_the_floor():
    *_, found = attacks.scoring(attacks.methods(VIEW)["1:fine_tune"], memo, lambda *_: None)
    text = attack_tables.more(found, "Fine-tuning")
    for title in ("ZRF", "Relearn time on the forget set", "Tug of war", "Worst-case privacy score"):
        assert title in text
    assert "On 16 forget points." in text  # a fifth of 80
    assert "joint range" in attack_tables.more(replace(found, joint_range=True), "Fine-tuning")


def test_pairs_are_laid_out_with_their_floor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.pipeline.attacks.many_models.PAIRS", 16)
    spec = attacks.methods(VIEW)["1:fine_tune"]
    text = attack_tables.pairs(pipeline.many_models(pipeline.Run(spec, memo)), "Fine-tuning")
    assert "Forgetting quality" in text and "KLoM, forget points" in text
