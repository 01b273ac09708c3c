"""What JiT says, in its Figures 2, 3, 7 and 8 and its Table 2(b), and the rules by which we judge it.

Figures and tables could be seen as pictures, not the text in full; the settings of Figures 2 and 3 are not known. The
numbers of the table stand beside recorded runs too (cifar/published.py) and are taken from there.

Source: Foster et al., An Information Theoretic Approach to Machine Unlearning, TMLR 2025, arXiv:2402.01401.
"""

from __future__ import annotations

import math

from explorer.experiments.cifar.published import JIT_CLASS, Entry
from explorer.experiments.claims.bounds import (
    BEHIND,
    BROKEN,
    ENOUGH_NOISE,
    LARGE_RATE,
    LEFT,
    LEFT_IN_PART,
    LIKE_THE_PICTURE,
    LITTLE,
    NEARLY_ALL,
    SMALL_RATE,
    SOME,
    SOUND,
    STILL,
    TWICE,
    Numbers,
    by_parts,
    by_share,
    mean,
    most,
    on_seeds,
    seeds,
    share,
)
from explorer.experiments.claims.claim import Claim, Missing, Rule, Setting, Verdict
from explorer.experiments.claims.evidence import BySetting, OnImages, OnPlane, measured
from explorer.experiments.claims.places import (
    COMPACT,
    COMPACT_BY_HEART,
    ON_COMPACT,
    ON_COMPACT_BY_HEART,
    ON_VGG,
    TEN,
    VGG,
)

_BOTH = "; in part where with one of them; else it does not hold here"


def _comes_closer(numbers: Numbers) -> Verdict:
    return by_parts(*(on_seeds(numbers, name, lambda value: value < 0) for name in ("stated", "reading")))


COMES_CLOSER = Rule(
    "Holds where the boundary comes closer on nine seeds of ten both with the stated loss and with our reading of it "
    f"(squared norms, the noisy output held){_BOTH}.",
    ("stated", "reading"),
    _comes_closer,
    undefined=("stated", "reading"),
)


def _goes_as_far(numbers: Numbers) -> Verdict:
    def as_far(name: str) -> bool:
        rows = seeds(numbers, name, "retrained")
        ratios = [one / goal if goal else math.inf for one, goal in rows]
        return share(most(1 / TWICE, ratio) and most(ratio, TWICE) for ratio in ratios) >= NEARLY_ALL

    return by_parts(as_far("stated"), as_far("reading"))


GOES_AS_FAR = Rule(
    f"Holds where on nine seeds of ten the boundary moves the way that retraining moves it, at least 1/{TWICE:g} and "
    f"at most {TWICE:g} times as far, both with the stated loss and with our reading of it{_BOTH}.",
    ("stated", "reading", "retrained"),
    _goes_as_far,
    undefined=("stated", "reading"),
)


def _stays(numbers: Numbers) -> Verdict:
    return by_parts(*(on_seeds(numbers, name, lambda value: most(abs(value), STILL)) for name in ("stated", "reading")))


STAYS = Rule(
    f"Holds where the boundary moves at most {STILL:g} on nine seeds of ten both with the stated loss and with our "
    f"reading of it{_BOTH}.",
    ("stated", "reading"),
    _stays,
    undefined=("stated", "reading"),
)


def _goes_too_far(numbers: Numbers) -> Verdict:
    far = [
        math.isnan(greedy) or most(TWICE * abs(retrained), abs(greedy))
        for greedy, retrained in seeds(numbers, "greedy", "retrained")
    ]
    return by_share(share(far))


GOES_TOO_FAR = Rule(
    f"Holds where on nine seeds of ten mislabelling moves the boundary at least {TWICE:g} times as far as retraining "
    "does, or leaves none; in part on half of them; else it does not hold here.",
    ("greedy", "retrained"),
    _goes_too_far,
    undefined=("greedy",),
)


def _as_in_the_picture(numbers: Numbers) -> Verdict:
    def drawn(way: str) -> bool:
        near = on_seeds(numbers, f"toward, {way}", lambda value: value > 0)
        return near and most(mean(numbers, f"picture, {way}"), LIKE_THE_PICTURE)

    return "holds" if drawn("down") else "holds in part" if drawn("up") else "does not hold here"


