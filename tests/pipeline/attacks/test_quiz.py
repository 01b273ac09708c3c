"""The quiz draws as many members as others, of the same classes, from points that a retrained model never saw."""

import numpy as np
import pytest

from explorer import metrics, pipeline
from explorer.experiments.store.store import Store
from explorer.records import Quiz
from explorer.spec import Spec, SpecError

SPEC = {
    "data": {"n": 100, "noise": 0.35}, "request": {"choose": "random", "fraction": 0.2}, "model": {"widths": [4]},
    "training": {"steps": 20}, "method": {"name": "gradient_ascent", "knobs": {"steps": 2}},
    "evaluation": {"retrained_seeds": 2},
}  # fmt: skip
STORE = Store(None)


def run(**more: object) -> pipeline.Run:
    return pipeline.Run(Spec.parse({**SPEC, **more}), STORE.memo)


@pytest.fixture(scope="module")
def quiz() -> Quiz:
    return pipeline.quiz(run())


def rows(quiz: Quiz) -> np.ndarray:
    """Return the training row of each member."""
    assert quiz.x is not None
    x = run().sets.before.x
    return np.array([int(np.flatnonzero((x == one).all(axis=1))[0]) for one in quiz.x[quiz.member]])


def test_half_are_members_all_of_them_to_be_forgotten(quiz: Quiz):
    assert len(quiz) == 20 and quiz.member.sum() == 10
    assert set(rows(quiz)) <= set(run().sets.forget.tolist())


def test_the_others_were_never_seen_and_are_of_the_same_classes(quiz: Quiz):
    assert quiz.x is not None
    train = {tuple(one) for one in run().data.train.x.tolist()}
    assert not any(tuple(one) in train for one in quiz.x[~quiz.member].tolist())
    assert sorted(quiz.y[quiz.member]) == sorted(quiz.y[~quiz.member])


def test_what_the_models_say_is_what_they_say_elsewhere(quiz: Quiz):
    known, at = run(), rows(quiz)
    said = pipeline.reference_logits(known)["originals"][0][at]
    order = pipeline.reference_logits(known)["originals"].shape
    assert order[0] == pipeline.ORIGINALS
    np.testing.assert_allclose(quiz.logits["original"][quiz.member], said, atol=1e-4)
    end = pipeline.path(known).logits[-1][at]
    np.testing.assert_allclose(quiz.logits["unlearned"][quiz.member], end, atol=1e-4)


def test_the_middle_of_a_close_up_says_what_the_model_says_at_the_point(quiz: Quiz):
    size = round(quiz.around["original"].shape[1] ** 0.5)
    grid = quiz.around["original"].reshape(20, size, size, -1)
    middle = grid[:, size // 2 - 1 : size // 2 + 1, size // 2 - 1 : size // 2 + 1].mean(axis=(1, 2))
    np.testing.assert_allclose(middle, quiz.logits["original"], atol=0.05)


def test_the_loss_attack_scores_by_the_loss(quiz: Quiz):
    loss = metrics.cross_entropy(quiz.logits["retrained"], quiz.y)
    np.testing.assert_allclose(quiz.scores["retrained"]["loss"], -loss)


def test_another_round_has_other_points_and_the_same_round_the_same(quiz: Quiz):
    again, other = pipeline.quiz(run()), pipeline.quiz(run(), 1)
    assert quiz.x is not None and again.x is not None and other.x is not None
    assert (again.x == quiz.x).all() and (again.member == quiz.member).all()
    assert not np.array_equal(np.sort(other.x, axis=0), np.sort(quiz.x, axis=0))


def test_lira_scores_every_point_under_every_model(quiz: Quiz, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.pipeline.attacks.quiz.SHADOWS", 16)
    found = pipeline.with_lira(run(), quiz)
    for role in ("original", "unlearned", "retrained"):
        assert np.isfinite(found.scores[role]["lira_offline"]).all()
        assert (found.scores[role]["loss"] == quiz.scores[role]["loss"]).all()
    margin = metrics.phi(quiz.logits["original"][None], quiz.y)[0]
    assert np.corrcoef(margin, found.scores["original"]["lira_offline"])[0, 1] > 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"request": {"choose": "points", "index": [1, 2]}}, "the quiz needs at least 10 points to forget, got 2"),
        (
            {"request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2}, "method": {"name": "dui"}},
            "the quiz asks whether points were in the training set; this request corrects points",
        ),
    ],
)
def test_a_request_that_gives_no_quiz_is_refused(more: dict[str, object], sentence: str):
    with pytest.raises(SpecError, match=sentence):
        pipeline.quiz(run(**more))
