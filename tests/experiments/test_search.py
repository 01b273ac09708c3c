"""Which knobs are tried, in which order, and what trials are kept."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from explorer.experiments.cifar import budgets, search, trials
from explorer.experiments.cifar.files import Unreadable
from explorer.experiments.cifar.plan import PLAN
from explorer.experiments.cifar.trials import Tried
from explorer.knobs import KnobBase, knob
from explorer.methods._images import Images, log, whole
from explorer.methods._method import Method, Preset
from explorer.ranges import Range
from explorer.records import Ended, Trial
from explorer.spec import Spec, folder_of
from explorer.spec.catalog import CATALOG

BASES = {folder_of(base): base for base in (Spec.parse({**one.base, "method": None}) for one in PLAN)}
CLASS = BASES["cifar10-compact-memorise-class"]


class Knobs(KnobBase):
    lr: float = knob(0.1, ge=1e-4, le=1.0, log=True, title="Rate", help="A rate.")
    epochs: int = knob(20, ge=0, le=50, title="Epochs", help="Passes.")
    early: int = knob(3, ge=0, le=9, title="Early", help="Passes before.")
    batch: int = knob(32, ge=1, le=512, title="Batch", help="Points a step.")
    mode: bool = knob(False, title="Mode", help="A switch.")


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> str:
    """A method with a range, whole numbers and choices."""
    method = Method(
        "Mine", Knobs, lambda *_: iter(()), "approximate", {"forget", "forget_class"}, set(), {},
        presets={
            "theirs": Preset({"lr": 0.9, "batch": 64}, images=True),
            "plain": Preset({"lr": 0.5}),
            "few": Preset({"epochs": 2}, images=True),
        },
        images=Images(
            start={"lr": 0.01, "epochs": 3, "batch": 128},
            start_at={"cifar10-50000": {"epochs": 1}},
            search={"lr": log(1e-3, 0.1), "epochs": whole(1, 5), "mode": (False, True)},
            authors="theirs", authors_for={"random": "plain", "subclass": "few"}, cut={"early": 1},
        ),
    )  # fmt: skip
    monkeypatch.setitem(CATALOG.methods, "mine", method)
    return "mine"


def test_the_authors_setting_is_cut_to_the_budget_and_nothing_else_of_it_is_changed(mine: str):
    assert search.authors_of(mine, CLASS) == {"lr": 0.9, "batch": 64, "epochs": 5, "early": 1}
    assert search.cut_of(mine, CLASS) == {"epochs": (20, 5), "early": (3, 1)}


def test_of_a_preset_for_points_the_authors_meant_only_what_it_names(mine: str):
    random = BASES["cifar10-compact-memorise-random"]
    assert search.authors_of(mine, random) == {"lr": 0.5, "epochs": 3, "batch": 128, "early": 1}
    assert search.cut_of(mine, random) == {"early": (3, 1)}


def test_a_setting_below_the_cut_stays(mine: str):
    subclass = BASES["cifar20-compact-memorise-subclass"]
    assert search.authors_of(mine, subclass) == {"epochs": 2, "early": 1}


def test_a_rate_for_each_row_is_scaled_to_the_number_of_rows():
    # 2e-5 times the sum over the rows of a step, in units of the mean over all training rows: 2e-5 * n.
    for folder, rows in (("cifar10-compact-memorise-class", 10_000), ("cifar10-compact-standard-class", 50_000)):
        theirs = search.authors_of("influence_1", BASES[folder])
        assert theirs is not None and theirs["tau"] == pytest.approx(2e-5 * rows)


def test_of_random_images_ssd_is_tried_as_its_own_paper_has_it():
    random = BASES["cifar10-compact-memorise-random"]
    theirs = search.authors_of("ssd", random)
    assert theirs is not None and (theirs["alpha"], theirs["lam"], theirs["batch"]) == (10.0, 1.0, 128)


def test_trials_of_a_similar_request_steer_the_first_draw(monkeypatch: pytest.MonkeyPatch):
    started: list[int] = []
    optuna = pytest.importorskip("optuna")
    real = optuna.samplers.TPESampler

    def spy(*, n_startup_trials: int, **more: Any) -> Any:
        started.append(n_startup_trials)
        return real(n_startup_trials=n_startup_trials, **more)

    monkeypatch.setattr(optuna.samplers, "TPESampler", spy)
    history = [(search.complete("ssd", CLASS, {"alpha": 5.0 + k}), 0.1 * k) for k in range(24)]
    search.draw("ssd", CLASS, history, 0, 3)
    assert started[0] <= len(history)


def test_a_method_without_such_a_preset_has_no_authors_setting():
    assert CATALOG.methods["fine_tune"].images.authors == ""
    assert search.authors_of("fine_tune", CLASS) is None and search.cut_of("fine_tune", CLASS) == {}


def test_a_complete_setting_means_the_same_over_defaults_and_over_the_start(mine: str):
    found = search.complete(mine, CLASS, {"lr": 0.9})
    assert found == {"lr": 0.9, "epochs": 20, "batch": 32, "mode": False}
    assert {**search.start_of(mine, CLASS), **found} == found


def test_what_holds_for_a_size_holds_in_every_trial(mine: str):
    full = BASES["cifar10-compact-standard-class"]
    assert "epochs" not in search.space_of(mine, full)
    assert search.complete(mine, full, {"epochs": 4})["epochs"] == 1
    assert search.draw(mine, full, [], 0, 5)["epochs"] == 1


def test_a_range_grows_to_hold_what_was_tried(mine: str):
    space = search.space_of(mine, CLASS, [{"lr": 0.9}, {"lr": 0.0}, {"lr": None, "epochs": 9}])
    assert space["lr"] == Range(1e-3, 0.9, log=True) and space["epochs"] == Range(1, 20, whole=True)
    assert search.space_of("scrub", CLASS, [{"clip": 3.0}])["clip"] == (0.0, 1.0, 5.0, 3.0)


def test_the_same_history_and_seed_give_the_same_draw_and_another_number_another(mine: str):
    history = [({"lr": 0.01 * (k + 1), "epochs": 2, "mode": False, "batch": 128}, 1 / (k + 1)) for k in range(10)]
    drawn = [search.draw(mine, CLASS, history, 2, 10) for _ in range(2)]
    assert drawn[0] == drawn[1] != search.draw(mine, CLASS, history, 2, 11)
    assert drawn[0] != search.draw(mine, CLASS.with_part(seed=1), history, 2, 10)


def test_draws_lie_in_the_ranges_and_are_short(mine: str):
    for number in range(20):
        drawn = search.draw(mine, CLASS, [], 0, number)
        assert 1e-3 <= drawn["lr"] <= 0.1 and len(f"{drawn['lr']:g}".replace(".", "").strip("0")) <= 6
        assert drawn["epochs"] in range(1, 6) and drawn["mode"] in (False, True) and drawn["batch"] == 128
        assert drawn["lr"] == float(f"{drawn['lr']:.3g}")


def test_trials_that_broke_down_do_not_stop_a_search(mine: str):
    history = [({"lr": 0.05, "epochs": 2, "mode": True, "batch": 128}, math.inf)] * 9
    history.append(({"lr": 0.002, "epochs": 2, "mode": True, "batch": 128}, 0.1))
    assert search.draw(mine, CLASS, history, 0, 10)["lr"] < 0.1


@pytest.mark.parametrize("folder", BASES)
def test_every_setting_that_is_named_and_some_that_are_drawn_can_be_asked_for(folder: str):
    base = BASES[folder]
    for key, method in CATALOG.methods.items():
        if not method.searched:
            continue
        settings = [search.start_of(key, base), search.authors_of(key, base)]
        settings += [search.draw(key, base, [], 0, number) for number in range(2)]
        for knobs in settings:
            if knobs is not None:
                base.with_part(method={"name": key, "knobs": search.complete(key, base, knobs)})


def test_what_is_spent_goes_by_rule():
    trials_of = {folder: budgets.budget_of(base, "scrub").trials for folder, base in BASES.items()}
    assert trials_of == {
        "cifar10-compact-memorise-random": 24,
        "cifar10-compact-memorise-part": 6,
        "cifar10-compact-memorise-class": 24,
        "cifar10-compact-memorise-poisoned": 6,
        "cifar20-compact-memorise-subclass": 6,
        "cifar10-compact-standard-class": 6,
        "cifar10-resnet18-memorise-class": 5,
        "cifar100-vgg11-standard-class": 6,
    }
    poisoned = BASES["cifar10-compact-memorise-poisoned"]
    assert [budgets.budget_of(poisoned, name).trials for name in ("dui", "influence_2", "influence_1")] == [4, 4, 6]
    assert budgets.budget_of(CLASS, "scrub").limits.epochs == 5
    assert budgets.budget_of(poisoned, "dui").limits.epochs == math.inf


def test_requests_with_few_trials_name_one_with_many():
    assert {folder: budgets.alike(base) for folder, base in BASES.items() if budgets.alike(base)} == {
        "cifar10-compact-memorise-part": "cifar10-compact-memorise-random",
        "cifar20-compact-memorise-subclass": "cifar10-compact-memorise-class",
        "cifar10-compact-standard-class": "cifar10-compact-memorise-class",
        "cifar10-resnet18-memorise-class": "cifar10-compact-memorise-class",
        "cifar100-vgg11-standard-class": "cifar10-compact-memorise-class",
    }


def test_where_every_image_is_trained_on_trials_leave_some():
    assert budgets.tried_on(CLASS) == CLASS
    full = BASES["cifar10-compact-standard-class"]
    assert budgets.tried_on(full).data.options.model_dump()["n"] == 45_000


def tried(method: str, number: int, judge: float, oracle: float, ended: Ended = "whole", **parts: float) -> Tried:
    knobs: dict[str, Any] = {"lr": 0.1, "mode": True, "name": "a, b"}
    trial = Trial(judge, {"forget": 0.5}, oracle, {"kept": 0.8, "kept_retrained": 0.8, **parts}, 1.5, 2.25, ended, "so")
    return Tried(method, number, "drawn", knobs, trial)


def test_trials_come_back_as_they_were_kept(tmp_path: Path):
    rows = [tried("b", 1, 0.25, 1.5), tried("b", 0, math.inf, math.inf, "broken"), tried("a", 0, 0.5, 0.125)]
    for row in rows:
        trials.append("there", row, tmp_path)
    assert trials.read("there", tmp_path) == {"a": [rows[2]], "b": [rows[1], rows[0]]}
    assert trials.read("elsewhere", tmp_path) == {}
    head = (tmp_path / "there/trials.csv").read_text().splitlines()[0]
    assert head.startswith("method,trial,origin,knobs,judge,judge_parts,oracle,oracle_parts,seconds")


def test_a_trial_that_is_made_again_takes_its_place(tmp_path: Path):
    for judge in (0.5, 0.25):
        trials.append("there", tried("a", 0, judge, 1.0), tmp_path)
    assert [row.trial.judge for row in trials.read("there", tmp_path)["a"]] == [0.25]


@pytest.mark.parametrize("damage", ["a,0", "a,0,nobody,{},0,{},0,{},0,0,whole,", "a,0,drawn,{,0,{},0,{},0,0,whole,"])
def test_damaged_trials_are_refused(tmp_path: Path, damage: str):
    trials.append("there", tried("a", 0, 0.5, 1.0), tmp_path)
    file = tmp_path / "there/trials.csv"
    file.write_text(file.read_text() + damage + "\n")
    with pytest.raises(Unreadable, match="the trials in there cannot be read"):
        trials.read("there", tmp_path)


def test_each_judge_has_its_own_best_and_what_was_stopped_comes_after_what_ended():
    rows = [
        tried("a", 0, 0.1, 0.1, "cut"), tried("a", 1, 0.3, 0.2), tried("a", 2, 0.2, 0.3),
        tried("a", 3, math.inf, math.inf, "broken"),
    ]  # fmt: skip
    best, oracle = trials.best(rows), trials.best_by_oracle(rows)
    assert best and oracle and (best.number, oracle.number) == (2, 1)
    stopped = trials.best([rows[0], tried("a", 4, 0.05, 0.05, "collapsed")])
    assert stopped and stopped.number == 0
    cut = trials.best(rows[:1])
    assert cut and cut.number == 0 and trials.best(rows[3:]) is None


def test_a_model_that_lost_more_than_it_kept_is_not_chosen_for_having_forgotten():
    def of(number: int, judge: float, lost: float, kept: float) -> Tried:
        made = tried("a", number, judge, judge, kept=kept)
        return dataclasses.replace(made, trial=dataclasses.replace(made.trial, parts={"lost": lost}))

    wrecked, poor = of(0, 0.1, lost=0.3, kept=0.2), of(1, 0.4, lost=0.2, kept=0.3)
    assert trials.best([wrecked, poor]) == poor
    assert trials.best([wrecked]) == wrecked


def test_a_trial_is_broken_that_keeps_less_than_half_of_what_retrained_keeps():
    assert tried("a", 0, 0.1, 0.1, kept=0.39).broken and not tried("a", 0, 0.1, 0.1, kept=0.41).broken
    assert tried("a", 0, 0.1, 0.1, "collapsed").broken and tried("a", 0, 0.1, 0.1, "broken").broken
