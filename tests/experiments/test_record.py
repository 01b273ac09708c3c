"""The plan of the recorded runs, and what of it ships."""

import dataclasses
import json
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.experiments.cifar import files as cifar_files
from explorer.experiments.cifar import known, own, record
from explorer.experiments.cifar import trials as cifar_trials
from explorer.experiments.cifar.budgets import budget_of
from explorer.experiments.cifar.chosen_knobs import CHOSEN, ByOracle, Chosen, chosen, keep, knobs_of
from explorer.experiments.cifar.plan import PLAN, REFERENCE_SEEDS, Planned, runs_of
from explorer.experiments.cifar.search import start_of
from explorer.methods.jit import RELEASED
from explorer.models._weights import load
from explorer.pipeline.worlds.images import class_names
from explorer.spec import Spec, folder_of, request_name
from explorer.spec.catalog import CATALOG
from tests.data._made_up import HUNDRED, believe, hundred, write

EPOCHS = 5  # worth of passes over the training set that a run may cost
FIRST = ("random", "part", "class")
KB, MB = 1000, 1_000_000
FOLDERS = cifar_files.folders()
KNOWN = [name for name in FOLDERS if list((cifar_files.SHIPPED / name).glob("*.safetensors"))]


def base(planned: Planned) -> Spec:
    return Spec.parse({**planned.base, "method": None})


def named(planned: Planned) -> str:
    return request_name(base(planned))


def test_the_first_requests_have_ten_methods_and_ours_among_them():
    for planned in PLAN[:3]:
        names = [spec.method.name for spec, _ in runs_of(planned) if spec.method]
        assert named(planned) in FIRST and len(names) >= 10 and {"jit", "tmu", "camu"} <= set(names)
    assert {"dui", "influence_1", "influence_2"} == {spec.method.name for spec, _ in runs_of(PLAN[3]) if spec.method}


def test_two_planned_requests_never_share_a_folder():
    folders = [folder_of(base(planned)) for planned in PLAN]
    assert len(set(folders)) == len(folders)


# Runs that ship from before a default changed, with the value that made them; `record` makes them anew.
MADE_BEFORE = {"amun": ("clamp", "off"), "scrub_r": ("rewind", "above")}


@pytest.mark.parametrize("name", FOLDERS)
def test_what_ships_is_what_is_planned(name: str):
    planned = next(one for one in PLAN if folder_of(base(one)) == name)
    wanted = {spec.method.name: (spec, tuned) for spec, tuned in runs_of(planned) if spec.method}
    for run in cifar_files.load(name).methods.values():
        spec, tuned = wanted[run.name]
        held = Spec.parse(dict(run.spec))
        assert held.method and spec.method
        borrowed = tuned.startswith("the best of") and " trials on validation images for " in tuned
        if borrowed and not run.numbers.tuned.startswith("the best of"):
            continue  # older than the search in the other folder, whose best it would take over today
        if run.name in MADE_BEFORE and held.method != spec.method:
            knob, value = MADE_BEFORE[run.name]
            assert getattr(held.method.knobs, knob) == value != getattr(spec.method.knobs, knob)
        else:
            assert (held.key(), run.numbers.tuned) == (spec.key(), tuned), run.name


def test_every_method_that_can_run_has_knobs_of_its_own():
    for key, method in CATALOG.methods.items():
        assert bool(method.images.start) != bool(method.images.cannot), key
        for knobs in (method.images.start, *method.images.start_at.values()):
            method.knobs(**knobs)


def test_what_was_chosen_was_tried_no_more_than_the_budget_allows():
    bases = {folder_of(base(planned)): base(planned) for planned in PLAN}
    assert set(chosen()) <= set(bases)
    for folder, methods in chosen().items():
        for method, one in methods.items():
            bases[folder].with_part(method={"name": method, "knobs": {**start_of(method, bases[folder]), **one.knobs}})
            most = budget_of(bases[folder], method).trials if one.searched else 4
            assert 1 <= one.trials <= most, (folder, method)


@pytest.mark.parametrize("name", FOLDERS)
def test_what_was_chosen_by_a_search_is_the_best_of_the_trials_that_ship(name: str):
    made = cifar_trials.read(name)
    for method, one in chosen().get(name, {}).items():
        if one.searched:
            best, oracle = cifar_trials.best(made[method]), cifar_trials.best_by_oracle(made[method])
            assert len(made[method]) == one.trials, method
            assert one.number == (best.number if best else None), method
            assert (one.oracle.number if one.oracle else None) == (oracle.number if oracle else None), method
            assert best is None or dict(best.knobs) == dict(one.knobs), method


