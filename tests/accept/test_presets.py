"""What the first presets show on the default data, over data seeds 0 to 5: the pinned seed 0 is no lucky one.

Gradient ascent explodes and fine-tuning barely forgets on every seed. Random labels push the highest forget accuracy of
five below the lowest of five retrained on all seeds but one: on data seed 4 the two are equal (measured; the check asks
for five of six, and never for more than a tie on the rest).
"""

import numpy as np

from explorer.spec import Spec
from explorer.view.presets import PRESETS
from tests._claims import all_originals, closed, end, loss, retrained
from tests.accept.seeds import QUICK, seeds

SEEDS = seeds(6, quick=3)


def specs(key: str, method: str) -> list[Spec]:
    view = next(preset for preset in PRESETS if preset.key == key).view()
    spec = next(s for s, panel in zip(view.specs(), view.panels, strict=True) if panel.name == method)
    return [spec.with_part(data={**spec.data.as_json(), "seed": seed}) for seed in SEEDS]


def test_gradient_ascent_explodes_on_every_seed():
    asked = specs("explodes", "gradient_ascent")
    below = [retrained(spec)["retain"].low - end(spec)["retain"] for spec in asked]
    print(f"\ngradient ascent: retain accuracy below the lowest retrained by {np.round(below, 3).tolist()}")
    assert min(below) >= 0.2
    assert np.isfinite([loss(spec) for spec in asked]).all()


def test_fine_tuning_barely_forgets_on_every_seed():
    shares = [closed(spec) for spec in specs("barely", "fine_tune")]
    print(f"\nfine-tuning: share of the gap in forget accuracy that it closes {np.round(shares, 3).tolist()}")
    assert max(shares) <= 0.25


def test_random_labels_over_forget():
    asked = specs("over", "random_labels")
    highest = np.array([max(all_originals(spec, "forget")) for spec in asked])
    lowest = np.array([retrained(spec)["forget"].low for spec in asked])
    print(f"\nrandom labels: highest {np.round(highest, 4).tolist()}, lowest retrained {np.round(lowest, 4).tolist()}")
    assert (highest <= lowest).all()
    assert (highest < lowest).sum() >= (2 if QUICK else 5)
