"""What DUI says, in its abstract, and the rules by which we judge it.

Its formula, data and tables could not be checked, no code was found, and much of our file is our completion: what is
judged here is that completion.

Source: Han et al., Towards Independence Criterion in Machine Unlearning of Features and Labels, 2024, arXiv:2403.08124.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.experiments.claims.bounds import (
    BEHIND,
    CLOSED,
    NEARLY_ALL,
    WEAKER,
    Numbers,
    by_parts,
    by_share,
    mean,
    most,
    seeds,
    share,
)
from explorer.experiments.claims.claim import Claim, Missing, Rule, Setting, Verdict
from explorer.experiments.claims.evidence import OnImages, OnPlane, measured
from explorer.experiments.claims.places import POISONED, TEN


def _repairs(numbers: Numbers) -> Verdict | Missing:
    if most(mean(numbers, "retrained") - mean(numbers, "original"), BEHIND):  # the poisoned model would hold too
        return Missing(f"the wrong labels cost at most {BEHIND:g} of accuracy here, so there is nothing to repair")
    if len(numbers["unlearned"].values) > 1:
        return by_share(share(most(goal - BEHIND, one) for one, goal in seeds(numbers, "unlearned", "retrained")))
    gap = mean(numbers, "retrained") - mean(numbers, "original")
    left = mean(numbers, "retrained") - mean(numbers, "unlearned")
    return "holds" if most(left, BEHIND) else "holds in part" if most(left, CLOSED * gap) else "does not hold here"


REPAIRS = Rule(
    f"Holds where test accuracy is at most {BEHIND:g} below retrained's, over seeds on nine of ten; in part on half of "
    f"them, or where one run takes back {CLOSED:g} of what the wrong labels cost; else it does not hold here.",
    ("unlearned", "retrained", "original"),
    _repairs,
)


def _shift_hinders(numbers: Numbers) -> Verdict:
    def hindered(order: str) -> bool:
        together = seeds(numbers, f"together, {order}", "together, none")
        fails = share(most(CLOSED * cost, left) for left, cost in together)
        level = share(most(left, BEHIND) for left in numbers[f"evenly, {order}"].values)
        return fails >= NEARLY_ALL and level >= NEARLY_ALL

    return by_parts(hindered("first"), hindered("second"))


SHIFT_HINDERS = Rule(
    f"Holds where on nine seeds of ten one step of each order leaves at least {CLOSED:g} of what the wrong labels cost "
    f"where they lie together, and ends at most {BEHIND:g} below retrained's test accuracy where as many are spread "
    "evenly; in part where one of the two does; else it does not hold here.",
    ("together, none", "together, first", "evenly, first", "together, second", "evenly, second"),
    _shift_hinders,
)


def _removes_the_feature(numbers: Numbers) -> Verdict:
    rows = seeds(numbers, "sensitivity", "without", "test", "retrained test")
    return by_share(share(most(now, WEAKER * before) and most(goal - BEHIND, test) for now, before, test, goal in rows))


REMOVES_THE_FEATURE = Rule(
    f"Holds where on nine seeds of ten the answer depends at most {WEAKER:g} times as much on the erased feature as "
    f"after the same steps without the criterion, and test accuracy is at most {BEHIND:g} below retrained's; in part "
    "where both are so on half of them; else it does not hold here.",
    ("sensitivity", "without", "test", "retrained test"),
    _removes_the_feature,
)

# --- what the paper says ----------------------------------------------------------------------------------------------

_WRONG = ("unlearned", "retrained", "original")
_LABELS = f"two moons, 600 points, tanh 2-32-32-2, L-BFGS, {TEN}"
_STEPS: Mapping[str, tuple[str, str]] = {
    f"{placed}, {order}": (f"wrong labels {placed}", f"behind, {order}")
    for order in ("none", "first", "second")
    for placed in ("together", "evenly")
}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "dui",
        "Wrong labels are removed, and accuracy kept, also where they are not spread evenly.",
        "DUI, abstract",
        "data are removed under large shifts, and the model still generalises",
        "abstract",
        {"unlearned": "test", "retrained": "retrained", "original": "poisoned"},
        REPAIRS,
        (
            Setting(f"{_LABELS}; class 1 beyond x1 = 1.2 is wrong", measured("wrong labels together", *_WRONG)),
            Setting(f"{_LABELS}; as many random labels are wrong", measured("wrong labels evenly", *_WRONG)),
            Setting(
                "compact, CIFAR-10, learnt by heart, 2,000 random labels wrong",
                OnImages(POISONED, "dui", {name: (name, "test") for name in _WRONG}),
            ),
        ),
    ),
    Claim(
        "dui",
        "Influence functions alone fail where the removal is not spread evenly.",
        "DUI, abstract",
        "the reason that is given for the method",
        "abstract",
        {
            "together, none": "no step, together", "evenly, none": "no step, evenly",
            "together, first": "first order, together", "evenly, first": "first order, evenly",
            "together, second": "second order, together", "evenly, second": "second order, evenly",
        },
        SHIFT_HINDERS,
        (Setting(f"{_LABELS}; one step, test accuracy below retrained's", OnPlane(_STEPS)),),
    ),
    Claim(
        "dui",
        "A feature is removed, and accuracy kept, also where it goes in one region only.",
        "DUI, abstract",
        "data are removed under large shifts, and the model still generalises",
        "abstract",
        {
            "sensitivity": "dependence on the feature", "without": "without the criterion", "retrained": "retrained",
            "original": "original", "test": "test", "retrained test": "test, retrained",
        },
        REMOVES_THE_FEATURE,
        (
            Setting(
                f"two moons, 400 points, tanh 2-32-32-2, L-BFGS, {TEN}; x2 erased beyond x1 = .8",
                measured("an erased feature", "sensitivity", "without", "retrained", "original", "test",
                         "retrained test"),
            ),
        ),
    ),
)  # fmt: skip
