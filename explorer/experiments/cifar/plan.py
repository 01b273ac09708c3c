"""Which requests on images are recorded, and with which knobs each method answers them.

No method is named here: each says in its own file whether it runs on images, where it starts and for which kinds of
request it is recorded (`Method.images`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.experiments.cifar.chosen_knobs import knobs_of
from explorer.knobs import knob_infos
from explorer.spec import Spec, mismatch
from explorer.spec.catalog import CATALOG

REFERENCE_SEEDS = 3
NOT_TUNED = "not tuned"
JIT_IMAGES = 45_000  # the rest is for validation
JIT_EPOCHS = 15  # of 703 whole batches of 64; theirs are 210, and four models of 30 take two cores two hours and a half
WITH_WEIGHTS = "compact"  # the network whose folders ship the weights of their models


@dataclass(frozen=True)
class Planned:
    """One request to record.

    Attributes:
        base: its Spec without a method, as JSON values.
        published: source of a published table; only methods that declare their knobs in it are recorded. "" for all.
        full: only methods that say that they are recorded on full networks.
    """

    base: Mapping[str, Any]
    published: str = ""
    full: bool = False


_MEMORISE = {
    "data": {"name": "cifar10"},
    "training": {"recipe": "memorise"},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS, "shadows": 16},
}
_FULL_CLASS = {
    "data": {"name": "cifar10", "n": 50_000},
    "request": {"choose": "class", "label": 5},
    "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
}

PLAN: tuple[Planned, ...] = (
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.1}}),
    Planned({**_MEMORISE, "request": {"choose": "random", "fraction": 0.3, "label": 3}}),
    Planned({**_MEMORISE, "request": {"choose": "class", "label": 5}}),
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
    }),
    Planned(_FULL_CLASS),
    Planned({
        "data": {"name": "cifar100", "n": JIT_IMAGES},
        "model": {"name": "vgg11"},
        "training": {"steps": JIT_EPOCHS * 703},
        "request": {"choose": "class", "label": 69},  # rocket
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, published="JiT, table 2(b)"),
    Planned({
        "data": {"name": "cifar10"},
        "model": {"name": "resnet18"},
        "training": {"recipe": "memorise"},
        "request": {"choose": "class", "label": 5},
        "evaluation": {"retrained_seeds": REFERENCE_SEEDS},
    }, full=True),
)  # fmt: skip


def runs_of(planned: Planned) -> Iterator[tuple[Spec, str]]:
    """Yield (Spec, how its knobs were chosen) for each method that can run and is wanted.

    Left out are:
        methods that say why they cannot run on images;
        methods that read held-out images, where every training image of the data set is trained on;
        methods that say that they are recorded for other kinds of request;
        methods that do not answer the request;
        where a published table is repeated, methods that are not in it;
        on a full network, methods that do not say that they are recorded there.
    """
    base = Spec.parse({**planned.base, "method": None})
    for name, method in CATALOG.methods.items():
        if not _wanted(name, base) or (planned.published and planned.published not in method.images.published):
            continue
        if planned.full and not method.images.full:
            continue
        preset = method.images.published.get(planned.published)
        if preset:
            knobs, tuned = method.presets[preset].knobs, f"the preset {preset}, {NOT_TUNED}"
        else:
            knobs, tuned = knobs_of(name, base)
        spec = base.with_part(method={"name": name, "knobs": knobs})
        if not mismatch(spec, whole_class=base.request.choose == "class"):
            yield spec, tuned


def _wanted(name: str, base: Spec) -> bool:
    method = CATALOG.methods[name]
    images = method.images
    if images.cannot or (images.recorded_for and base.request.kind not in images.recorded_for):
        return False
    return not (method.needs_heldout and _takes_all(base))


def _takes_all(base: Spec) -> bool:
    """Say whether models are trained on every training image of the data set, so that none is held out."""
    return getattr(base.data.options, "n", None) == knob_infos(type(base.data.options))["n"].high
