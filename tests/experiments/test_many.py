"""U-LiRA on images: models are made one at a time, kept, and not made twice; what is read is what was asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer import pipeline
from explorer.contents.tables import image_u_lira
from explorer.experiments.cifar import files, many, record
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work.pool import WorkerLost
from explorer.methods._method import Request
from explorer.models import Network
from explorer.pipeline.attacks import image_shadows, reference_models
from explorer.pipeline.memo import no_memo
from explorer.pipeline.worlds import images
from explorer.recording.evaluating import state_of
from explorer.spec.catalog import CATALOG
from tests.data._made_up import small_ten
from tests.experiments.test_known import FOLDER, PLAN

MODELS = 8


def test_what_ships_was_asked_of_the_runs_that_ship():
    held = json.loads((files.SHIPPED / many.FILE).read_text())
    assert held["command"] == many.COMMAND and held["made"]["commit"] and held["models"] >= many.FEWEST
    assert list(many.read(files.SHIPPED, many.FOLDER)[1]) == ["original", "retrained", *many.METHODS]


def test_an_original_gives_away_more_point_by_point_and_retraining_nothing():
    """What the issue asks of images; what ships says it."""
    _, found = many.read(files.SHIPPED, many.FOLDER)
    assert found["original"].more[1] > 0  # the lower end of the interval over images
    _, low, high = found["retrained"].auc["u_lira"]
    assert low <= 0.5 <= high


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Record a small folder once, and ask U-LiRA of it; "runs" holds them, "made" the store."""
    place = tmp_path_factory.mktemp("many")
    with small_ten(place / "data") as patch:
        patch.setattr(many, "METHODS", ("gradient_ascent", "ssd"))
        with ThreadPoolExecutor(1) as hands:
            for name in many.METHODS:
                assert record.record(PLAN, place / "runs", place / "made", hands, _nobody, name) == 0
        assert len(made(place)) == MODELS + 1  # a line a model, and one for the attacks
        yield place


@pytest.fixture
def place(recorded: Path, tmp_path: Path) -> Path:
    """A copy: its store is the very one."""
    shutil.copytree(recorded / "runs", tmp_path / "runs")
    (tmp_path / "made").symlink_to(recorded / "made")
    return tmp_path


def _nobody(line: str) -> None:
    """Hear nothing."""


def made(place: Path, models: int = MODELS) -> list[str]:
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert many.record(place / "runs", place / "made", hands, said.append, models) == 0, said
    return said


def test_what_the_attacks_find_is_kept_with_its_intervals(place: Path):
    models, found = many.read(place / "runs", FOLDER)
    assert models == MODELS and list(found) == ["original", "retrained", "gradient_ascent", "ssd"]
    for one in found.values():
        assert set(one.auc) == {"u_lira", *many.population()}
        assert one.best in many.population()
        assert one.auc[one.best][0] == max(one.auc[name][0] for name in many.population())
        value, low, high = one.more
        assert value == pytest.approx(one.auc["u_lira"][0] - one.auc[one.best][0], abs=2e-5) and low <= high
    assert made(place) == []  # nothing is missing


def test_models_see_half_of_the_images_and_forget_their_share(place: Path):
    asked = many.specs(place / "runs")
    run = trainings_at(str(place / "made")).run(asked["gradient_ascent"])
    labels, rows = pipeline.image_shadow_labels(run)
    logits = [pipeline.image_shadow(run, k, "original")[0] for k in range(4)]
    stack = pipeline.image_shadows(run, range(4), logits, logits)
    assert stack.before.shape == (4, len(labels), 10) and len(rows) == len(run.sets.forget)
    asked_rows = image_shadows._asked(run)
    assert np.array_equal(asked_rows[rows], run.sets.forget)
    for k in range(4):
        inside = np.random.default_rng(0)  # not the model's own draw
        assert not np.array_equal(stack.member[k], inside.random(len(asked_rows)) < 0.5)
        assert np.array_equal(stack.forget[k], stack.member[k] & np.isin(asked_rows, run.sets.forget))
    assert 0.3 < stack.member.mean() < 0.7


