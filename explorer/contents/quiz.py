"""Compute the quiz *you are the attacker*, and say what 20 answers come to, beside two attacks and a coin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer import pipeline
from explorer.contents.recorded.runs import Opened
from explorer.figures.attackers import Attacker
from explorer.figures.numerals import number, span
from explorer.metrics import softmax
from explorer.metrics.guessing import LEVEL, Guessed, Rate, guessed, highest
from explorer.metrics.roc import Roc, roc
from explorer.records import Float, Int, Quiz
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.view import QUESTIONS, TURNS, View

Tick = Callable[..., None]
HALF = QUESTIONS // 2
YOU, COIN = "You", "A coin"
NO_LIRA = (
    "LiRA is not asked about images: it needs many models trained with and without each image, and the recorded runs "
    "keep none."
)
NO_PICTURES = (
    "The images themselves are not shown: of unseen images the recorded runs keep what the models say, and no picture. "
    "A picture on one half alone would give the answer away."
)
EVEN = "This model never saw any of the 20 points, so nobody can do better than a coin here, except by luck."

PLACE = (
    "The points to forget were not chosen by chance here, so that their place alone may tell them from unseen ones, "
    "whatever the model."
)


@dataclass(frozen=True)
class Score:
    """What one attacker reaches on the points of a round.

    Attributes:
        name: of the attacker.
        reached: what its answers come to; None for a coin, which is right half of the time.
        curve: its ROC curve on the same points; None for one who only says yes or no.
    """

    name: str
    reached: Guessed | None = None
    curve: Roc | None = None


# --- the points -------------------------------------------------------------------------------------------------------


def drawing(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Quiz]:
    """Yield the points of a round with what the models say, without LiRA.

    Raises:
        ValueError: one sentence, where there is no quiz.
    """
    yield pipeline.quiz(pipeline.Run(spec_of(view), memo), view.looks.quiz.draw)


def quizzing(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Quiz]:
    """Yield the points of a round with what the models say, then with LiRA's scores; the work of a job.

    Raises:
        ValueError: one sentence, where there is no quiz.
    """
    spec, draw = spec_of(view), view.looks.quiz.draw
    tick(0, 1, "Training original and retrained models")
    _ = pipeline.Run(spec, memo, lambda done, total: tick(done, total)).references
    found = pipeline.quiz(pipeline.Run(spec, memo), draw)
    yield found
    sentence = "Training models for LiRA"
    yield pipeline.with_lira(pipeline.Run(spec, memo, lambda done, total: tick(done, total, sentence)), found, draw)


def spec_of(view: View) -> Spec:
    """Return the run whose models are attacked: of the panel in focus, or the first that holds a method.

    Raises:
        SpecError: if no panel holds a method.
    """
    found = view.acting()
    if found is None:
        raise SpecError("no panel holds a method, so there is no unlearned model to attack")
    return view.base.with_method(found.method)


def key_of(view: View) -> tuple[object, ...]:
    """Return what a round on points depends on.

    Raises:
        SpecError: if no panel holds a method.
    """
    return spec_of(view).key(*pipeline.PATH_PARTS), view.looks.quiz.draw


def of_images(opened: Opened, shown: str, draw: int) -> Quiz:
    """Return the points of a round from recorded runs: what three models say of recorded images.

    Args:
        opened: the folder.
        shown: the method whose model is the unlearned one.
        draw: which round.

    Raises:
        SpecError: one sentence, if the recording does not hold enough images, or its request corrects.
    """
    if opened.corrects or not shown:
        raise SpecError("the quiz asks whether images were in the training set; these runs do not ask to forget any")
    probes = opened.scene.probes
    rng = np.random.default_rng(child_seed(int(opened.scene.spec.get("seed", 0)), "quiz", draw))
    members = rng.permutation(np.arange(len(probes.forget)))[:HALF]
    unseen = np.arange(len(probes.y))[probes.part("test")]
    others = _alike(probes.y, members, unseen, rng)
    if len(members) < HALF or len(others) < HALF:
        raise SpecError(f"the quiz needs {HALF} unseen images of the forgotten classes, got {len(others)}")
    order = rng.permutation(QUESTIONS)
    at, member = np.concatenate([members, others])[order], (np.arange(QUESTIONS) < HALF)[order]
    runs = {"original": opened.original, "unlearned": opened.methods[shown], "retrained": opened.retrained}
    logits = {role: run.snapshots[0].logits[-1, at].astype(np.float32) for role, run in runs.items()}
    y = probes.y[at]
    loss = {role: {"loss": np.log(_sure(seen, y))} for role, seen in logits.items()}
    return Quiz(y, member, opened.scene.names, logits, loss, {"lira_offline": NO_LIRA})


def _alike(y: Int, members: Int, unseen: Int, rng: np.random.Generator) -> Int:
    """Return unseen rows, of the class of each member one, as far as there are any."""
    found = list[int]()
    for label in y[members].tolist():
        free = [row for row in unseen.tolist() if y[row] == label and row not in found]
        if free:
            found.append(int(rng.choice(free)))
    return np.array(found, dtype=np.int64)


def _sure(logits: Float, y: Int) -> Float:
    """Return the probability of the label (k,), never 0."""
    return np.maximum(softmax(logits.astype(np.float64))[np.arange(len(y)), y], 1e-30)


# --- one question -----------------------------------------------------------------------------------------------------


def answers_of(view: View, turn: str = "") -> str:
    """Return what was answered about the model of a turn, by default of the present one."""
    return str(getattr(view.looks.quiz, f"of_{turn or view.looks.quiz.turn}"))


def answered(view: View, said: str) -> View:
    """Return the view with one more answer, "y" or "n", about the model of the present turn; "" takes one back."""
    so_far = answers_of(view)
    text = f"{so_far}{said}"[:QUESTIONS] if said else so_far[:-1]
    return view.looking("quiz", **{f"of_{view.looks.quiz.turn}": text})


def order_of(turn: str, draw: int) -> list[int]:
    """Return in which order the points of a round are asked; for each model another, so that none is recalled."""
    if turn == TURNS[0]:
        return list(range(QUESTIONS))
    return np.random.default_rng(child_seed(draw, "order", turn)).permutation(QUESTIONS).tolist()


def says(quiz: Quiz, turn: str, at: int, most: int = 3) -> list[tuple[str, float]]:
    """Return what the model of a turn says of a point: its likeliest classes, the label's always among them."""
    p = softmax(quiz.logits[turn][at].astype(np.float64)[None])[0]
    first = sorted(range(len(p)), key=lambda k: -p[k])[:most]
    if int(quiz.y[at]) not in first:
        first[-1] = int(quiz.y[at])
    return [(quiz.names[k], float(p[k])) for k in first]