def test_what_trials_find_is_kept(tmp_path: Path):
    file = tmp_path / "chosen.json"
    file.write_text('{"there": {"jit": {"knobs": {"lr": 0.1}, "trials": 4, "remark": "others break"}}}')
    found = Chosen({"alpha": 3.0}, 24, "", {"alpha": 10.0}, 7, 0.25, ByOracle({"alpha": 5.0}, 3, {"judge": 0.5}))
    keep("here", "ssd", found, file)
    assert chosen(file) == {
        "here": {"ssd": found},
        "there": {"jit": Chosen({"lr": 0.1}, 4, "others break")},
    }
    keep("there", "jit", Chosen({"lr": 0.2}, 3), file)
    assert chosen(file)["there"]["jit"] == Chosen({"lr": 0.2}, 3)
    assert not Chosen({"lr": 0.2}, 3).searched and found.searched


def test_how_a_search_found_knobs_is_said(tmp_path: Path):
    file, random = tmp_path / "chosen.json", base(PLAN[0])
    keep("cifar10-compact-memorise-random", "ssd", Chosen({"alpha": 3.0}, 24, "so", {"alpha": 10.0}, 7, 0.25), file)
    assert knobs_of("ssd", random, file) == (
        {"alpha": 3.0, "lam": 1.0, "batch": 64}, "the best of 24 trials on validation images: so",
    )  # fmt: skip
    assert " for cifar10-compact-memorise-random" in knobs_of("ssd", base(PLAN[1]), file)[1]
    full = next(base(planned) for planned in PLAN if folder_of(base(planned)) == "cifar10-compact-standard-class")
    found = Chosen({"epochs": 3, "lr": 0.002}, 6, "", {}, 1, 0.5)
    keep("cifar10-compact-standard-class", "amun", found, file)
    knobs, said = knobs_of("amun", full, file)
    assert knobs["epochs"] == 1 and knobs["lr"] == 0.002  # what holds for a size holds for what is recorded too
    assert said.endswith("validation images, of models trained on 45,000 images")


def test_the_file_of_what_was_chosen_is_written_as_it_ships(tmp_path: Path):
    """So that trials anew change the lines that they change, and no others."""
    file = tmp_path / "chosen.json"
    file.write_bytes(CHOSEN.read_bytes())
    keep("cifar10-compact-memorise-class", "ssd", chosen()["cifar10-compact-memorise-class"]["ssd"], file)
    assert file.read_text() == CHOSEN.read_text()


def test_how_knobs_were_found_is_said():
    random, class_ = base(PLAN[0]), base(PLAN[2])
    assert knobs_of("jit", random)[1] == "the best of 24 trials on validation images"
    assert knobs_of("influence_1", random)[1] == "tau chosen among 3 values on validation images"
    assert knobs_of("greedy", base(PLAN[1]))[1].endswith("for cifar10-compact-memorise-random")
    assert knobs_of("scrub_r", random)[1].endswith("validation images: the others leave the finite numbers")
    assert knobs_of("tmu", class_)[1] == "our first choice, not tuned"
    full = {folder_of(base(planned)): base(planned) for planned in FULL.values()}
    resnet, vgg = full["cifar10-resnet18-memorise-class"], full["cifar100-vgg11-standard-class"]
    assert knobs_of("jit", resnet)[0]["lr"] == chosen()["cifar10-compact-memorise-class"]["jit"].knobs["lr"]
    assert knobs_of("jit", resnet)[1].endswith(" for cifar10-compact-memorise-class")
    assert knobs_of("greedy", resnet)[1] == "our first choice, not tuned"  # it is not recorded on full networks
    assert knobs_of("fine_tune", vgg)[1] == "our first choice, not tuned"  # other data
    assert knobs_of("jit", class_)[0]["lr"] == chosen()["cifar10-compact-memorise-class"]["jit"].knobs["lr"]


FULL = {folder_of(base(planned)): planned for planned in PLAN if base(planned).model.name != "compact"}


