"""What CaMU says, in its abstract and its relearning curves, and the rules by which we judge it.

Its tables could not be checked. The curves are pictures in the released repository; there training goes on with the
remaining data for an epoch.

Source: Shen et al., CaMU: Disentangling Causal Effects in Deep Model Unlearning, SDM 2024, arXiv:2401.17504; released
code ShaofeiShen768/CaMU at 26a1e3c, folder img.
"""

from __future__ import annotations

from explorer.experiments.claims.bounds import BEHIND, GONE, Numbers, by_share, mean, most, seeds, share
from explorer.experiments.claims.claim import Claim, Missing, Rule, Setting, Verdict
from explorer.experiments.claims.evidence import OnImages, Relearned, measured
from explorer.experiments.claims.places import (
    COMPACT,
    COMPACT_BY_HEART,
    ON_COMPACT,
    ON_COMPACT_BY_HEART,
    ON_RESNET,
    RESNET_CLASS,
    TEN,
)


def _is_gone(numbers: Numbers) -> bool:
    return most(mean(numbers, "forgotten"), numbers["retrained forgotten"].high + GONE)


def _removes_and_keeps(numbers: Numbers) -> Verdict:
    if not _is_gone(numbers):
        return "does not hold here"
    return "holds" if most(numbers["retrained kept"].low - BEHIND, mean(numbers, "kept")) else "holds in part"


REMOVES_AND_KEEPS = Rule(
    f"Holds where accuracy on what is forgotten is at most {GONE:g} above the highest retrained model's, and accuracy "
    f"on what is kept at most {BEHIND:g} below the lowest's; in part where it is forgotten and more is lost; else it "
    "does not hold here.",
    ("forgotten", "retrained forgotten", "kept", "retrained kept"),
    _removes_and_keeps,
)


def _does_not_return(numbers: Numbers) -> Verdict | Missing:
    if not _is_gone(numbers):
        return Missing("it was not forgotten in the first place")
    return by_share(share(most(back - goal, GONE) for back, goal in seeds(numbers, "back", "retrained back")))


DOES_NOT_RETURN = Rule(
    f"Holds where on nine seeds of ten accuracy on what was forgotten never rises more than {GONE:g} above retrained's "
    "while both go on with the kept points; in part on half of them; else it does not hold here.",
    ("forgotten", "retrained forgotten", "back", "retrained back"),
    _does_not_return,
)

# --- what the paper says ----------------------------------------------------------------------------------------------

_REMOVED = {
    "forgotten": ("unlearned", "test_forget"), "retrained forgotten": ("retrained", "test_forget"),
    "original forgotten": ("original", "test_forget"), "kept": ("unlearned", "test_kept"),
    "retrained kept": ("retrained", "test_kept"), "original kept": ("original", "test_kept"),
}  # fmt: skip
_BACK = ("back", "retrained back")
_SOFT = f"four blobs, a class, ReLU 2-64-64-4 that is not too sure, {TEN}"
_SURE = f"four blobs, a class, ReLU 2-64-64-4, default recipe: surer models, {TEN}"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "camu",
        "The class is forgotten while the rest is kept.",
        "CaMU, abstract",
        "keeps more of the remaining data than others, and little of the forgotten",
        "abstract",
        {
            "forgotten": "forgotten", "retrained forgotten": "forgotten, retrained",
            "original forgotten": "forgotten, original", "kept": "kept", "retrained kept": "kept, retrained",
            "original kept": "kept, original",
        },
        REMOVES_AND_KEEPS,
        (
            Setting(f"{_SOFT}; training points", measured("a class", *_REMOVED)),
            Setting(f"{_SURE}; training points", measured("a class, surer original", *_REMOVED)),
            Setting(f"{ON_COMPACT_BY_HEART}; test images", OnImages(COMPACT_BY_HEART, "camu", _REMOVED)),
            Setting(f"{ON_COMPACT}; test images", OnImages(COMPACT, "camu", _REMOVED)),
            Setting(f"{ON_RESNET}; test images", OnImages(RESNET_CLASS, "camu", _REMOVED)),
        ),
    ),
    Claim(
        "camu",
        "What was forgotten does not come back while training goes on with the rest.",
        "CaMU, relearning curves",
        "CIFAR-10, a class: remaining minus forget accuracy 87 at first, 86 after an epoch; retrained 86, then 85",
        "figure",
        {"forgotten": "forgotten", "back": "highest on the way", "retrained back": "retrained's highest"},
        DOES_NOT_RETURN,
        (
            Setting(f"{_SOFT}; 60 full batches of the rest", measured("a class", *_REMOVED, *_BACK)),
            Setting(f"{_SURE}; 60 full batches of the rest", measured("a class, surer original", *_REMOVED, *_BACK)),
            Setting(
                f"{ON_COMPACT_BY_HEART}; 60 mini-batches of 500 of the rest", Relearned(COMPACT_BY_HEART, "camu")
            ),
        ),
    ),
)  # fmt: skip
