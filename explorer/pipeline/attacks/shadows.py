"""Make many models that each saw another half of the data, and let each forget: what per-point attacks look at.

Model k is trained on the training set with each point in it with probability 1/2, and is then given the request
forget = F and in_k, retain = in_k without F, by the Spec's method. All randomness of model k comes from child seeds of
its number, so nothing depends on how many are made, in what order, or in which process. A model whose half holds no
point of F (or nothing else) has nothing to forget and stays as it is.

Trained models depend on neither request nor method and are shared by all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from explorer.draws import generator
from explorer.methods._method import Request
from explorer.pipeline.attacks.reference_models import half_seen
from explorer.pipeline.memo import MODEL_PARTS, PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import whole_class
from explorer.pipeline.starts import request_of
from explorer.pipeline.worlds.points import examples_of, layout_of, network_of, point_logits, row, training_of
from explorer.recording.final import final
from explorer.records import Bool, Float, Int, Shadows
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError, refuse_mismatch
from explorer.spec.catalog import CATALOG
from explorer.training import Examples
from explorer.training.stack import train_many

SHADOW_PART = 16  # models trained together, kept together, and given to one process
LARGEST = 1e4  # of a logit
Part = Callable[[Run, int, int], Shadows]
Unlearn = Callable[[Bool, Float], tuple[Float, list[str]]]  # member and weights -> weights after, troubles


def why_no_shadows(spec: Spec) -> str:
    """Return why shadow models cannot be made for the Spec's method and request, or "" where they can."""
    if spec.request.kind != "forget":
        return "shadow models ask whether points were forgotten; this request corrects points"
    if spec.method is None:
        return ""
    method = CATALOG.methods[spec.method.name]
    if method.own_original is not None:
        return f"{method.title} is not live: it starts from an original of its own, once for every shadow model"
    if method.needs_record:
        return f"{method.title} is not live: it needs the record of a training, once for every shadow model"
    if method.prepare is not None:
        return f"{method.title} is not live: it prepares a model or points first, once for every shadow model"
    return ""


def shadow_parts(count: int) -> list[tuple[int, int]]:
    """Return the (start, stop) pieces in which `count` shadow models are made."""
    return [(start, min(start + SHADOW_PART, count)) for start in range(0, count, SHADOW_PART)]


def shadow_labels(run: Run) -> Int:
    """Return the labels (n + u,) of the points on which shadow models give logits: training points, then test."""
    return np.concatenate([run.sets.before.y, run.data.test.y])


def shadows(run: Run) -> Shadows:
    """Return `evaluation.shadows` models before and after the Spec's method; the run's tick counts models.

    Parts of 16 models are kept, so 128 begin with the same 64.

    Raises:
        SpecError: if shadow models cannot be made for the method (see `why_no_shadows`), if it cannot answer the
            request, or if `evaluation.shadows` is 0.
    """
    return _all(run, shadow_part)


def retrained_shadows(run: Run) -> Shadows:
    """Return the same models with retraining as the method: `after` are models trained anew on in_k without F.

    They have other initialisations and batches than the models before. Points in F make no difference to them, so an
    attack finds only chance there: the zero line of what it finds elsewhere.
    """
    return _all(run, retrained_part)


@kept(lambda run, start, stop: f"shadows-{run.key(*PATH_PARTS)}-{start}-{stop}")
def shadow_part(run: Run, start: int, stop: int) -> Shadows:
    """Return the shadow models start .. stop-1; see `shadows`. The run's tick counts the models of this part."""
    if run.spec.method is None:
        raise SpecError("`method` must name a method to unlearn with")
    return _part(run, start, stop, lambda member, weights: unlearned(run, "shadows", start, member, weights))


@kept(lambda run, start, stop: f"shadows-retrained-{run.key(*REQUEST_PARTS)}-{start}-{stop}")
def retrained_part(run: Run, start: int, stop: int) -> Shadows:
    """Return the models start .. stop-1 of `retrained_shadows`."""

    def retrain(member: Bool, _: Float) -> tuple[Float, list[str]]:
        if run.tick:
            run.tick(0, stop - start)
        left = member & ~forget_mask(run)
        return trained(run, range(start, stop), left, "shadows:retrained"), []

    return _part(run, start, stop, retrain)