AS_IN_THE_PICTURE = Rule(
    "Holds where one step down the stated loss brings the boundary to the point on nine seeds of ten and gives the "
    f"picture's heights to {LIKE_THE_PICTURE:g} (root mean square); in part where only a step up the loss does; else "
    "it does not hold here.",
    ("toward, down", "toward, up", "picture, down", "picture, up"),
    _as_in_the_picture,
)


def _forgets_for_little(numbers: Numbers) -> Verdict | Missing:
    if not mean(numbers, "original forgotten") > 0:
        return Missing("the original gets nothing of what is forgotten right")
    left = mean(numbers, "forgotten") / mean(numbers, "original forgotten")
    lost = mean(numbers, "original kept") - mean(numbers, "kept")
    if most(left, LEFT) and most(lost, LITTLE):
        return "holds"
    return "holds in part" if most(left, LEFT_IN_PART) and most(lost, SOME) else "does not hold here"


FORGETS_FOR_LITTLE = Rule(
    f"Holds where at most {LEFT:g} of the original's test accuracy on what is forgotten is left, and at most "
    f"{LITTLE:g} is lost on the rest; in part where at most {LEFT_IN_PART:g} is left and at most {SOME:g} lost; else "
    "it does not hold here.",
    ("forgotten", "original forgotten", "kept", "original kept"),
    _forgets_for_little,
)


def _hides(numbers: Numbers) -> Verdict:
    rate = mean(numbers, "rate")
    if most(rate, numbers["retrained rate"].high + BEHIND):
        return "holds"
    return "holds in part" if most(rate, mean(numbers, "original rate") / 2) else "does not hold here"


HIDES = Rule(
    "Holds where the attack calls no larger share of the forgotten images members than in the retrained model with the "
    f"largest, or at most {BEHIND:g} more; in part where at most half of the original's share; else it does not hold "
    "here.",
    ("rate", "retrained rate", "original rate"),
    _hides,
)


def _collapses(numbers: Numbers) -> Verdict:
    return by_parts(
        all(most(value, BROKEN) for value in numbers["large rates"].finite),
        all(most(SOUND, value) for value in numbers["small rates"].finite),
    )


COLLAPSES = Rule(
    f"Holds where every run and trial at a rate of {LARGE_RATE:g} or more keeps at most {BROKEN:g} of retrained's test "
    f"accuracy on what is kept, and every one at {SMALL_RATE:g} or less with noise of {ENOUGH_NOISE:g} or more at "
    f"least {SOUND:g}; in part where one of the two is so; else it does not hold here.",
    ("large rates", "small rates"),
    _collapses,
)

# --- what the paper says ----------------------------------------------------------------------------------------------


def _row(name: str) -> Entry:
    return next(entry for entry in JIT_CLASS.entries if entry.name.startswith(name))


def _percent(entry: Entry, column: str) -> str:
    spread = f" ± {100 * entry.spread[column]:g}" if column in entry.spread else ""
    return f"{100 * entry.values[column]:g}{spread} %"


_JIT, _BEFORE, _AFRESH = _row("JiT"), _row("Original"), _row("Retrained")
_MOVED = {
    "stated": "stated loss", "reading": "our reading", "greedy": "mislabelled", "retrained": "retrained, paired",
}  # fmt: skip
_GAUSSIANS = f"two Gaussians, 200 points, tanh 2-32-32-2, one point, {TEN}; change of the distance to the boundary"
_IN_THE_GAP, _INSIDE = f"{_GAUSSIANS}; a point in the gap", f"{_GAUSSIANS}; a point inside its class"


def _without(name: str) -> dict[str, str]:
    return {key: label for key, label in _MOVED.items() if key != name}


def _moved(measure: str) -> OnPlane:
    return measured(measure, *_MOVED)


def _of_jit(folder: str, says: str) -> Setting:
    numbers = {
        "kept": ("unlearned", "test_kept"), "original kept": ("original", "test_kept"),
        "forgotten": ("unlearned", "test_forget"), "original forgotten": ("original", "test_forget"),
        "rate": ("unlearned", "entropy rate"), "retrained rate": ("retrained", "entropy rate"),
        "original rate": ("original", "entropy rate"),
    }  # fmt: skip
    return Setting(says, OnImages(folder, "jit", numbers))


