"""A search from end to end on a few made-up images: order, what is kept, and going on after a kill."""

from __future__ import annotations

import json
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from explorer import pipeline
from explorer.data import cifar
from explorer.experiments.cifar import chosen_knobs, files, plan, record, trials, tuning
from explorer.experiments.cifar.plan import Planned
from explorer.experiments.cifar.trials import Tried
from explorer.records import Trial
from explorer.spec import Spec, SpecError
from tests.data._made_up import TEN, believe, ten, write

FOLDER = "cifar10-compact-memorise-class"
PLAN = (
    Planned({
        "data": {"name": "cifar10", "n": 200},
        "model": {"name": "compact", "width": 8},
        "training": {"recipe": "memorise", "steps": 4, "batch": 20},
        "request": {"choose": "class", "label": 5},
        "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    }),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(autouse=True)
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "data" / TEN, ten())
    believe(monkeypatch, tmp_path / "data", small=True)
    monkeypatch.setattr(cifar, "VALIDATION", 100)


def tune(root: Path, store: Path, *methods: str, executor: Executor | None = None, **more: Any) -> list[str]:
    said: list[str] = []
    places = tuning.Places(root, str(store))
    with executor or ThreadPoolExecutor(1) as hands:
        assert tuning.tune(FOLDER, methods, places, hands, said.append, plan=PLAN, **more) == 0, said
    return said


def without_time(rows: list[Tried]) -> list[tuple[Any, ...]]:
    return [(row.number, row.origin, row.knobs, row.trial.judge, row.trial.oracle, row.trial.ended) for row in rows]


def test_the_authors_come_first_then_what_was_chosen_before_then_draws(tmp_path: Path, store: Path):
    said = tune(tmp_path / "runs", store, "ssd", most=4)
    rows = trials.read(FOLDER, tmp_path / "runs")["ssd"]
    assert [row.origin for row in rows] == ["authors", "drawn", "drawn", "drawn"]  # theirs is where ours starts
    assert rows[0].knobs == {"alpha": 10.0, "lam": 1.0, "batch": 64}
    assert said[:2] == [f"{FOLDER}: trained original 0", f"{FOLDER}: trained retrained 2"]
    assert said[-1].endswith("of 4 was chosen") and "ssd 1/4 (authors): judge" in said[2]
    tune(tmp_path / "runs", store, "scrub", most=3)
    rows = trials.read(FOLDER, tmp_path / "runs")["scrub"]
    assert [row.origin for row in rows] == ["authors", "before", "drawn"]


def test_what_was_chosen_and_what_the_oracle_puts_first_are_kept(tmp_path: Path, store: Path):
    tune(tmp_path / "runs", store, "ssd", most=4)
    rows = trials.read(FOLDER, tmp_path / "runs")["ssd"]
    held = chosen_knobs.chosen(tmp_path / "runs/chosen.json")[FOLDER]["ssd"]
    best = min(rows, key=lambda row: row.trial.judge)
    assert (held.knobs, held.number, held.judge, held.trials) == (best.knobs, best.number, best.trial.judge, 4)
    oracle = min(rows, key=lambda row: row.trial.oracle)
    assert held.oracle is not None and held.oracle.knobs == oracle.knobs
    assert held.oracle.numbers == {"judge": oracle.trial.oracle, **oracle.trial.oracle_parts}
    json.loads((tmp_path / "runs/chosen.json").read_text(), parse_constant=lambda word: pytest.fail(word))


def test_the_same_folder_method_and_seed_give_the_same_trials(tmp_path: Path, store: Path):
    for root in ("one", "two"):
        tune(tmp_path / root, store, "random_labels", most=4)
    one, two = (trials.read(FOLDER, tmp_path / root)["random_labels"] for root in ("one", "two"))
    assert without_time(one) == without_time(two)


def test_a_search_made_anew_after_it_chose_gives_the_same_trials(tmp_path: Path, store: Path):
    """What it chose must not become what was chosen before it."""
    tune(tmp_path / "runs", store, "scrub", most=3)
    first = trials.read(FOLDER, tmp_path / "runs")["scrub"]
    (tmp_path / "runs" / FOLDER / trials.FILE).unlink()
    tune(tmp_path / "runs", store, "scrub", most=3)
    assert without_time(trials.read(FOLDER, tmp_path / "runs")["scrub"]) == without_time(first)


class Killed(Exception):
    """Stands for the end of the process."""


def test_a_killed_search_goes_on_with_the_trials_it_would_have_made(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
):
    tune(tmp_path / "whole", store, "ssd", most=5)
    real, made = trials.append, []

    def dies(folder: str, tried: Tried, root: Path) -> None:
        if len(made) == 2:
            raise Killed
        made.append(tried)
        real(folder, tried, root)

    monkeypatch.setattr(trials, "append", dies)
    with pytest.raises(Killed):
        tune(tmp_path / "killed", store, "ssd", most=5)
    monkeypatch.setattr(trials, "append", real)
    assert len(trials.read(FOLDER, tmp_path / "killed")["ssd"]) == 2
    said = tune(tmp_path / "killed", store, "ssd", most=5)
    assert sum("ssd" in line and "judge" in line for line in said) == 3
    whole, again = (trials.read(FOLDER, tmp_path / root)["ssd"] for root in ("whole", "killed"))
    assert without_time(whole) == without_time(again)


def test_a_search_that_is_done_trains_and_tries_nothing(tmp_path: Path, store: Path):
    tune(tmp_path / "runs", store, "ssd", most=2)
    said = tune(tmp_path / "runs", store, "ssd", most=2)
    assert len(said) == 1 and said[0].endswith("of 2 was chosen")


def test_more_trials_go_on_where_fewer_ended(tmp_path: Path, store: Path):
    tune(tmp_path / "few", store, "ssd", most=2)
    tune(tmp_path / "few", store, "ssd", most=4)
    tune(tmp_path / "many", store, "ssd", most=4)
    few, many = (trials.read(FOLDER, tmp_path / root)["ssd"] for root in ("few", "many"))
    assert without_time(few) == without_time(many)


def test_a_model_that_was_stopped_is_kept_and_counts(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch):
    collapsed = Trial(
        0.9, {"forget": 0.1, "lost": 0.8}, 1.9, {"kept": 0.1, "kept_retrained": 0.8}, 3.0, 2.0, "collapsed", "so"
    )
    broken = Trial(float("inf"), {}, float("inf"), {}, 1.0, 1.0, "broken", "left the finite numbers")
    found = iter([collapsed, broken, broken, collapsed])
    monkeypatch.setattr(pipeline, "trial", lambda *_: next(found))
    said = tune(tmp_path / "runs", store, "ssd", most=4)
    rows = trials.read(FOLDER, tmp_path / "runs")["ssd"]
    assert [row.trial.ended for row in rows] == ["collapsed", "broken", "broken", "collapsed"]
    assert rows[1].trial == broken and "collapsed: so" in " ".join(said)
    held = chosen_knobs.chosen(tmp_path / "runs/chosen.json")[FOLDER]["ssd"]
    assert (held.number, held.trials, held.remark) == (0, 4, "every one of them breaks the model")


def test_where_every_trial_broke_down_the_first_stands_and_it_is_said(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
):
    broken = Trial(float("inf"), {}, float("inf"), {}, 1.0, 1.0, "broken", "left the finite numbers")
    monkeypatch.setattr(pipeline, "trial", lambda *_: broken)
    said = tune(tmp_path / "runs", store, "ssd", most=2)
    assert said[-1].endswith("all 2 trials break the model down")
    held = chosen_knobs.chosen(tmp_path / "runs/chosen.json")[FOLDER]["ssd"]
    assert (held.number, held.judge, held.oracle) == (None, None, None) and held.trials == 2


def test_a_trial_that_cannot_run_ends_its_search_and_no_other(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
):
    real = pipeline.trial

    def fails(run: pipeline.Run, limits: pipeline.Limits) -> Trial:
        if run.asked.name == "ssd":
            raise RuntimeError("no more memory")
        return real(run, limits)

    monkeypatch.setattr(pipeline, "trial", fails)
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        places = tuning.Places(tmp_path / "runs", str(store))
        assert tuning.tune(FOLDER, ["ssd", "fisher"], places, hands, said.append, most=2, plan=PLAN) == 1
    assert any("ssd 0: no more memory" in line for line in said)
    assert set(trials.read(FOLDER, tmp_path / "runs")) == {"fisher"}


def test_the_best_of_a_similar_request_come_first_where_there_are_few_trials(tmp_path: Path, store: Path):
    part = (Planned({**PLAN[0].base, "request": {"choose": "random", "fraction": 0.5, "label": 3}}),)
    folder, many = "cifar10-compact-memorise-part", "cifar10-compact-memorise-random"
    good = {"kept": 0.8, "kept_retrained": 0.8}
    for number, judge in enumerate((0.4, 0.1, 0.3, 0.2)):
        knobs = {"alpha": 10.0 + number, "lam": 1.0, "batch": 64}
        trial = Trial(judge, {"forget": 0.1}, judge, good, 1.0, 1.0, "whole")
        trials.append(many, Tried("ssd", number, "drawn", knobs, trial), tmp_path / "runs")
    with ThreadPoolExecutor(1) as hands:
        places = tuning.Places(tmp_path / "runs", str(store))
        assert tuning.tune(folder, ["ssd"], places, hands, lambda _: None, plan=part) == 0
    rows = trials.read(folder, tmp_path / "runs")["ssd"]
    assert [row.origin for row in rows] == ["alike"] * 3 + ["drawn"] * 3
    assert [row.knobs["alpha"] for row in rows[:3]] == [11.0, 13.0, 12.0]


@pytest.mark.parametrize("network", ["resnet18", "vgg11"])
def test_on_a_full_network_the_authors_come_after_the_best_of_a_similar_request(tmp_path: Path, network: str):
    good = {"kept": 0.8, "kept_retrained": 0.8}
    for number, judge in enumerate((0.4, 0.1, 0.3)):
        trial = Trial(judge, {"forget": 0.1}, judge, good, 1.0, 1.0, "whole")
        tried = Tried("ssd", number, "drawn", {"alpha": 20.0 + number, "lam": 1.0, "batch": 64}, trial)
        trials.append(FOLDER, tried, tmp_path)
    base = next(one for one in map(_base, plan.PLAN) if one.model.name == network)
    search = tuning._Search("full", "ssd", base, tuning.Places(tmp_path, ""), None)  # type: ignore[reportPrivateUsage]
    named = [(origin, knobs["alpha"]) for origin, knobs in search._named]  # type: ignore[reportPrivateUsage]
    assert named == [("alike", 21.0), ("authors", 10.0), ("alike", 22.0)], "it starts as its authors do"


def _base(planned: Planned) -> Spec:
    return Spec.parse({**planned.base, "method": None})


def test_what_is_not_planned_is_refused(tmp_path: Path):
    with ThreadPoolExecutor(1) as hands:
        for folder, methods, word in (
            ("nowhere", [], "no request is planned for nowhere; planned are: cifar10-compact"),
            (FOLDER, ["sisa"], f"sisa is not searched in {FOLDER}; known are: "),
        ):
            with pytest.raises(SpecError, match=word):
                tuning.tune(folder, methods, tuning.Places(tmp_path), hands, lambda _: None, plan=PLAN)


def test_the_oracles_run_is_recorded_beside_the_chosen_one_as_numbers_alone(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
):
    root = tmp_path / "runs"
    file = root / "chosen.json"
    root.mkdir()
    same = {"alpha": 10.0, "lam": 1.0, "batch": 64}
    for name, other in (("ssd", {**same, "alpha": 30.0}), ("fisher", None)):
        knobs = same if name == "ssd" else {"alpha": 1e-7, "points": 300}
        by_oracle = chosen_knobs.ByOracle(other or knobs, 1, {"judge": 0.5})
        chosen_knobs.keep(FOLDER, name, chosen_knobs.Chosen(knobs, 2, "", knobs, 0, 0.1, by_oracle), file)
    monkeypatch.setattr(plan, "knobs_of", partial(chosen_knobs.knobs_of, file=file))
    monkeypatch.setattr(record, "by_oracle", partial(chosen_knobs.by_oracle, file=file))
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        for only in ("ssd", "fisher"):
            assert record.record(PLAN, root, store, hands, said.append, only) == 0, said
    held = files.load(FOLDER, root)
    assert held.methods["ssd"].numbers.tuned == "the best of 2 trials on validation images"
    assert held.methods["ssd"].spec["method"]["knobs"]["alpha"] == 10.0
    assert held.oracle["ssd"].spec["method"]["knobs"]["alpha"] == 30.0
    assert held.oracle["ssd"].numbers.to_retrained is not None
    assert not (root / FOLDER / "oracle/ssd.npz").exists()
    # With the very knobs that were chosen nothing is run: the numbers are those of the recorded run.
    assert held.oracle["fisher"].numbers.models == held.methods["fisher"].numbers.models
    assert any("ssd, by the oracle" in line for line in said)
