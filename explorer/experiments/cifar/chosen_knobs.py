"""Knobs of every method on images: where each is first tried, and which other values of one knob are tried.

At most four trials a method and request, judged on training images that are kept apart (`tuning.py`), never on a
retrained model. What was chosen stands in CHOSEN, which `python -m explorer.experiments.tuning` prints anew.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from explorer.pipeline.images import folder_of
from explorer.spec import Spec

_EPOCH = 78  # steps of 128 in 10,000 images
_SCRUB = {
    "epochs": 2, "max_epochs": 2, "lr": 0.005, "temperature": 4.0, "forget_batch": 128, "retain_batch": 128,
    "optimizer": "sgd", "weight_decay": 5e-4,
}  # fmt: skip

# For `compact` on 10,000 images: at most five epochs' worth of passes, prepare included. Our choice throughout; where
# the authors' scripts say something (JiT, CaMU, SSD, SCRUB) it is where we start from.
START: dict[str, dict[str, Any]] = {
    "amun": {"epochs": 3, "lr": 3e-4, "batch": 128},
    "bad_teacher": {"epochs": 1, "lr": 1e-3, "batch": 128},
    "boundary_expand": {"epochs": 3, "lr": 1e-3, "batch": 64},
    "boundary_shrink": {
        "epochs": 3, "lr": 1e-4, "batch": 64, "attack": "one step", "bound": 0.1, "units": "range",
    },
    "camu": {"epochs": 6, "impair_lr": 3e-4, "kl_lr": 1e-5, "units": "standardised", "batch": 64},
    "cf_k": {"blocks": 2, "epochs": 4, "lr": 0.02, "batch": 128},
    "dui": {"scope": "last block", "delta": 0.05, "decay": 5e-4, "steps": 10},
    "eu_k": {"blocks": 2, "steps": 350, "lr": 0.1, "weight_decay": 5e-4, "batch": 128, "optimizer": "sgd"},
    "fine_tune": {"lr": 3e-3, "steps": 3 * _EPOCH, "batch": 128},
    "fisher": {"alpha": 1e-7, "points": 1000},
    "gradient_ascent": {"lr": 1e-3, "steps": 16, "batch": 128},
    "greedy": {"lr": 1e-3, "steps": 16, "batch": 128},
    "influence_1": {"tau": 0.01, "steps": 10, "scope": "last block"},
    "influence_2": {"delta": 0.02, "scope": "last block", "decay": 5e-4},
    "jit": {
        "sigma": 0.5, "lr": 1e-4, "samples": 25, "epochs": 1, "batch": 128, "power": 1, "reduction": "sum",
        "zero_grad": "accumulate", "clamp": "batch", "noise": "iid", "units": "standardised",
    },
    "l1_sparse": {"epochs": 4, "plain": 1, "gamma": 5e-4, "lr": 3e-3, "batch": 128},
    "msg": {"epochs": 3, "lr": 3e-3, "batch": 128},
    "neg_grad_plus": {"alpha": 0.95, "lr": 3e-3, "steps": 2 * _EPOCH, "batch": 128},
    "random_labels": {"lr": 3e-3, "steps": 2 * _EPOCH, "batch": 128},
    "salun": {"epochs": 2, "lr": 3e-3, "batch": 128},
    "scrub": _SCRUB,
    "scrub_r": _SCRUB,
    "ssd": {"alpha": 10.0, "lam": 1.0, "batch": 64},
    "tmu": {
        "epochs": 2, "lr": 3e-3, "batch": 128, "sigma": 0.1, "units": "standardised", "features": "df_cf",
        "twin_steps": 120, "twin_lr": 1e-3, "twin_batch": 128, "early": 1,
    },
    "unsir": {"noise_steps": 40, "copies": 20, "sample": 1000, "impair_lr": 0.01, "repair_lr": 0.01, "batch": 64},
    "wood_fisher": {"delta": 1.0, "alpha": 0.2, "scope": "last block"},
}  # fmt: skip

# More than five epochs' worth of passes, and recorded all the same, because the request or the mission names them.
DEAR = {
    "dui": "each of its ten steps solves by conjugate gradients: some 95 epochs' worth of passes",
    "influence_2": "its conjugate gradients run over the whole training set: some 36 epochs' worth of passes",
    "tmu": "twin, early model and features of its preparation take some ten epochs' worth of passes, once an original",
}

# Where there are many more images, fewer passes over them: the standard recipe itself is four epochs long.
ELSEWHERE: dict[str, dict[str, dict[str, Any]]] = {
    "cifar10-50000": {
        "amun": {"epochs": 1}, "boundary_shrink": {"epochs": 1}, "camu": {"epochs": 1, "batch": 128},
        "cf_k": {"epochs": 1}, "l1_sparse": {"epochs": 1, "plain": 0}, "msg": {"epochs": 1}, "salun": {"epochs": 1},
    },
}  # fmt: skip

# The knob that is tried, and its values (at most four).
TRIED: dict[str, tuple[str, tuple[float, ...]]] = {
    "amun": ("lr", (1e-3, 3e-4, 1e-4)),
    "bad_teacher": ("lr", (1e-3, 3e-4, 1e-4)),
    "boundary_expand": ("lr", (1e-2, 1e-3, 1e-1, 1e-4)),
    "boundary_shrink": ("lr", (1e-3, 1e-4, 3e-5, 1e-5)),
    "camu": ("impair_lr", (3e-4, 1e-3, 3e-3)),
    "cf_k": ("lr", (0.02, 0.1)),
    "dui": ("delta", (0.05, 0.5, 0.005)),
    "eu_k": ("lr", (0.1, 0.3, 0.03)),
    "fine_tune": ("lr", (3e-3, 1e-2, 1e-3)),
    "gradient_ascent": ("lr", (1e-2, 1e-1, 3e-2, 3e-3)),
    "greedy": ("lr", (1e-4, 3e-4)),
    "influence_1": ("tau", (0.1, 1.0, 10.0)),
    "influence_2": ("delta", (0.02, 0.2, 0.002)),
    "jit": ("lr", (1e-4, 1e-3, 1e-5, 1e-6)),
    "l1_sparse": ("lr", (3e-3, 1e-2, 1e-3)),
    "msg": ("lr", (3e-3, 1e-2, 1e-3)),
    "neg_grad_plus": ("lr", (3e-3, 1e-2, 1e-3, 1e-4)),
    "random_labels": ("lr", (3e-3, 1e-2, 1e-3)),
    "salun": ("lr", (3e-3, 1e-2, 1e-3, 1e-4)),
    "scrub": ("lr", (5e-3, 2e-2, 1e-3, 1e-4)),
    "scrub_r": ("lr", (5e-3, 2e-2, 1e-3)),
    "ssd": ("alpha", (10.0, 3.0, 30.0, 100.0)),
    "tmu": ("lr", (3e-3, 1e-2, 1e-3)),
    "unsir": ("impair_lr", (1e-2, 3e-3, 1e-3, 1e-4)),
    "wood_fisher": ("alpha", (0.2, 1.0, 5.0)),
}

# Other values of that knob, where those are far from what a request needs (the full set's class has five times the
# updates, part of a class three tenths, a sub-class a tenth).
TRIED_ELSEWHERE: dict[str, dict[str, tuple[float, ...]]] = {
    "cifar10-compact-memorise-class": {"scrub_r": (1e-3, 1e-4)},
    "cifar10-compact-memorise-part": {
        "gradient_ascent": (3e-3, 1e-3, 3e-4, 1e-4),
        "ssd": (30.0, 100.0, 300.0, 1000.0),
    },
    "cifar10-compact-standard-class": {
        "gradient_ascent": (3e-4, 1e-4),
        "jit": (1e-6, 3e-6),
    },
    "cifar20-compact-memorise-subclass": {"gradient_ascent": (3e-3, 1e-3, 3e-4, 1e-4)},
}

# Where a request leaves no image for validation, trials run on this many images of its data set.
TRIED_ON = {"cifar10-compact-standard-class": 45_000}

# Requests that take the values of another where they were not tried themselves; all by folder of recorded runs.
ALIKE = {
    "cifar10-compact-memorise-part": "cifar10-compact-memorise-random",
    "cifar20-compact-memorise-subclass": "cifar10-compact-memorise-class",
    "cifar10-compact-standard-class": "cifar10-compact-memorise-class",
}


# Methods that take no other request's value. The step of first-order influence is as long as the gradient of the rows
# named, tiny where they were learnt by heart: the rate that was found there destroys a model of the standard recipe.
NOT_ALIKE = frozenset({"influence_1"})


class Chosen(NamedTuple):
    """What trials of one knob found.

    Attributes:
        value: that which judged best.
        trials: how many values were tried.
        remark: what must be known about the others, or "".
    """

    value: float
    trials: int
    remark: str = ""


# Folder -> method -> what was chosen of the tried knob.
CHOSEN: dict[str, dict[str, Chosen]] = {
    "cifar10-compact-memorise-random": {
        "bad_teacher": Chosen(1e-3, 3),
        "boundary_shrink": Chosen(1e-5, 4),
        "fine_tune": Chosen(3e-3, 3),
        "gradient_ascent": Chosen(3e-3, 4),
        "greedy": Chosen(1e-4, 2),
        "influence_1": Chosen(0.1, 3),
        "jit": Chosen(1e-6, 4),
        "salun": Chosen(1e-4, 4, "the larger ones destroy the model"),
        "scrub": Chosen(1e-3, 3, "the others leave the finite numbers"),
        "scrub_r": Chosen(1e-3, 3, "the others leave the finite numbers"),
        "ssd": Chosen(10.0, 4),
    },
    "cifar10-compact-memorise-part": {
        "boundary_shrink": Chosen(1e-5, 4),
        "gradient_ascent": Chosen(1e-3, 4),
        "influence_1": Chosen(0.1, 3),
        "jit": Chosen(1e-6, 4, "the larger ones damage the rest more than they forget"),
        "salun": Chosen(3e-3, 4),
        "ssd": Chosen(100.0, 4),
    },
    "cifar10-compact-memorise-class": {
        "boundary_expand": Chosen(1e-4, 4),
        "boundary_shrink": Chosen(3e-5, 4),
        "gradient_ascent": Chosen(3e-3, 4, "all four leave the finite numbers; the smallest lasts longest"),
        "greedy": Chosen(3e-4, 2),
        "jit": Chosen(1e-5, 4),
        "influence_1": Chosen(1.0, 3),
        "neg_grad_plus": Chosen(1e-3, 4, "the larger ones destroy the model too, the smallest forgets nothing"),
        "scrub": Chosen(1e-3, 4, "the larger ones leave the finite numbers, the smallest forgets nothing"),
        "scrub_r": Chosen(1e-3, 2, "the smaller one forgets nothing"),
        "ssd": Chosen(100.0, 4),
        "unsir": Chosen(1e-3, 4),
    },
    "cifar10-compact-memorise-poisoned": {
        "influence_1": Chosen(1.0, 3),
    },
    "cifar20-compact-memorise-subclass": {
        "boundary_shrink": Chosen(1e-3, 4, "it forgets by damage; the smaller ones forget little"),
        "gradient_ascent": Chosen(1e-3, 4, "the larger one leaves the finite numbers, the smaller ones forget nothing"),
        "greedy": Chosen(3e-4, 2),
        "influence_1": Chosen(10.0, 3),
        "jit": Chosen(1e-3, 4, "the smaller ones forget nothing"),
        "neg_grad_plus": Chosen(1e-3, 4, "the larger ones destroy the model, the smallest forgets nothing"),
        "scrub": Chosen(1e-3, 4, "one leaves the finite numbers, the others forget nothing"),
        "scrub_r": Chosen(5e-3, 3, "one leaves the finite numbers, the others forget nothing"),
        "ssd": Chosen(100.0, 4),
    },
    "cifar10-compact-standard-class": {
        "gradient_ascent": Chosen(3e-4, 2),
        "jit": Chosen(3e-6, 2),
        "unsir": Chosen(1e-2, 4, "all four lose more than half of what was to be kept"),
    },
}


def values_of(method: str, base: Spec) -> tuple[float, ...]:
    """Return the values of the tried knob for a request."""
    return TRIED_ELSEWHERE.get(folder_of(base), {}).get(method, TRIED[method][1])


def start_of(method: str, base: Spec) -> dict[str, Any]:
    """Return the knobs (those that differ from the defaults) where a method is first tried on a request."""
    size = f"{base.data.name}-{base.data.options.model_dump().get('n')}"
    return {**START.get(method, {}), **ELSEWHERE.get(size, {}).get(method, {})}


def knobs_of(method: str, base: Spec) -> tuple[dict[str, Any], str]:
    """Return the knobs (those that differ from the defaults) of a method for a request, and how they were found."""
    knobs, folder = start_of(method, base), folder_of(base)
    found, said = CHOSEN.get(folder, {}).get(method), ""
    if found is not None and folder in TRIED_ON:
        said = f", of models trained on {TRIED_ON[folder]:,} images"
    if found is None and folder in ALIKE and method not in NOT_ALIKE:
        found, said = CHOSEN[ALIKE[folder]].get(method), f" for {ALIKE[folder]}"
    if found is None:
        return knobs, "our first choice, not tuned" if knobs else "the defaults, not tuned"
    name, remark = TRIED[method][0], f": {found.remark}" if found.remark else ""
    said = f"{name} chosen among {found.trials} values on validation images{said}{remark}"
    return {**knobs, name: found.value}, said
