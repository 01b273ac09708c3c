"""Which requests on images are recorded, and which methods answer each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.experiments.cifar.chosen_knobs import DEAR, knobs_of
from explorer.pipeline import images
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

REFERENCE_SEEDS = 3
WEIGHTS = "cifar10-compact-memorise-random"  # the one folder that ships weights, of its first models


@dataclass(frozen=True)
class Planned:
    """One request to record.

    Attributes:
        base: its Spec without a method, as JSON values.
        methods: keys, in the order in which they are run; () for all that can answer.
        where: "gpu" for what is left out where there is no CUDA device.
        presets: method -> one of its presets, which gives its knobs here.
    """

    base: Mapping[str, Any]
    methods: tuple[str, ...] = ()
    where: Literal["anywhere", "gpu"] = "anywhere"
    presets: Mapping[str, str] = field(default_factory=dict)


_MEMORISE = {
    "data": {"name": "cifar10"},
    "training": {"recipe": "memorise"},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS, "shadows": 16},
}

_MAIN = (
    "boundary_expand", "boundary_shrink", "camu", "fine_tune", "gradient_ascent", "greedy", "jit", "neg_grad_plus",
    "random_labels", "salun", "scrub", "ssd", "tmu", "unsir",
)  # fmt: skip
_MORE = ("amun", "bad_teacher", "cf_k", "eu_k", "fisher", "influence_1", "l1_sparse", "msg", "scrub_r", "wood_fisher")
_HELD_OUT = ("scrub_r", "tmu")  # they need images that no model was trained on; of the full set none are left
_WHOLE = tuple(name for name in (*_MAIN, *_MORE) if name not in _HELD_OUT)

_FULL_CLASS = {
    "data": {"name": "cifar10", "n": 50_000},
    "request": {"choose": "class", "label": 5},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
}

# What JiT's table 2(b) compares and image runs have; fine-tuning, without a preset of theirs, stands at our knobs.
_JIT_TABLE = {
    "bad_teacher": "images",
    "boundary_shrink": "images (released)",
    "jit": "CIFAR-100, class",
    "scrub": "as in JiT's tables",
    "ssd": "VGG, full class",
    "unsir": "images (as in JiT's tables)",
}

PLAN: tuple[Planned, ...] = (
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.1}}, (*_MAIN, *_MORE)),
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.3, "label": 3}}, (*_MAIN, *_MORE)),
    Planned({**_MEMORISE, "request": {"choose": "class", "label": 5}}, (*_MAIN, *_MORE)),
    Planned({
        **_MEMORISE,
        "request": {"kind": "correct_labels", "choose": "random", "fraction": 0.2},
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }),
    Planned({
        "data": {"name": "cifar20"},
        "training": {"recipe": "memorise"},
        "request": {"choose": "subclass", "label": 69},  # rocket, as in JiT's tables
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, (*_MAIN, *_MORE)),
    Planned(_FULL_CLASS, _WHOLE),
    Planned({**_FULL_CLASS, "model": {"name": "resnet18"}}, _WHOLE, "gpu"),
    Planned({
        "data": {"name": "cifar100", "n": 50_000},
        "model": {"name": "vgg11"},
        "request": {"choose": "class", "label": 69},  # rocket
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, ("fine_tune", *_JIT_TABLE), "gpu", _JIT_TABLE),
)  # fmt: skip


def runs_of(planned: Planned) -> Iterator[tuple[Spec, str]]:
    """Yield a Spec for each method of a planned request, with how its knobs were found; those that cannot are left out.

    Why, `images.CANNOT`, `DEAR` and `spec.mismatch` say.
    """
    base = Spec.parse({**planned.base, "method": None})
    for name, method in CATALOG.methods.items():
        wanted = not planned.methods or name in planned.methods
        dear = name in DEAR and name not in planned.methods and base.request.kind == "forget"
        if not wanted or dear or name in images.CANNOT or not _answers(method.answers, base):
            continue
        preset = planned.presets.get(name)
        if preset is None:
            knobs, tuned = knobs_of(name, base)
        else:
            knobs, tuned = method.presets[preset].knobs, f"the preset {preset}, not tuned"
        yield base.with_part(method={"name": name, "knobs": knobs}), tuned


def _answers(answers: Any, base: Spec) -> bool:
    kind = base.request.kind
    if kind == "forget" and base.request.choose == "class":
        return bool({"forget", "forget_class"} & set(answers))
    return kind in answers
