"""Judge a trial of a method's knobs on training images that nobody is trained on; lower is better.

The honest judge sees no retrained model:

    random, part, points  |accuracy on forget - that on validation images of the same classes|
                          + |AUC of the loss attack, forget against those validation images, - 1/2|
                          + loss of accuracy on all validation images
    class, sub-class      accuracy on forget + loss of accuracy on the validation images of everything else
    poisoned labels       error on validation images

the first in the spirit of SCRUB's rewinding. A gain of accuracy is no loss, and counts 0. "Everything else" than a
sub-class holds the other sub-classes of its own class. Loss is against the original.

The oracle knows one more retrained model, whose seed is in no band. It tells what could be had, and steers nothing:

    activation distance on forget + |accuracy on forget - that of retrained|
    + loss of accuracy, against retrained, on the validation images of what stays

A model that broke down is infinitely bad for both. One that only collapsed is judged as it is.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from torch import Tensor

from explorer import metrics
from explorer.data.cifar import validation
from explorer.metrics.roc import auc
from explorer.pipeline.memo import REQUEST_PARTS
from explorer.pipeline.paths import Watched, image_final
from explorer.pipeline.references import original, retrained
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.images import groups, logits_of, standardised
from explorer.records import Bool, Ended, Float, Int, Sets, Split, Trial
from explorer.spec import Spec

SEEN = 500  # validation images on which a model is looked at while a method runs
EVERY = 0.5  # of an epoch's worth of passes between two looks
AT_RANDOM = 1.5  # times the accuracy of guessing: a model below it answers at random
PATIENCE = 4  # looks in a row; some methods break a model first and then repair it


class Limits(NamedTuple):
    """What a trial may cost before it is stopped, what it prepares included.

    Attributes:
        epochs: passes, in times the training set; infinite for no limit.
    """

    epochs: float = math.inf


Judged = tuple[float, dict[str, float]]  # the judge, and the parts that are in it
BROKEN: Judged = (math.inf, {})


def oracle_seed(run: Run) -> int:
    """Return which retrained model the oracle knows: the first that is in no band."""
    return run.seeds


def trial(run: Run, limits: Limits = Limits()) -> Trial:  # noqa: B008  # a frozen value
    """Return how the run of a Spec with a method is judged; it is stopped where it costs more than the limits.

    Raises:
        SpecError: if the method cannot run on images, or not answer the request.
    """
    spec, data, sets = run.spec, run.data, run.sets
    apart = validation(spec.data.name, spec.data.options)  # type: ignore[arg-type]  # an image Spec's options
    watch = _Watch(run, apart, limits)
    end = image_final(run, watch)
    ended, note = _ended(end, watch)
    honest = oracle = BROKEN
    if ended != "broken":
        state = end.state.cpu().numpy()
        after = logits_of(spec, data, state, standardised(data, apart))
        forget = logits_of(spec, data, state, standardised(data, sets.before, sets.forget))
        honest = judge(spec, sets, apart, _before(run, apart), after, forget)
        oracle = judge_by_oracle(spec, sets, apart, (after, forget), _answers(run, apart))
        if honest == BROKEN:
            ended, note = "broken", "its outputs are not finite"
    spent = end.example_gradients / len(sets.before)
    return Trial(*honest, *oracle, end.seconds, spent, ended, note)


def _ended(end: Watched, watch: _Watch) -> tuple[Ended, str]:
    if end.trouble:
        return "broken", end.trouble
    if end.stopped:
        return ("collapsed" if watch.collapsed else "cut"), end.stopped
    return "whole", ""


class _Watch:
    """Stop a run that costs too much, or whose model has answered at random for a while.

    Attributes:
        collapsed: whether it was stopped for answering at random.
    """

    def __init__(self, run: Run, apart: Split, limits: Limits) -> None:
        """Take every so many of the validation images of what stays."""
        rows = np.flatnonzero(kept_images(run.spec, run.sets, apart))
        self._run, self._limits = run, limits
        self._rows = rows[:: max(1, len(rows) // SEEN)]
        self._y = apart.y[self._rows]
        self._x = standardised(run.data, apart, self._rows)
        self._n, self._next, self._bad = len(run.sets.before), EVERY, 0
        self.collapsed = False

    def __call__(self, state: Tensor, spent: float) -> str:
        epochs = spent / self._n
        if epochs > self._limits.epochs:
            return f"stopped after {epochs:.1f} epochs' worth of passes"
        if epochs >= self._next:
            self._next = EVERY * (epochs // EVERY + 1)
            self._bad = self._bad + 1 if self._at_random(state) else 0
            if self._bad >= PATIENCE:
                self.collapsed = True
                return f"stopped after {epochs:.1f} epochs' worth of passes: it answers at random"
        return ""

    def _at_random(self, state: Tensor) -> bool:
        try:
            logits = logits_of(self._run.spec, self._run.data, state.cpu().numpy(), self._x)
        except (RuntimeError, ValueError):  # a network that is wider for a while cannot be looked at
            return False
        return _accuracy(logits, self._y) < AT_RANDOM / self._run.data.classes


def kept_images(spec: Spec, sets: Sets, apart: Split) -> Bool:
    """Return which validation images (v,) are of what stays: all, but for a class or a sub-class that is forgotten."""
    if spec.request.kind == "forget" and spec.request.choose in ("class", "subclass"):
        return ~_alike(spec, sets, apart)
    return np.ones(len(apart.y), dtype=np.bool_)


def _alike(spec: Spec, sets: Sets, apart: Split) -> Bool:
    return np.isin(groups(spec, apart), groups(spec, sets.before)[sets.forget])


@kept(lambda run, apart: f"image-validation-{run.key(*REQUEST_PARTS)}")
def _before(run: Run, apart: Split) -> Float:
    """Return the original's logits on validation images."""
    return logits_of(run.spec, run.data, original(run, 0).state, standardised(run.data, apart))


