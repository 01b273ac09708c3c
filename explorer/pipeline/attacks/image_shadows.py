"""Train image models on random halves and let each forget its share: what attacks over many models ask about on images.

As on points (shadows.py): model k is trained on half of the training set and is then given the request forget = F and
in_k, retain = in_k without F. Here a method may prepare something first, once a model. The trained models are the
reference models of RMIA. They are asked about the images to forget, some of those to keep and some test images.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.pipeline.attacks.reference_models import half_seen, halved, trained_on_half
from explorer.pipeline.attacks.shadows import forget_mask, half_of
from explorer.pipeline.memo import REQUEST_PARTS, no_memo
from explorer.pipeline.paths import image_end_from
from explorer.pipeline.run import Run, held
from explorer.pipeline.starts import request_of
from explorer.pipeline.worlds.images import logits_of, network_with, standardised, trained
from explorer.pipeline.worlds.own_weights import without_weights
from explorer.records import Float, Int, Shadows
from explorer.seeds import child_seed
from explorer.spec import SpecError

Role = Literal["original", "retrained", "unlearned"]
RETAINED = 1_000  # images to keep that a model is asked about, at most; those of them that it saw are its members
UNSEEN = 2_000  # test images, at most
Logits = NDArray[np.float16]


def image_shadow(run: Run, k: int, role: Role) -> tuple[Logits, str]:
    """Return logits (m, c) of model k on the images that `image_shadow_labels` names, and what broke, or "".

    Args:
        run: of images. Its memo keeps the model as it was trained.
        k: the model's number; all randomness of the model comes from it.
        role: "original": as it was trained; "retrained": trained anew without its share of the forget set, with another
            initialisation and other batches; "unlearned": after the Spec's method.

    Raises:
        SpecError: if the request corrects labels, or the role is "unlearned" and the Spec names no method.
    """
    if run.spec.request.kind != "forget":
        raise SpecError("shadow models ask whether images were forgotten; this request corrects labels")
    state, trouble = _state(run, k, role)
    seen = standardised(run.data, run.data.train, _asked(run)), standardised(run.data, run.data.test, slice(UNSEEN))
    return halved(logits_of(run.spec, run.data, state, torch.cat(seen))), trouble


def image_shadow_labels(run: Run) -> tuple[Int, Int]:
    """Return the labels (m,) of the images that models are asked about, and the places (f,) of those to forget.

    First come the images to forget, then some of those to keep, then test images.
    """
    labels = np.concatenate([run.data.train.y[_asked(run)], run.data.test.y[:UNSEEN]])
    return labels, np.arange(len(run.sets.forget))


def image_shadows(run: Run, numbers: Sequence[int], before: list[Logits], after: list[Logits]) -> Shadows:
    """Return models as attacks over many models take them.

    Args:
        run: of images.
        numbers: of the models (k,).
        before: logits of each model as it was trained.
        after: of each after the method, or retrained.
    """
    rows = _asked(run)
    member = np.stack([half_seen(run, k)[rows] for k in numbers])
    first, last = (np.stack(each).astype(np.float32) for each in (before, after))
    return Shadows(member, member & forget_mask(run)[rows], first, last, np.asarray(numbers, dtype=np.int64))


def _state(run: Run, k: int, role: Role) -> tuple[Float, str]:
    inside, mask = half_seen(run, k), forget_mask(run)
    if role == "retrained":
        spec = without_weights(run.spec)
        key = f"image-shadow-{spec.key(*REQUEST_PARTS)}-{k}-retrained-weights"
        return trained(
            spec, run.data, f"shadows:retrained:{k}", run.data.train, ~inside | mask,
            key=key, memo=no_memo, checkpoints=run.checkpoints, tick=None, ways=run.memo,
        ).state, ""  # fmt: skip
    state = trained_on_half(run, k, run.memo).state
    if role == "original":
        return state, ""
    network = network_with(run.spec, run.data, state)
    return image_end_from(run, network, half_of(request_of(run), inside, mask), ("shadows", k))


@held
def _asked(run: Run) -> Int:
    """Return the training rows that models are asked about: all to forget, then some of those to keep."""
    rng = np.random.default_rng(child_seed(run.spec.seed, "shadows", "asked"))
    return np.concatenate([run.sets.forget, np.sort(rng.permutation(run.sets.retain)[:RETAINED])])
