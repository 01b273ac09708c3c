"""What TMU says, in its abstract and by its reviewers, and the rules by which we judge it.

Its tables could not be checked, so its claims have no number. That it comes first among the methods compared is what
public reviews say of the tables.

Source: Ji et al., Towards Aligned Data Removal via Twin Machine Unlearning, 2024, arXiv:2408.11433; Niu et al., Towards
Aligned Data Forgetting via Twin Machine Unlearning, 2025, arXiv:2501.08615, and its public reviews (ICLR 2025).
"""

from __future__ import annotations

from explorer.experiments.claims.bounds import (
    BEHIND,
    CLOSED,
    HALF,
    LITTLE,
    RIVALS,
    SOME,
    THIRD,
    Numbers,
    mean,
    most,
    seeds,
    share,
)
from explorer.experiments.claims.claim import Claim, Missing, Rule, Setting, Verdict
from explorer.experiments.claims.evidence import WITH_RIVALS, OnImages, measured
from explorer.experiments.claims.places import COMPACT_PART, RESNET_PART, TEN


def _gap(numbers: Numbers, name: str) -> float:
    """Return how far a forget accuracy is from the mean of the retrained models', over seeds."""
    rows = seeds(numbers, name, "retrained") if _paired(numbers) else []
    if rows:
        return sum(abs(one - goal) for one, goal in rows) / len(rows)
    return abs(mean(numbers, name) - mean(numbers, "retrained"))


def _paired(numbers: Numbers) -> bool:
    """Say whether each seed has its own original, unlearned and retrained accuracy; else there is one original."""
    return len(numbers["original"].values) == len(numbers["retrained"].values) > 1


def _is_aligned(numbers: Numbers) -> Verdict | Missing:
    before, after = _gap(numbers, "original"), _gap(numbers, "unlearned")
    if before < SOME:
        return Missing(f"original and retrained differ by less than {SOME:g} here, so there is nothing to align")
    if most(after, max(BEHIND, THIRD * before)):
        return "holds"
    return "holds in part" if most(after, CLOSED * before) else "does not hold here"


IS_ALIGNED = Rule(
    "Holds where the distance of forget accuracy to retrained's is at most a third of the original's distance, or at "
    f"most {BEHIND:g}; in part at most {CLOSED:g} of it; else it does not hold here.",
    ("unlearned", "retrained", "original"),
    _is_aligned,
)


def _keeps_test(numbers: Numbers) -> Verdict:
    lost = mean(numbers, "original test") - mean(numbers, "test")
    return "holds" if most(lost, LITTLE) else "holds in part" if most(lost, SOME) else "does not hold here"


KEEPS_TEST = Rule(
    f"Holds where test accuracy on what is kept falls by at most {LITTLE:g}; in part by at most {SOME:g}; else it does "
    "not hold here.",
    ("test", "original test"),
    _keeps_test,
)


def _is_nearest(numbers: Numbers) -> Verdict | Missing:
    ours = _gap(numbers, "unlearned")
    others = [_gap(numbers, name) for name in RIVALS if name in numbers]
    if not others:
        return Missing("none of the methods that the paper compares is recorded here")
    beaten = share(most(ours, other) for other in others)
    return "holds" if beaten == 1 else "holds in part" if beaten >= HALF else "does not hold here"


IS_NEAREST = Rule(
    f"Holds where its forget accuracy is at least as near to retrained's as that of each recorded one of "
    f"{', '.join(RIVALS.values())}; in part where as that of half of them; else it does not hold here.",
    ("unlearned", "retrained", "original"),
    _is_nearest,
)

# --- what the paper says ----------------------------------------------------------------------------------------------

_ALIGNED = {
    "unlearned": ("unlearned", "forget"), "retrained": ("retrained", "forget"), "original": ("original", "forget"),
    "test": ("unlearned", "test_kept"), "original test": ("original", "test_kept"),
    "retrained test": ("retrained", "test_kept"),
}  # fmt: skip
_MOONS = f"two moons that a network learns by heart, 30 % of a class, {TEN}"
_CATS = "compact, CIFAR-10, learnt by heart, 30 % of class cat"
_CATS_RESNET = "ResNet-18, CIFAR-10, 30 % of a class"
_TMU_ON_IMAGES = (
    Setting(_CATS, OnImages(COMPACT_PART, "tmu", _ALIGNED)),
    Setting(_CATS_RESNET, OnImages(RESNET_PART, "tmu", _ALIGNED)),
)
_WHERE_TMU = (Setting(_MOONS, measured("part of a class", *_ALIGNED)), *_TMU_ON_IMAGES)
_FORGET = {"unlearned": "forget", "retrained": "retrained", "original": "original"}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "tmu",
        "Accuracy on the forgotten points comes to that of the retrained model, not to 0.",
        "TMU, abstract",
        "aligned far better than methods before it",
        "abstract",
        _FORGET,
        IS_ALIGNED,
        _WHERE_TMU,
    ),
    Claim(
        "tmu",
        "Test accuracy is not given up for it.",
        "TMU, abstract",
        "no loss of accuracy",
        "abstract",
        {"test": "test", "original test": "original", "retrained test": "retrained"},
        KEEPS_TEST,
        _WHERE_TMU,
    ),
    Claim(
        "tmu",
        "Of the methods compared it comes nearest to the retrained model.",
        "TMU, result tables",
        "first in alignment, before negative gradient, random label and Bad teacher",
        "reviews",
        {**_FORGET, **RIVALS},
        IS_NEAREST,
        (
            Setting(_CATS, OnImages(COMPACT_PART, "tmu", {**_ALIGNED, **WITH_RIVALS})),
            Setting(_CATS_RESNET, OnImages(RESNET_PART, "tmu", {**_ALIGNED, **WITH_RIVALS})),
        ),
    ),
)
