"""Compare, point by point, worlds that saw and then unlearned it with worlds that never saw it: U-LiRA.

    score = log N(phi; mean_in, spread_in) - log N(phi; mean_out, spread_out),   phi = log(p_y / (1 - p_y))

The in-models were trained with the point and then unlearned it by the method at hand; the out-models never saw it and
went through the same unlearning of other points. Fitted on one half of the models and judged on the other: fitted and
judged on the same ones it would look better than it is. Cannot judge unseen points. Per-point attacks can find what
population attacks miss, with few models less; where a method forgets well, and for retraining, there is nothing to
find.
Source: Hayes et al., Inexact Unlearning Needs More Careful Evaluations, 2024, arXiv:2403.01218.
"""

from __future__ import annotations

from explorer.attacks import Attack
from explorer.attacks.lira import score

ATTACK = Attack(
    title="U-LiRA",
    questions=frozenset({"A"}),
    needs=frozenset({"shadows"}),
    score=score,
    worlds="after",
    judges_unseen=False,
    leads=True,
    sentence="Is the point's margin likelier under models that unlearned it than under models that never saw it?",
    formula=r"\ell_{\text{in}} - \ell_{\text{out}}, \quad \ell = \log \mathcal{N}(\phi; \mu, \sigma),"
    r" \quad \phi = \log \frac{p_y(x)}{1 - p_y(x)}",
    attacker="The model's probabilities, the label, data to train many models like it, and the unlearning "
    "method to run on each.",
    source="Hayes et al. 2024, arXiv:2403.01218",
)
