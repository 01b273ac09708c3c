"""Try a few values of one knob on images, judged on training images that nobody is trained on.

`python -m explorer.experiments.cifar.tuning FOLDER [METHOD ...]` takes the request of the plan whose recorded runs lie
in that folder (such as cifar10-compact-memorise-random). It prints each trial, and writes what was chosen into
chosen.json.
"""

from __future__ import annotations

import math
import sys

from explorer import pipeline
from explorer.experiments.cifar import plan
from explorer.experiments.cifar.chosen_knobs import TRIED_ON, Chosen, keep, start_of, values_of
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import Trainings
from explorer.spec import Spec, folder_of
from explorer.spec.catalog import CATALOG


def main(folder: str, methods: list[str]) -> None:
    """Print the trials of some methods on a request of the plan, and keep what was chosen."""
    kept = Trainings(Store.default().place)
    base = next(spec for spec in _bases() if folder_of(spec) == folder)
    for method in methods or [key for key, one in CATALOG.methods.items() if one.images.search]:
        trials, tried = [], candidates(base, method)
        if not tried:
            print(f"{method} declares no knob to `search`", flush=True)
            continue
        for knobs, spec in tried:
            score, numbers = pipeline.trial(kept.run(spec))
            print(f"{folder} {method} {knobs}: {score:.4f} ({numbers})", flush=True)
            trials.append((score, knobs))
        score, knobs = min(trials, key=lambda trial: trial[0])
        if math.isfinite(score):
            keep(folder, method, Chosen(knobs, len(trials)))
        else:
            print(f"{folder} {method}: all values break the model down, nothing was chosen", flush=True)


def _bases() -> list[Spec]:
    return [Spec.parse({**planned.base, "method": None}) for planned in plan.PLAN]


def candidates(base: Spec, method: str) -> list[tuple[dict[str, float], Spec]]:
    """Return the values of the tried knob, at most four, each with its Spec."""
    knobs, n = start_of(method, base), TRIED_ON.get(folder_of(base))
    if n is not None:
        base = base.with_part(data={**base.data.as_json(), "n": n})
    tried = [{name: value} for name, values in values_of(method, base).items() for value in values]
    return [(one, base.with_part(method={"name": method, "knobs": {**knobs, **one}})) for one in tried]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
