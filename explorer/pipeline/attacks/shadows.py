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
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.paths import PATH_PARTS, request_of
from explorer.pipeline.sets import sets, whole_class
from explorer.pipeline.worlds.points import MODEL_PARTS, data, examples_of, layout_of, network_of, row, training_of
from explorer.recording.final import final
from explorer.records import Bool, Float, Int, Shadows
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError, refuse_mismatch
from explorer.spec.catalog import CATALOG
from explorer.training import Examples
from explorer.training.stack import forward_many, train_many

SHADOW_PART = 16  # models trained together, kept together, and given to one process
LARGEST = 1e4  # of a logit
_PARTS = ("data", "request", "model", "training", "seed")


def not_live(spec: Spec) -> str:
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


def shadow_labels(spec: Spec, memo: Memo = no_memo) -> Int:
    """Return the labels (n + u,) of the points on which shadow models give logits: training points, then test."""
    return np.concatenate([sets(spec, memo).before.y, data(spec, memo).test.y])


def shadows(spec: Spec, memo: Memo = no_memo, tick: Tick | None = None) -> Shadows:
    """Return `evaluation.shadows` models before and after the Spec's method.

    Args:
        spec: the run, with a method that is live.
        memo: as everywhere; parts of 16 models are kept, so 128 begin with the same 64.
        tick: called as tick(models done, all); raise to cancel.

    Raises:
        SpecError: if the method is not live or cannot answer the request, or `evaluation.shadows` is 0.
    """
    return _all(spec, memo, tick, shadow_part)


def retrained_shadows(spec: Spec, memo: Memo = no_memo, tick: Tick | None = None) -> Shadows:
    """Return the same models with retraining as the method: `after` are models trained anew on in_k without F.

    They have other initialisations and batches than the models before. Points in F make no difference to them, so an
    attack finds only chance there: the zero line of what it finds elsewhere.
    """
    return _all(spec, memo, tick, retrained_part)


def shadow_part(spec: Spec, start: int, stop: int, memo: Memo = no_memo, tick: Tick | None = None) -> Shadows:
    """Return the shadow models start .. stop-1; see `shadows`. `tick` counts the models of this part."""
    if spec.method is None:
        raise SpecError("`method` must name a method to unlearn with")

    def forget(member: Bool, weights: Float) -> tuple[Float, list[str]]:
        return unlearnt(spec, memo, "shadows", start, member, weights, tick)

    return memo(f"shadows-{spec.key(*PATH_PARTS)}-{start}-{stop}", lambda: _part(spec, start, stop, memo, forget))


def retrained_part(spec: Spec, start: int, stop: int, memo: Memo = no_memo, tick: Tick | None = None) -> Shadows:
    """Return the models start .. stop-1 of `retrained_shadows`."""

    def again(member: Bool, _: Float) -> tuple[Float, list[str]]:
        if tick:
            tick(0, stop - start)
        left = member & ~forget_mask(spec, memo)
        return trained(spec, memo, range(start, stop), left, "shadows:retrained"), []

    return memo(f"shadows-retrained-{spec.key(*_PARTS)}-{start}-{stop}", lambda: _part(spec, start, stop, memo, again))


