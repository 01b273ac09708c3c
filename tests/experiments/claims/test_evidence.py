"""Verdicts follow what is recorded when they are read, and what is not there is a reason."""

import dataclasses
from pathlib import Path

import pytest

from explorer.experiments.cifar import audited, files
from explorer.experiments.claims import camu, jit, tmu
from explorer.experiments.claims.claim import Claim, Found, Missing, Setting, judge
from explorer.experiments.claims.evidence import BySetting, OnImages, Relearned, measured
from explorer.records import Accuracies, Band, RunNumbers
from tests.pages import _recordings

FOLDER = "cifar10-compact-memorise-class"
NUMBERS = {
    "forgotten": ("unlearned", "test_forget"), "original forgotten": ("original", "test_forget"),
    "kept": ("unlearned", "test_kept"), "original kept": ("original", "test_kept"),
}  # fmt: skip


def with_class(numbers: RunNumbers, kept: float, forgotten: float) -> RunNumbers:
    models = tuple(
        dataclasses.replace(one, accuracy=Accuracies(0.9, forgotten, kept, kept, forgotten)) for one in numbers.models
    )
    return dataclasses.replace(numbers, models=models)


def recorded(root: Path, kept: float, forgotten: float, lr: float = 1e-4, sigma: float = 0.5) -> None:
    """Write a folder whose original has .7 and .8, whose retrained models have .7 and 0, and JiT's run."""
    place = _recordings.write(root, _recordings.scene(FOLDER), methods=("jit",))
    spec = {"method": {"name": "jit", "knobs": {"lr": lr, "sigma": sigma, "samples": 25}}}
    scene = files.read_scene(place)
    for name, numbers, first in (("original", (0.7, 0.8), True), ("retrained", (0.7, 0.0), False)):
        run = files.read_run(place, name)
        run = dataclasses.replace(run, numbers=with_class(run.numbers, *numbers))
        files.write_scene(place, scene, run) if first else files.write_run(place, run)
    run = files.read_run(place, "jit")
    files.write_run(place, dataclasses.replace(run, spec=spec, numbers=with_class(run.numbers, kept, forgotten)))


def claim(source: OnImages) -> Claim:
    where = (Setting("made up", source),)
    return dataclasses.replace(jit.CLAIMS[0], shows=dict.fromkeys(NUMBERS, ""), rule=jit.FORGETS_FOR_LITTLE,
                               settings=where)  # fmt: skip


@pytest.mark.parametrize("folder", [FOLDER, "cifar10-compact-*-class"])
def test_a_verdict_changes_with_the_run(tmp_path: Path, folder: str):
    asked = claim(OnImages(folder, "jit", NUMBERS))
    recorded(tmp_path, 0.7, 0.1)
    assert judge(asked, asked.settings[0], tmp_path).verdict == "holds"
    recorded(tmp_path, 0.5, 0.1)
    found = judge(asked, asked.settings[0], tmp_path)
    assert (found.verdict, found.numbers["kept"].values, found.numbers["original kept"].values) == (
        "does not hold here", (0.5,), (0.7,),
    )  # fmt: skip
    assert "learning rate 0.0001" in found.how and "noise 0.5" in found.how


def test_what_is_not_recorded_is_not_tested(tmp_path: Path):
    asked = OnImages(FOLDER, "jit", NUMBERS)
    assert asked.find(tmp_path) == Missing(f"{FOLDER} is not recorded yet")
    recorded(tmp_path, 0.7, 0.1)
    assert OnImages(FOLDER, "tmu", NUMBERS).find(tmp_path) == Missing(f"TMU is not recorded in {FOLDER}")
    (tmp_path / FOLDER / "jit.json").write_text("{}")
    found = asked.find(tmp_path)
    assert isinstance(found, Missing) and "cannot be read" in found.because


def test_another_method_that_is_not_recorded_is_left_out(tmp_path: Path):
    recorded(tmp_path, 0.7, 0.1)
    found = OnImages(FOLDER, "jit", {**NUMBERS, "scrub": ("scrub", "forget")}).find(tmp_path)
    assert isinstance(found, Found) and set(found.numbers) == set(NUMBERS)


def test_rates_are_read_from_runs_and_trials(tmp_path: Path):
    asked = BySetting(FOLDER, "jit")
    recorded(tmp_path, 0.35, 0.1, lr=1e-3)
    found = asked.find(tmp_path)
    assert isinstance(found, Missing) and "0.0001 or less" in found.because
    _recordings.write_trials(tmp_path / FOLDER)  # rates 1e-3, 1e-4, 1e-5, 1e-6; kept .7, .1, .6, .65 of .7
    found = asked.find(tmp_path)
    assert isinstance(found, Found)
    assert found.numbers["large rates"].values == pytest.approx((0.5, 1.0))
    assert found.numbers["small rates"].values == pytest.approx((0.1 / 0.7, 0.6 / 0.7, 0.65 / 0.7))


def test_where_nothing_is_measured_on_the_plane_that_is_the_reason(tmp_path: Path):
    found = measured("a class", "kept").find(tmp_path)
    assert found == Missing("nothing is kept yet of: a class")
    (tmp_path / "claims.json").write_text('{"seeds": [1], "measured": {"a class": {"numbers": {"kept": []}}}}')
    found = measured("a class", "kept").find(tmp_path)
    assert isinstance(found, Missing) and "a value a seed" in found.because


def test_what_comes_back_on_images_is_read_from_the_audits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recorded(tmp_path, 0.7, 0.1)
    asked = Relearned(FOLDER, "jit")
    nothing = asked.find(tmp_path)
    assert nothing == Missing(f"the audit relearning of JiT is not recorded for {FOLDER}")
    curves = {"jit": {"start": Band((0.01,)), "peak": Band((0.05,))},
              "retrained": {"start": Band((0.0, 0.02)), "peak": Band((0.02, 0.04))}}  # fmt: skip
    monkeypatch.setattr(audited, "read", lambda *_: {name: {"relearning": one} for name, one in curves.items()})
    rule = camu.DOES_NOT_RETURN
    judged = dataclasses.replace(jit.CLAIMS[0], rule=rule, shows=dict.fromkeys(rule.needs, ""))
    found = judge(judged, Setting("made up", asked), tmp_path)
    assert found.verdict == "holds"  # .05 is at most .05 above the mean of .02 and .04
    curves["jit"]["peak"] = Band((0.5,))
    assert judge(judged, Setting("made up", asked), tmp_path).verdict == "does not hold here"


def test_tmu_s_claims_read_what_tmu_s_rules_need():
    for one in tmu.CLAIMS:
        assert set(one.rule.needs) <= set(one.shows)