def join(parts: list[Shadows]) -> Shadows:
    """Return consecutive parts as one stack."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("member", "forget", "before", "after", "seeds")
    }
    return Shadows(**arrays, trouble=next((part.trouble for part in parts if part.trouble), ""))


def forget_mask(run: Run) -> Bool:
    """Return which training points the request names, (n,) bool."""
    mask = np.zeros(len(run.sets.before), dtype=np.bool_)
    mask[run.sets.forget] = True
    return mask


@kept(lambda run, start, stop: f"shadow-models-{run.key(*MODEL_PARTS)}-{start}-{stop}")
def trained_part(run: Run, start: int, stop: int) -> tuple[Bool, Float]:
    """Return membership (k, n) and weights (k, p) of the shadow models start .. stop-1 as they were trained."""
    member = np.stack([half_seen(run, k) for k in range(start, stop)])
    return member, trained(run, range(start, stop), member, "shadows")


def trained_shadows(run: Run, start: int, stop: int) -> Shadows:
    """Return the shadow models start .. stop-1 to which nothing was done: `after` is `before`, `forget` is empty."""
    member, weights = trained_part(run, start, stop)
    logits = logits_of(run, weights)
    return Shadows(member, np.zeros_like(member), logits, logits, np.arange(start, stop, dtype=np.int64))


def _all(run: Run, part: Part) -> Shadows:
    count = run.spec.evaluation.shadows
    if count == 0:
        raise SpecError("`evaluation.shadows` must be above 0 for shadow models, got 0")
    parts = []
    for start, stop in shadow_parts(count):

        def tick(done: int, _: int, start: int = start) -> None:
            if run.tick:
                run.tick(start + done, count)

        parts.append(part(replace(run, tick=tick), start, stop))
        tick(stop - start, 0)
    return join(parts)


def _part(run: Run, start: int, stop: int, unlearn: Unlearn) -> Shadows:
    reason = why_no_shadows(run.spec)
    if reason:
        raise SpecError(reason)
    refuse_mismatch(run.spec, whole_class=whole_class(run.sets))
    member, weights = trained_part(run, start, stop)
    after, troubles = unlearn(member, weights)
    return Shadows(
        member=member,
        forget=member & forget_mask(run),
        before=logits_of(run, weights),
        after=logits_of(run, after),
        seeds=np.arange(start, stop, dtype=np.int64),
        trouble=f"{len(troubles)} of {stop - start} models: {troubles[0]}" if troubles else "",
    )


def trained(run: Run, numbers: range, member: Bool, name: str) -> Float:
    """Return weights (k, p) of models of these numbers, each trained on its own rows; name and number seed them."""
    spec, data = run.spec, run.data
    rows = [
        row(spec, f"{name}:{k}", 0, torch.from_numpy(inside.astype(np.float32)))
        for k, inside in zip(numbers, member, strict=True)
    ]
    return train_many(layout_of(spec, data), [examples_of(data, data.train)], rows, training_of(spec))[0].numpy()


def logits_of(run: Run, weights: Float) -> Float:
    """Return logits (k, n + test, c) of flat weights (k, p) on training points, then test.

    Cut at 10,000 either way, where probabilities are 0 and 1 anyway: a method may end with weights that are finite and
    outputs that are not.
    """
    logits = point_logits(run.spec, run.data, weights, np.concatenate([run.data.train.x, run.data.test.x]))
    return np.nan_to_num(logits, nan=0.0).clip(-LARGEST, LARGEST)


def unlearned(run: Run, name: str, start: int, member: Bool, weights: Float) -> tuple[Float, list[str]]:
    """Return weights (k, p) after the Spec's method, and a sentence for each model in which it broke down.

    The run's tick is called as tick(done, k).

    Args:
        run: the run, with a method for which shadow models can be made.
        name: with the model's number names its child seed.
        start: number of the first model.
        member: (k, n) bool, what each model saw.
        weights: (k, p) of the models as they were trained.
    """
    mask, ends, troubles = forget_mask(run), weights.copy(), list[str]()
    whole = request_of(run)
    for k, inside in enumerate(member):
        if run.tick:
            run.tick(k, len(member))
        if not (inside & mask).any() or not (inside & ~mask).any():
            continue
        end, trouble = final(
            run.method,
            network_of(run.spec, run.data, weights[k]),
            half_of(whole, inside, mask),
            run.asked.knobs,
            generator(child_seed(run.spec.seed, name, start + k, "method")),
        )
        ends[k] = end.numpy()
        troubles += [trouble] if trouble else []
    return ends, troubles


def half_of(whole: Request, inside: Bool, mask: Bool) -> Request:
    """Return the request as a model knows it that saw only the rows `inside` (n,)."""

    def some(chosen: Bool) -> Examples:
        rows = torch.from_numpy(np.flatnonzero(chosen))
        return Examples(whole.before.x[rows], whole.before.y[rows])

    rows = torch.from_numpy(np.flatnonzero(mask[inside]))
    return replace(whole, forget=some(inside & mask), retain=some(inside & ~mask), before=some(inside), rows=rows)
