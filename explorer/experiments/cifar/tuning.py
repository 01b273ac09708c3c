"""Try a few values of one knob on images, judged on training images that nobody is trained on.

`python -m explorer.experiments.tuning FOLDER [METHOD ...]` prints, for the request of the plan whose recorded runs lie
in that folder (such as cifar10-compact-memorise-random), each trial and the entry of CHOSEN.
"""

from __future__ import annotations

import math
import sys

from explorer.experiments.cifar import plan
from explorer.experiments.cifar.chosen_knobs import TRIED, TRIED_ON, start_of, values_of
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import Trainings
from explorer.pipeline import images
from explorer.spec import Spec


def main(folder: str, methods: list[str]) -> None:
    """Print the trials of some methods on a request of the plan, and what was chosen."""
    kept = Trainings(Store.default().place)
    base = next(spec for spec in _bases() if images.folder_of(spec) == folder)
    for method in methods or list(TRIED):
        trials = {value: images.trial(spec, kept.memo, kept.checkpoints) for value, spec in candidates(base, method)}
        for value, (score, said) in trials.items():
            print(f"# {folder} {method} {TRIED[method][0]}={value:g}: {score:.4f} ({said})", flush=True)
        best = min(trials, key=lambda value: trials[value][0])
        if not math.isfinite(trials[best][0]):
            print(f"# {folder} {method}: all values break the model down", flush=True)
            continue
        print(f'    "{method}": Chosen({best:g}, {len(trials)}),', flush=True)


def _bases() -> list[Spec]:
    return [Spec.parse({**planned.base, "method": None}) for planned in plan.PLAN]


def candidates(base: Spec, method: str) -> list[tuple[float, Spec]]:
    """Return the values tried, at most four, each with its Spec."""
    knobs, n = start_of(method, base), TRIED_ON.get(images.folder_of(base))
    if n is not None:
        base = base.with_part(data={**base.data.as_json(), "n": n})
    name = TRIED[method][0]
    return [
        (value, base.with_part(method={"name": method, "knobs": {**knobs, name: value}}))
        for value in values_of(method, base)
    ]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
