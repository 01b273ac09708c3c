"""Judge a run on training images that nobody is trained on, without a look at a retrained model.

Lower is better:

    random, part     |accuracy on forget - that on validation images of the same classes| + loss of validation accuracy
    class            accuracy on forget + loss of accuracy on validation images of the other classes
    poisoned labels  error on validation images

the first in the spirit of SCRUB's rewinding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.data.cifar import validation
from explorer.pipeline.images.models import Places, logits_of, standardised
from explorer.pipeline.images.paths import image_end
from explorer.pipeline.images.references import REQUEST_PARTS, original
from explorer.pipeline.memo import Memo, no_memo
from explorer.pipeline.models import data
from explorer.pipeline.sets import sets
from explorer.records import Float, Sets
from explorer.spec import Spec


def trial(spec: Spec, memo: Memo = no_memo, places: Places | None = None) -> tuple[float, str]:
    """Return what a run is judged by (lower is better; infinite where it broke down), and its numbers in words."""
    path = image_end(spec, memo, places)
    have, made = data(spec, memo), sets(spec, memo)
    apart = validation(spec.data.name, spec.data.options)  # type: ignore[arg-type]  # an image Spec's options
    x = standardised(have, apart)
    after = logits_of(spec, have, path.state.cpu().numpy(), x)
    before = memo(
        f"image-validation-{spec.key(*REQUEST_PARTS)}",
        lambda: logits_of(spec, have, original(spec, 0, memo, places).state, x),
    )
    forget = logits_of(spec, have, path.state.cpu().numpy(), standardised(have, made.before, made.forget))
    if path.trouble or not np.isfinite(after).all():
        return float("inf"), path.trouble
    return _judged(spec, made, apart.y, before, after, forget)


def _judged(spec: Spec, made: Sets, y: Any, before: Float, after: Float, forget: Float) -> tuple[float, str]:
    def accuracy(logits: Float, labels: Any, where: Any = slice(None)) -> float:
        return float((logits.argmax(axis=1) == labels)[where].mean())

    if spec.request.kind == "correct_labels":
        right = accuracy(after, y)
        return 1 - right, f"validation {accuracy(before, y):.3f} -> {right:.3f}"
    same = np.isin(y, np.unique(made.before.y[made.forget]))
    gone = accuracy(forget, made.before.y[made.forget])
    if spec.request.choose == "class":
        lost = accuracy(before, y, ~same) - accuracy(after, y, ~same)
        return gone + max(0.0, lost), f"forget {gone:.3f}, others on validation {-lost:+.3f}"
    unseen, lost = accuracy(after, y, same), accuracy(before, y) - accuracy(after, y)
    return abs(gone - unseen) + max(0.0, lost), f"forget {gone:.3f}, unseen {unseen:.3f}, validation {-lost:+.3f}"
