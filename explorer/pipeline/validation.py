"""Judge a run on training images that nobody is trained on, without a look at a retrained model.

Lower is better:

    random, part, points  |accuracy on forget - that on validation images of the same classes|
                          + loss of accuracy on all validation images
    class, sub-class      accuracy on forget + loss of accuracy on the validation images of everything else
    poisoned labels       error on validation images

the first in the spirit of SCRUB's rewinding. A gain of accuracy is no loss, and counts 0. "Everything else" than a
sub-class holds the other sub-classes of its own class. A run that broke down is infinitely bad.
"""

from __future__ import annotations

import numpy as np

from explorer.data.cifar import validation
from explorer.pipeline.memo import REQUEST_PARTS
from explorer.pipeline.paths import image_final
from explorer.pipeline.references import original
from explorer.pipeline.run import Run, kept
from explorer.pipeline.worlds.images import groups, logits_of, standardised
from explorer.records import Bool, Float, Int, Sets, Split
from explorer.spec import Spec


def trial(run: Run) -> tuple[float, str]:
    """Return what a run is judged by (lower is better; infinite where it broke down), and its numbers in words."""
    end, spec, data, sets = image_final(run), run.spec, run.data, run.sets
    apart = validation(spec.data.name, spec.data.options)  # type: ignore[arg-type]  # an image Spec's options
    state = end.state.cpu().numpy()
    after = logits_of(spec, data, state, standardised(data, apart))
    before = _before(run, apart)
    forget = logits_of(spec, data, state, standardised(data, sets.before, sets.forget))
    if end.trouble:
        return float("inf"), end.trouble
    return judge(spec, sets, apart, before, after, forget)


@kept(lambda run, apart: f"image-validation-{run.key(*REQUEST_PARTS)}")
def _before(run: Run, apart: Split) -> Float:
    """Return the original's logits on validation images."""
    return logits_of(run.spec, run.data, original(run, 0).state, standardised(run.data, apart))


def judge(spec: Spec, sets: Sets, apart: Split, before: Float, after: Float, forget: Float) -> tuple[float, str]:
    """Return what a run is judged by and its numbers in words, from what two models say.

    Args:
        spec: whose request names the rule.
        sets: what the request makes of the training set.
        apart: v validation images.
        before: (v, c) logits of the original on them.
        after: (v, c) logits of the unlearned model on them.
        forget: (m, c) logits of the unlearned model on the forgotten images.
    """
    if not (np.isfinite(after).all() and np.isfinite(forget).all()):
        return float("inf"), "outputs are not finite"
    if spec.request.kind == "correct_labels":
        right = _accuracy(after, apart.y)
        return 1 - right, f"validation {_accuracy(before, apart.y):.3f} -> {right:.3f}"
    same = np.isin(groups(spec, apart), groups(spec, sets.before)[sets.forget])
    gone = _accuracy(forget, sets.before.y[sets.forget])
    if spec.request.choose in ("class", "subclass"):
        lost = _accuracy(before, apart.y, ~same) - _accuracy(after, apart.y, ~same)
        return gone + max(0.0, lost), f"forget {gone:.3f}, others on validation {-lost:+.3f}"
    unseen, lost = _accuracy(after, apart.y, same), _accuracy(before, apart.y) - _accuracy(after, apart.y)
    return abs(gone - unseen) + max(0.0, lost), f"forget {gone:.3f}, unseen {unseen:.3f}, validation {-lost:+.3f}"


def _accuracy(logits: Float, labels: Int, where: Bool | slice = slice(None)) -> float:
    return float((logits.argmax(axis=1) == labels)[where].mean())
