"""The direction in which leaving the forget set out pulls the weights, for methods that divide it by a curvature.

    v = (1/N) sum_{D_f} grad loss - N_f / (N N_r) sum_{D_r} grad loss

At a minimum of the whole training loss both sums cancel, and v = -(the gradient of the mean loss on the retain set):
the step w + H^-1 v is then one Newton step on the retain set.
"""

from __future__ import annotations

from torch import Tensor

from explorer.methods._shared.flat import Flat
from explorer.training import Examples


def removal(flat: Flat, vector: Tensor, forget: Examples, retain: Examples) -> Tensor:
    """Return v (p,) at some weights."""
    gone, left = len(forget.y), len(retain.y)
    n = gone + left
    return flat.gradient(vector, forget) / n - flat.gradient(vector, retain) * (gone / (n * left))
