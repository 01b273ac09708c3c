"""Say how many trials a method gets on a request, what each may cost, and which request it may learn from.

All by rule, in one table. A method that is much dearer than others says in its own file that it gets fewer
(`Images.trials`); none gets more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from explorer import pipeline
from explorer.knobs import knob_infos
from explorer.spec import Spec, folder_of, request_name, training_recipe
from explorer.spec.catalog import CATALOG

EPOCHS = 5.0  # worth of passes that a trial may cost
VALIDATION = 5_000  # images that are left for it where a request takes all there are


@dataclass(frozen=True)
class Budget:
    """What trials of a method on a request may cost.

    Attributes:
        trials: how many there are.
        best: how many of them are the best ones of the request that is alike, if there are any.
        authors: whether the authors' own setting is tried after the first of these, and what was chosen before after
            the last; else only where there are none.
        epochs: what each may cost in passes, in times the training set.
    """

    trials: int
    best: int = 0
    authors: bool = False
    epochs: float = EPOCHS

    @property
    def limits(self) -> pipeline.Limits:
        """Return where a trial is stopped."""
        return pipeline.Limits(self.epochs)


# The first row that fits. Passes limit a trial and no clock, so every machine makes the same trials.
_TABLE: tuple[tuple[Callable[[Spec], bool], Budget], ...] = (
    (lambda spec: spec.model.name == "resnet18", Budget(5, best=2, authors=True)),
    (lambda spec: spec.model.name == "vgg11", Budget(6, best=2, authors=True)),
    (lambda spec: training_recipe(spec) == "standard", Budget(6, best=3)),
    (lambda spec: request_name(spec) in ("part", "subclass", "poisoned"), Budget(6, best=3)),
    (lambda spec: True, Budget(24)),
)

# The folder in which most trials are made, by the name of a request.
_MANY = {
    "class": "cifar10-compact-memorise-class",
    "subclass": "cifar10-compact-memorise-class",
    "random": "cifar10-compact-memorise-random",
    "part": "cifar10-compact-memorise-random",
    "points": "cifar10-compact-memorise-random",
}


def budget_of(base: Spec, method: str) -> Budget:
    """Return what a method gets on a request; one that says why it is dear is not stopped."""
    found, images = next(budget for fits, budget in _TABLE if fits(base)), CATALOG.methods[method].images
    if images.trials is not None:
        found = replace(found, trials=min(found.trials, images.trials))
    if images.dear:
        found = replace(found, epochs=math.inf)
    return found


def alike(base: Spec) -> str:
    """Return the folder of the request whose best trials are taken over, or "" where there is none."""
    folder = _MANY.get(request_name(base), "")
    return "" if folder == folder_of(base) else folder


def tried_on(base: Spec) -> Spec:
    """Return the request on which trials are made: with fewer images where all are taken, so that some are left."""
    n, most = getattr(base.data.options, "n", 0), knob_infos(type(base.data.options))["n"].high or math.inf
    if n <= most - VALIDATION:
        return base
    return base.with_part(data={**base.data.as_json(), "n": int(most) - VALIDATION})