def test_a_retrained_model_does_not_depend_on_the_images_to_forget(place: Path):
    run = trainings_at(str(place / "made")).run(many.specs(place / "runs")["retrained"])
    first = pipeline.image_shadow(run, 1, "retrained")[0]
    x = run.data.train.x.copy()
    x[run.sets.forget] = 0
    black = replace(run.data, train=replace(run.data.train, x=x))
    blackened = replace(run, _held={f"data-{run.key()}": black})
    rest = np.arange(len(run.sets.forget), len(first))
    assert np.array_equal(pipeline.image_shadow(blackened, 1, "retrained")[0][rest], first[rest])
    saw, black_saw = (
        pipeline.image_shadow(one, 1, "original")[0][rest] for one in (run, replace(blackened, memo=no_memo))
    )
    assert not np.array_equal(saw, black_saw)  # the model that saw them does


def test_more_models_go_on_from_those_that_are_there(place: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    real = pipeline.image_shadow

    def counted(run: pipeline.Run, k: int, role: image_shadows.Role) -> tuple[image_shadows.Logits, str]:
        asked.append(k)
        return real(run, k, role)

    monkeypatch.setattr(pipeline, "image_shadow", counted)
    made(place, MODELS + 1)
    assert set(asked) == {MODELS}
    assert many.read(place / "runs", FOLDER)[0] == MODELS + 1


def test_a_method_recorded_anew_is_left_out_until_it_is_asked_again(place: Path):
    file = place / "runs" / FOLDER / "gradient_ascent.json"
    content = json.loads(file.read_text())
    content["spec"]["method"]["knobs"]["steps"] = 3
    file.write_text(json.dumps(content))
    assert list(many.read(place / "runs", FOLDER)[1]) == ["original", "retrained", "ssd"]


def test_a_model_that_fails_is_named_and_the_others_count(place: Path, monkeypatch: pytest.MonkeyPatch):
    real = many.model_task

    def failing(contents: object, k: int, where: str) -> str:
        if k == 3:
            raise ValueError("no room")
        return real(contents, k, where)  # type: ignore[arg-type]

    monkeypatch.setattr(many, "model_task", failing)
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert many.record(place / "runs", place / "made", hands, said.append, MODELS + 1) == 1
    assert any("model 3: no room" in line for line in said)
    assert many.read(place / "runs", FOLDER)[0] == MODELS  # nine were asked for


def test_attacks_that_fail_are_told_and_counted_and_what_is_kept_stays(place: Path, monkeypatch: pytest.MonkeyPatch):
    def failing(contents: object, numbers: object, where: str) -> None:
        raise WorkerLost("a worker process ended in the middle of its task")

    monkeypatch.setattr(many, "judge_task", failing)
    said: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        assert many.record(place / "runs", place / "made", hands, said.append, MODELS + 1) == 1
    assert said[-1] == f"u_lira: the attacks on {MODELS + 1} models: a worker process ended in the middle of its task"
    assert many.read(place / "runs", FOLDER)[0] == MODELS


def test_a_method_is_given_what_its_model_saw_of_the_request(place: Path, monkeypatch: pytest.MonkeyPatch):
    run = trainings_at(str(place / "made")).run(many.specs(place / "runs")["gradient_ascent"])
    given: list[Request] = []

    def spy(_: pipeline.Run, network: Network, request: Request, name: tuple[str, int]) -> tuple[np.ndarray, str]:
        given.append(request)
        return state_of(network).numpy(), ""

    monkeypatch.setattr(image_shadows, "image_end_from", spy)
    pipeline.image_shadow(run, 2, "unlearned")
    inside = torch.from_numpy(reference_models.half_seen(run, 2))
    mask = torch.isin(torch.arange(len(inside)), torch.from_numpy(run.sets.forget))
    x = images.standardised(run.data, run.data.train)
    (one,) = given
    assert torch.equal(one.forget.x, x[inside & mask]) and torch.equal(one.retain.x, x[inside & ~mask])
    assert torch.equal(one.before.x, x[inside]) and torch.equal(one.before.x[one.rows], one.forget.x)


def test_where_nothing_was_asked_there_is_nothing(tmp_path: Path, place: Path):
    assert many.read(tmp_path, FOLDER) == (0, {})
    (place / "runs" / many.FILE).write_text("{")
    assert many.read(place / "runs", FOLDER) == (0, {})
    assert image_u_lira.html({}, str) == ""


def test_the_table_marks_methods_by_retrained_s_interval(place: Path):
    _, found = many.read(place / "runs", FOLDER)
    shown = image_u_lira.html(found, lambda name: CATALOG.methods[name].title)
    assert shown.count("retrained's interval") == 2  # a mark a method, none for original and retrained
    assert "Gradient ascent" in shown and "Original" in shown
    assert json.loads(image_u_lira.as_json(found, MODELS, FOLDER, many.COMMAND))["models"] == MODELS