def test_full_networks_stand_in_the_plan_with_their_knobs():
    assert list(FULL) == ["cifar100-vgg11-standard-class", "cifar10-resnet18-memorise-class"]
    rocket, residual = ([spec for spec, _ in runs_of(planned)] for planned in FULL.values())
    assert {spec.method.name for spec in residual if spec.method} == {
        "jit", "tmu", "camu", "scrub", "ssd", "salun", "neg_grad_plus", "fine_tune", "random_labels", "bad_teacher",
        "unsir", "l1_sparse",
    }  # fmt: skip
    first = rocket[0]
    assert class_names("cifar100")[getattr(first.request.options, "label", 0)] == "rocket"
    found = {spec.method.name: spec.method.knobs for spec in rocket if spec.method}
    assert set(found) == {"bad_teacher", "boundary_shrink", "fine_tune", "jit", "scrub", "ssd", "unsir"}
    jit = found["jit"].model_dump()
    assert {name: jit[name] for name in RELEASED} == RELEASED
    tuned = dict(
        (spec.method.name, said) for spec, said in runs_of(FULL["cifar100-vgg11-standard-class"]) if spec.method
    )
    assert tuned["jit"] == "the preset CIFAR-100, class, not tuned"
    assert tuned["fine_tune"] == "our first choice, not tuned"