@kept(lambda run, apart: f"image-validation-oracle-{run.key(*REQUEST_PARTS)}-{oracle_seed(run)}")
def _answers(run: Run, apart: Split) -> tuple[Float, Float]:
    """Return the logits of the oracle's retrained model on validation images and on forgotten ones."""
    state, data = retrained(run, oracle_seed(run)).state, run.data
    on_forget = standardised(data, run.sets.before, run.sets.forget)
    return (
        logits_of(run.spec, data, state, standardised(data, apart)),
        logits_of(run.spec, data, state, on_forget),
    )


def judge(spec: Spec, sets: Sets, apart: Split, before: Float, after: Float, forget: Float) -> Judged:
    """Return the honest judge of a model, and its parts, from what two models say.

    Args:
        spec: whose request names the rule.
        sets: what the request makes of the training set.
        apart: v validation images.
        before: (v, c) logits of the original on them.
        after: (v, c) logits of the unlearned model on them.
        forget: (m, c) logits of the unlearned model on the forgotten images.

    Returns:
        The judge, infinite where a logit is not finite; and its parts: "forget", accuracy on the forgotten images;
        "unseen", that on validation images of the same classes; "auc" of the loss attack; "lost", accuracy lost on
        validation images, below 0 where it was gained; "error" on validation images.
    """
    if not (np.isfinite(after).all() and np.isfinite(forget).all()):
        return BROKEN
    if spec.request.kind == "correct_labels":
        error = 1 - _accuracy(after, apart.y)
        return error, {"error": error}
    rest = kept_images(spec, sets, apart)
    lost = _accuracy(before, apart.y, rest) - _accuracy(after, apart.y, rest)
    y = sets.before.y[sets.forget]
    gone = _accuracy(forget, y)
    if spec.request.choose in ("class", "subclass"):
        return gone + max(0.0, lost), {"forget": gone, "lost": lost}
    same = _alike(spec, sets, apart)
    unseen, known = _accuracy(after, apart.y, same), _loss_auc(forget, y, after[same], apart.y[same])
    parts = {"forget": gone, "unseen": unseen, "auc": known, "lost": lost}
    return abs(gone - unseen) + abs(known - 0.5) + max(0.0, lost), parts


def judge_by_oracle(
    spec: Spec, sets: Sets, apart: Split, unlearned: tuple[Float, Float], retrained: tuple[Float, Float]
) -> Judged:
    """Return the oracle's judge of a model, and its parts.

    Args:
        spec: whose request says what stays.
        sets: what the request makes of the training set.
        apart: v validation images.
        unlearned: logits (v, c) on them and (m, c) on the forgotten images, of the unlearned model.
        retrained: the same of a retrained model.

    Returns:
        The judge, infinite where a logit is not finite; and its parts: "distance", the activation distance; "forget"
        and "forget_retrained", accuracies on the forgotten images, against the right label where it was corrected;
        "kept" and "kept_retrained", accuracies on the validation images of what stays.
    """
    (after, forget), (goal, goal_forget) = unlearned, retrained
    if not (np.isfinite(after).all() and np.isfinite(forget).all()):
        return BROKEN
    y, rest = sets.after.y[sets.forget], kept_images(spec, sets, apart)
    parts = {
        "distance": float(metrics.activation_distance(forget, goal_forget)),
        "forget": _accuracy(forget, y),
        "forget_retrained": _accuracy(goal_forget, y),
        "kept": _accuracy(after, apart.y, rest),
        "kept_retrained": _accuracy(goal, apart.y, rest),
    }
    lost = max(0.0, parts["kept_retrained"] - parts["kept"])
    return parts["distance"] + abs(parts["forget"] - parts["forget_retrained"]) + lost, parts


def _loss_auc(members: Float, y: Int, others: Float, other_y: Int) -> float:
    """Return how well the loss tells forgotten from unseen images; above 1/2 = the forgotten fit better."""
    score = -np.concatenate([metrics.cross_entropy(members, y), metrics.cross_entropy(others, other_y)])
    return auc(score, np.arange(len(score)) < len(y))


def _accuracy(logits: Float, labels: Int, where: Bool | slice = slice(None)) -> float:
    return float((logits.argmax(axis=1) == labels)[where].mean())
