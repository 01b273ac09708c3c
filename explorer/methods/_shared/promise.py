"""What (epsilon, delta) promises, how far it lets an attacker come, and how a run says so.

Unlearned and retrained are two random outcomes. The promise: any set of outcomes has at most e^epsilon times the
probability under one that it has under the other, plus delta. Where both are Gaussian with deviation s and means a
distance r apart, the best attacker's AUC is Phi(r / (s sqrt 2)).
"""

from __future__ import annotations

import math


def promise(epsilon: float, delta: float) -> str:
    """Return in plain words what is promised, short enough to stand below a picture."""
    return (
        f"certified, epsilon {epsilon:g}, delta {delta:g}: any outcome is as likely as after retraining within a "
        f"factor of {math.exp(epsilon):.3g}, but for a chance of {delta:g}"
    )


def budget(epsilon: float, delta: float, noise: float) -> float:
    """Return how long a gradient residual may be that objective noise of this deviation hides.

    Source: Guo et al., Certified Data Removal from Machine Learning Models, 2020, arXiv:1911.03030, theorem 3: noise
    c r / epsilon for a residual r gives delta = 1.5 exp(-c^2 / 2); stated for epsilon up to 1.
    """
    return noise * epsilon / math.sqrt(2 * math.log(1.5 / delta))


def gap(epsilon: float, delta: float) -> float:
    """Return sqrt(ln(1/delta) + epsilon) - sqrt(ln(1/delta)), by which output noise is set."""
    return math.sqrt(math.log(1 / delta) + epsilon) - math.sqrt(math.log(1 / delta))


def best_auc(shift: float, noise: float) -> float:
    """Return the AUC of the best attacker on two Gaussians whose means are `shift` apart; .5 is guessing."""
    return 0.5 * (1 + math.erf(shift / (2 * noise)))