class Noting(Executor):
    """Does nothing, and knows what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def submit(self, fn, /, *args, **kwargs):
        self.asked.append(fn.__name__)
        future: Future = Future()
        future.set_result("")
        return future


def test_the_oracles_runs_alone_have_their_references_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(record, "by_oracle", lambda name, base: ByOracle({}, 0, {}) if name == "ssd" else None)
    monkeypatch.setattr(known, "start", lambda folder, spec, place: (None, False))
    noting = Noting()
    assert record.record(PLAN[:1], tmp_path, None, noting, lambda line: None, "by the oracle") == 0
    trainings = 1 + REFERENCE_SEEDS + 16  # the original, the retrained and RMIA's
    assert noting.asked == [*["train_task"] * trainings, "references_task", "oracle_task"]


def test_a_folder_that_ships_its_models_trains_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(record, "by_oracle", lambda name, base: ByOracle({}, 0, {}) if name == "ssd" else None)
    monkeypatch.setattr(known, "start", lambda folder, spec, place: (None, True))
    monkeypatch.setattr(record, "is_recorded", lambda folder, name, spec: True)
    noting, said = Noting(), list[str]()
    assert record.record(PLAN[:3], tmp_path, None, noting, said.append, "cifar10-compact-memorise-part: ssd") == 0
    assert noting.asked == ["references_task", "method_task", "oracle_task"]
    assert [line.partition(" ")[2] for line in said] == [
        f"cifar10-compact-memorise-part: {what}" for what in ("references", "ssd", "ssd, by the oracle")
    ]


def test_weights_are_written_only_beside_the_original_that_they_are_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(known, "start", lambda folder, spec, place: (None, False))
    monkeypatch.setattr(record, "is_recorded", lambda folder, name, spec: True)  # by another machine's original
    written = list[Path]()
    monkeypatch.setattr(known, "write", lambda run, folder: written.append(folder))
    record.references_task(dict(PLAN[0].base), tmp_path, str(tmp_path / "store"))
    assert written == []


@pytest.mark.long
def test_jits_own_setting_runs_from_end_to_end_on_a_few_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path / "data" / HUNDRED, hundred())
    believe(monkeypatch, tmp_path / "data", small=True)
    planned = FULL["cifar100-vgg11-standard-class"]
    few = {
        **planned.base, "data": {"name": "cifar100", "n": 200}, "model": {"name": "vgg11", "width": 8},
        "training": {"steps": 4, "batch": 20}, "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
    }  # fmt: skip
    said: list[str] = []
    few = (dataclasses.replace(planned, base=few),)
    with ThreadPoolExecutor(1) as executor:
        for name in ("jit", "ssd"):
            assert record.record(few, tmp_path / "runs", tmp_path / "store", executor, said.append, name) == 0, said
    forecasts = [line for line in said if " ms an image here, so 3 trainings of " in line]
    assert len(forecasts) == 2 and said.index(forecasts[0]) == 0 and "and 1 methods of up to 1 min" in forecasts[0]
    held = cifar_files.load("cifar100-vgg11-standard-class", tmp_path / "runs")
    assert held.original.numbers.steps in ("contiguous, float32", "contiguous, bfloat16")
    assert set(held.methods) == {"jit", "ssd"} and len(held.retrained.snapshots) == 2
    assert "(rocket)" in held.scene.title and held.methods["jit"].numbers.tuned.startswith("the preset CIFAR-100")


def test_how_ones_own_knobs_were_found_is_said():
    random = base(PLAN[0])
    chosen = random.with_part(method={"name": "jit", "knobs": knobs_of("jit", random)[0]})
    assert own.tuned_of(chosen) == "the best of 24 trials on validation images, as in the recorded runs"
    assert own.tuned_of(random.with_part(method={"name": "jit", "knobs": {"lr": 0.5}})) == "set by hand"
    other = random.with_part(model={"name": "vgg11"})
    started = other.with_part(method={"name": "jit", "knobs": start_of("jit", other)})
    assert own.tuned_of(started).startswith("our first")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_shipped_folder_is_whole_small_and_says_where_it_comes_from(name: str):
    held, place = cifar_files.load(name), cifar_files.SHIPPED / name
    assert (place / "images.webp").stat().st_size <= 200 * KB
    assert len(held.retrained.snapshots) == held.retrained.spec["evaluation"]["retrained_seeds"] == 3
    for run in (held.original, held.retrained, *held.methods.values()):
        files = [place / f"{run.name}{kind}" for kind in (".npz", ".json")]
        most = 700 * KB if name.startswith("cifar100-") else 200 * KB  # outputs for 100 classes
        assert sum(file.stat().st_size for file in files) <= most, run.name
        asked = Spec.parse(dict(run.spec))
        assert folder_of(asked) == name
        made = run.numbers.made
        assert made and made.commit and made.versions and made.hardware and made.date, run.name
        for snapshot in run.snapshots:
            assert len(snapshot.step) <= 9 and snapshot.region.shape[1:] == (
                len(held.scene.planes),
                held.scene.cells**2,
            )
            assert snapshot.logits.shape[1] == len(held.scene.probes.y)
    json.dumps(held.scene.spec, allow_nan=False)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_shipped_method_costs_at_most_five_epochs(name: str):
    held = cifar_files.load(name)
    n = int(held.scene.spec["data"]["n"])
    for run in held.methods.values():
        dear = run.numbers.example_gradients.work > EPOCHS * n
        assert not dear or CATALOG.methods[run.name].images.dear, run.name
        assert run.numbers.tuned, run.name


@pytest.mark.parametrize("name", FOLDERS)
def test_a_shipped_method_starts_where_the_shipped_original_stands(name: str):
    held = cifar_files.load(name)
    for run in held.methods.values():
        mine, there = (one.snapshots[0].logits[0].astype(float) for one in (run, held.original))
        gap = abs(mine - there)
        if run.numbers.weights is None:
            assert gap.max() < 0.1, run.name
        else:  # the very weights in float32; bfloat16 of these alone is .42 off on these probes, .033 on average
            assert gap.max() < 0.5 and gap.mean() < 0.05, run.name
            assert (mine.argmax(axis=1) == there.argmax(axis=1)).mean() > 0.99, run.name


def test_all_that_ships_is_small():
    files = [file for file in Path(cifar_files.SHIPPED).rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 45 * MB
    weights = {file for file in files if file.suffix == ".safetensors"}
    assert all(file.stat().st_size <= 1.3 * MB for file in weights)
    assert "cifar10-compact-memorise-class" in KNOWN
    named = {file for name in KNOWN for file in known.files_of(cifar_files.SHIPPED / name, REFERENCE_SEEDS).values()}
    oracles = {known.file_of(cifar_files.SHIPPED / name, "retrained", REFERENCE_SEEDS) for name in KNOWN}
    assert named <= weights <= named | oracles


@pytest.mark.parametrize("name", KNOWN)
def test_shipped_weights_fit_their_network_and_name_their_folder(name: str):
    spec = Spec.parse(dict(cifar_files.read_scene(cifar_files.SHIPPED / name).spec))
    network = CATALOG.models[spec.model.name].build(spec.model.options, (3, 32, 32), 20 if "cifar20" in name else 10)
    for (role, k), file in known.files_of(cifar_files.SHIPPED / name, REFERENCE_SEEDS).items():
        assert load(network, file) == {"what": f"{role} {k} of {name}"}
    oracles = known.file_of(cifar_files.SHIPPED / name, "retrained", REFERENCE_SEEDS)
    if oracles.is_file():
        assert load(network, oracles) == {"what": f"retrained {REFERENCE_SEEDS} of {name}, in no band: the oracle's"}