# --- what it comes to -------------------------------------------------------------------------------------------------


def scores(quiz: Quiz, turn: str, said: str, draw: int) -> list[Score]:
    """Return what each attacker reaches on the model of a turn: you, the attacks that can be asked, a coin.

    The attacks are told that half of the points are members, as you are, and call so many so.

    Args:
        quiz: the round.
        turn: which model.
        said: all answers of yours, or "" where you left it to the attacks.
        draw: the round's number.
    """
    found = list[Score]()
    if len(said) == QUESTIONS:
        called = np.zeros(QUESTIONS, dtype=bool)
        called[order_of(turn, draw)] = [one == "y" for one in said]
        found.append(Score(YOU, guessed(called, quiz.member)))
    for name, each in quiz.scores[turn].items():
        if np.isfinite(each).all():
            curve = roc(each, quiz.member)
            found.append(Score(CATALOG.attacks[name].title, guessed(highest(each, HALF), quiz.member), curve))
    return [*found, Score(COIN)]


def sentence(reached: Guessed) -> str:
    """Say how often one was right, and how sure 20 answers can make one."""
    right, per_cent = reached.right, 100 * reached.coin
    coin = f"{per_cent:.0f}" if per_cent >= 9.5 else f"{per_cent:.1f}" if per_cent >= 0.1 else "fewer than .1"
    said = f"You were right {right.hits} of {right.of} times; a coin is as often, or more, in {coin} of 100 rounds. "
    known = f"Your rate lies between {number(right.low)} and {number(right.high)} ({LEVEL:.0%} certain)"
    if right.low > 0.5:
        return f"{said}{known}: better than a coin, but {right.of} answers do not say by how much."
    if right.high < 0.5:
        return f"{said}{known}: worse than a coin. Turn your rule round, and you do better."
    return f"{said}{known}, and that holds a half: {right.of} answers do not tell you from a coin."


def cell(found: Rate) -> str:
    """Return a rate as a table shows it: how many of how many, and the interval."""
    return f"{found.hits} of {found.of} ({span(found.low, found.high)})"


def rows(found: Sequence[Score]) -> list[tuple[str, str, str, str]]:
    """Return name, members found, others called members, and right answers of every attacker, as text."""
    return [
        (one.name, cell(one.reached.found), cell(one.reached.false), cell(one.reached.right))
        if one.reached
        else (one.name, "half", "half", "half")
        for one in found
    ]


def dots(found: Sequence[Score]) -> list[Attacker]:
    """Return what the figure draws of every attacker but the coin."""
    return [
        Attacker(
            one.name, _ends(one.reached.false), _ends(one.reached.found),
            None if one.curve is None else (one.curve.fpr, one.curve.tpr), own=one.name == YOU,
        )
        for one in found
        if one.reached is not None
    ]  # fmt: skip


def _ends(rate: Rate) -> tuple[float, float, float]:
    return rate.value, rate.low, rate.high


def asked_of(turn: str, title: str) -> str:
    """Return whose answers the attacker sees."""
    return {"original": "the original", "unlearned": f"the model after {title}", "retrained": "the retrained model"}[
        turn
    ]


def caution(turn: str, choose: str) -> str:
    """Return what must be known of a round: that nobody can win it, or that the places of its points give them away.

    Args:
        turn: which model.
        choose: how the points to forget were chosen.
    """
    if choose not in ("random", "class"):
        return PLACE
    return EVEN if turn == "retrained" else ""


def finished(view: View) -> Mapping[str, str]:
    """Return all answers of each turn that is finished."""
    return {turn: said for turn in TURNS if len(said := answers_of(view, turn)) == QUESTIONS}