_WHERE_JIT = (
    _of_jit(VGG, ON_VGG), _of_jit(COMPACT, ON_COMPACT), _of_jit(COMPACT_BY_HEART, ON_COMPACT_BY_HEART),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "jit",
        "Forgetting a point next to the boundary brings the boundary to it.",
        "JiT, Figure 2, top row",
        "the boundary tilts towards the point",
        "figure",
        _without("greedy"),
        COMES_CLOSER,
        (Setting(_IN_THE_GAP, _moved("a point in the gap")),),
    ),
    Claim(
        "jit",
        "It brings it about as far as retraining does.",
        "JiT, Figure 2, top row",
        "much the same tilt as in the model that was retrained",
        "figure",
        _without("greedy"),
        GOES_AS_FAR,
        (Setting(_IN_THE_GAP, _moved("a point in the gap")),),
    ),
    Claim(
        "jit",
        "Forgetting a point inside its class leaves the boundary where it is.",
        "JiT, Figure 2, bottom row",
        "neither JiT nor retraining moves the boundary",
        "figure",
        _without("greedy"),
        STAYS,
        (Setting(_INSIDE, _moved("an inner point")),),
    ),
    Claim(
        "jit",
        "Mislabelling the point instead wrecks the boundary.",
        "JiT, Figure 2, right column",
        "the boundary swings past much of the class, or bends strongly",
        "figure",
        {"greedy": _MOVED["greedy"], "retrained": _MOVED["retrained"]},
        GOES_TOO_FAR,
        (Setting(_IN_THE_GAP, _moved("a point in the gap")), Setting(_INSIDE, _moved("an inner point"))),
    ),
    Claim(
        "jit",
        "On one sigmoid, forgetting a point near the boundary brings the boundary to it.",
        "JiT, Figure 3",
        "17 points, each forgotten by itself; x = 1 ends at a height of .745, x = .25 at .595",
        "figure",
        {
            "toward, down": "to the point, stated loss", "picture, down": "off the picture, stated loss",
            "toward, up": "to the point, up the loss", "picture, up": "off the picture, up the loss",
        },
        AS_IN_THE_PICTURE,
        (
            Setting(
                f"one step of 4.8 on probabilities, {TEN} of the noise; median over the points up to 1.5 from 0",
                measured("one sigmoid", "toward, down", "picture, down", "toward, up", "picture, up"),
            ),
        ),
    ),
    Claim(
        "jit",
        "A class is nearly forgotten without any retained data, and the rest is kept.",
        "JiT, Table 2(b), VGG-11",
        f"test accuracy on the class {_percent(_BEFORE, 'test_forget')} to {_percent(_JIT, 'test_forget')}, on the "
        f"rest {_percent(_BEFORE, 'test_retain')} to {_percent(_JIT, 'test_retain')}",
        "table",
        {
            "forgotten": "class", "original forgotten": "class before", "kept": "rest", "original kept": "rest before",
        },
        FORGETS_FOR_LITTLE,
        _WHERE_JIT,
    ),
    Claim(
        "jit",
        "An attack on the entropy finds no more of the forgotten class than in a retrained model.",
        "JiT, Table 2(b), VGG-11, MIA",
        f"called members: {_percent(_JIT, 'mia')}; retrained {_percent(_AFRESH, 'mia')}; original "
        f"{_percent(_BEFORE, 'mia')}",
        "table",
        {"rate": "called members", "retrained rate": "retrained", "original rate": "original"},
        HIDES,
        _WHERE_JIT,
    ),
    Claim(
        "jit",
        "It is safe at small rates with enough noise; at larger rates the model collapses.",
        "JiT, Figures 7 and 8, VGG-11",
        "rate 1e-4 with noise .5 to 1.5 keeps some 63 to 66 %; noise .5 with rates from 5e-4 up leaves 6 % at most",
        "figure",
        {"large rates": "kept at rates from 5e-4", "small rates": "kept at rates to 1e-4, noise from .5"},
        COLLAPSES,
        (
            Setting(f"{ON_VGG}; all runs and trials, share of retrained's", BySetting(VGG, "jit")),
            Setting(f"{ON_COMPACT_BY_HEART}; all runs and trials, share of retrained's",
                    BySetting(COMPACT_BY_HEART, "jit")),
        ),
    ),
)  # fmt: skip
