"""Train the image models that RMIA compares with: each on a random half of the training set, and left as it is.

They depend on no request, and are shared by all: only the rows judged differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.pipeline.memo import MODEL_PARTS, Memo, no_memo
from explorer.pipeline.references import judged_rows
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.images import Trained, logits_of, standardised, trained
from explorer.pipeline.worlds.own_weights import without_weights
from explorer.records import Bool, Float, Shadows
from explorer.seeds import child_seed
from explorer.spec import Spec

RMIA = "rmia"


def asks_rmia(spec: Spec) -> bool:
    """Say whether a Spec on images asks for RMIA: the one attack there that needs more than one model."""
    names = spec.evaluation.attacks
    return spec.evaluation.shadows > 0 and spec.request.kind == "forget" and (names is None or RMIA in names)


def reference_models(run: Run) -> Shadows:
    """Return `evaluation.shadows` models on the judged images; `after` is `before`: nothing is unlearned."""
    rows, count, n = judged_rows(run), run.spec.evaluation.shadows, len(run.data.train)
    chosen = np.concatenate([rows.forget, rows.retain])
    models = [reference_model(run, k) for k in range(count)]
    member = np.stack([inside[chosen] for inside, _ in models])
    logits = [np.concatenate([everywhere[chosen], everywhere[n:]]).astype(np.float32) for _, everywhere in models]
    before = np.stack(logits)
    return Shadows(member, member & False, before, before, np.arange(count, dtype=np.int64))


@kept(lambda run, k: f"image-shadow-{without_weights(run.spec).key(*MODEL_PARTS)}-{k}")
def reference_model(run: Run, k: int) -> tuple[Bool, NDArray[np.float16]]:
    """Return which training rows reference model k saw (n,), and its logits (n + test, c)."""
    spec, data = without_weights(run.spec), run.data
    inside, model = half_seen(run, k), trained_on_half(run, k, no_memo)
    at = standardised(data, data.train), standardised(data, data.test)
    return inside, halved(np.concatenate([logits_of(spec, data, model.state, x) for x in at]))


def half_seen(run: Run, k: int) -> Bool:
    """Return which training rows model k is trained on (n,): each with probability 1/2."""
    draw = np.random.default_rng(child_seed(run.spec.seed, "shadows", k, "member"))
    return draw.random(len(run.data.train)) < 0.5


def trained_on_half(run: Run, k: int, memo: Memo) -> Trained:
    """Return model k, trained on its half and kept in a memo."""
    spec = without_weights(run.spec)
    return trained(
        spec, run.data, f"shadows:{k}", run.data.train, ~half_seen(run, k),
        key=f"image-shadow-{spec.key(*MODEL_PARTS)}-{k}-weights", memo=memo, checkpoints=run.checkpoints, tick=None,
        ways=run.memo,
    )  # fmt: skip


def halved(logits: Float) -> NDArray[np.float16]:
    """Return logits in half precision, with finite numbers."""
    return np.clip(np.nan_to_num(logits, nan=0.0), -60000, 60000).astype(np.float16)