def join(parts: list[Shadows]) -> Shadows:
    """Return consecutive parts as one stack."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("member", "forget", "before", "after", "seeds")
    }
    return Shadows(**arrays, trouble=next((part.trouble for part in parts if part.trouble), ""))


def forget_mask(spec: Spec, memo: Memo = no_memo) -> Bool:
    """Return which training points the request names, (n,) bool."""
    made = sets(spec, memo)
    mask = np.zeros(len(made.before), dtype=np.bool_)
    mask[made.forget] = True
    return mask


def trained_part(spec: Spec, start: int, stop: int, memo: Memo = no_memo) -> tuple[Bool, Float]:
    """Return membership (k, n) and weights (k, p) of the shadow models start .. stop-1 as they were trained."""

    def train() -> tuple[Bool, Float]:
        n = len(data(spec, memo).train)
        draw = [np.random.default_rng(child_seed(spec.seed, "shadows", k, "member")) for k in range(start, stop)]
        member = np.stack([rng.random(n) < 0.5 for rng in draw])
        return member, trained(spec, memo, range(start, stop), member, "shadows")

    return memo(f"shadow-models-{spec.key(*MODEL_PARTS)}-{start}-{stop}", train)


def trained_shadows(spec: Spec, start: int, stop: int, memo: Memo = no_memo) -> Shadows:
    """Return the shadow models start .. stop-1 to which nothing was done: `after` is `before`, `forget` is empty."""
    member, weights = trained_part(spec, start, stop, memo)
    logits = logits_of(spec, memo, weights)
    return Shadows(member, np.zeros_like(member), logits, logits, np.arange(start, stop, dtype=np.int64))


def _all(spec: Spec, memo: Memo, tick: Tick | None, part: Callable[..., Shadows]) -> Shadows:
    count = spec.evaluation.shadows
    if count == 0:
        raise SpecError("`evaluation.shadows` must be above 0 for shadow models, got 0")
    made = []
    for start, stop in shadow_parts(count):

        def part_tick(done: int, _: int, start: int = start) -> None:
            if tick:
                tick(start + done, count)

        made.append(part(spec, start, stop, memo, part_tick))
        part_tick(stop - start, 0)
    return join(made)


def _part(
    spec: Spec, start: int, stop: int, memo: Memo, unlearnt: Callable[[Bool, Float], tuple[Float, list[str]]]
) -> Shadows:
    reason = not_live(spec)
    if reason:
        raise SpecError(reason)
    refuse_mismatch(spec, whole_class=whole_class(sets(spec, memo)))
    member, weights = trained_part(spec, start, stop, memo)
    after, troubles = unlearnt(member, weights)
    said = f"{len(troubles)} of {stop - start} models: {troubles[0]}" if troubles else ""
    return Shadows(
        member=member,
        forget=member & forget_mask(spec, memo),
        before=logits_of(spec, memo, weights),
        after=logits_of(spec, memo, after),
        seeds=np.arange(start, stop, dtype=np.int64),
        trouble=said,
    )


def trained(spec: Spec, memo: Memo, numbers: range, member: Bool, name: str) -> Float:
    """Return weights (k, p) of models of these numbers, each trained on its own rows; name and number seed them."""
    have = data(spec, memo)
    rows = [
        row(spec, f"{name}:{k}", 0, torch.from_numpy(inside.astype(np.float32)))
        for k, inside in zip(numbers, member, strict=True)
    ]
    return train_many(layout_of(spec, have), [examples_of(have, have.train)], rows, training_of(spec))[0].numpy()


def logits_of(spec: Spec, memo: Memo, weights: Float) -> Float:
    """Return logits (k, n + test, c) of flat weights (k, p) on training points, then test.

    Cut at 10,000 either way, where probabilities are 0 and 1 anyway: a method may end with weights that are finite and
    outputs that are not.
    """
    have = data(spec, memo)
    points = torch.from_numpy(have.space.standardise(np.concatenate([have.train.x, have.test.x])))
    logits = forward_many(layout_of(spec, have), torch.from_numpy(weights), points).numpy()
    return np.nan_to_num(logits, nan=0.0).clip(-LARGEST, LARGEST)


def unlearnt(
    spec: Spec, memo: Memo, name: str, start: int, member: Bool, weights: Float, tick: Tick | None
) -> tuple[Float, list[str]]:
    """Return weights (k, p) after the Spec's method, and a sentence for each model in which it broke down.

    Args:
        spec: the run, with a method that is live.
        memo: as everywhere.
        name: with the model's number names its child seed.
        start: number of the first model.
        member: (k, n) bool, what each model saw.
        weights: (k, p) of the models as they were trained.
        tick: called as tick(done, k).
    """
    assert spec.method is not None
    have, mask, ends, troubles = data(spec, memo), forget_mask(spec, memo), weights.copy(), list[str]()
    whole = request_of(spec, have, sets(spec, memo))
    for k, inside in enumerate(member):
        if tick:
            tick(k, len(member))
        if not (inside & mask).any() or not (inside & ~mask).any():
            continue
        end, trouble = final(
            CATALOG.methods[spec.method.name],
            network_of(spec, have, weights[k]),
            _half(whole, inside, mask),
            spec.method.knobs,
            generator(child_seed(spec.seed, name, start + k, "method")),
        )
        ends[k] = end.numpy()
        troubles += [trouble] if trouble else []
    return ends, troubles


def _half(whole: Request, inside: Bool, mask: Bool) -> Request:
    """Return the request as a model knows it that saw only the rows `inside` (n,)."""

    def some(chosen: Bool) -> Examples:
        rows = torch.from_numpy(np.flatnonzero(chosen))
        return Examples(whole.before.x[rows], whole.before.y[rows])

    rows = torch.from_numpy(np.flatnonzero(mask[inside]))
    return replace(whole, forget=some(inside & mask), retain=some(inside & ~mask), before=some(inside), rows=rows)
