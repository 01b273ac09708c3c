"""What the compact network reaches on the real CIFAR-10 on a CPU, and how much there is to forget.

Skipped where `EXPLORER_DATA` does not hold the official files. Figures: `EXPLORER_DATA=... pytest -m accept -s
tests/accept/test_cifar.py`. Seconds are CPU time of one thread, evaluation not counted.
"""

import time

import numpy as np
import pytest
import torch

from explorer import metrics, pipeline
from explorer.attacks import Judged, Points, ask_a
from explorer.data.cifar import available
from explorer.pipeline.worlds.images import logits_of, standardised
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.training import precision
from tests.accept.seeds import seeds

pytestmark = pytest.mark.skipif(
    not available("cifar10"), reason="EXPLORER_DATA does not hold the official CIFAR-10 files"
)
SEEDS = seeds(3, quick=1)
BUDGETS = {2: (0.825, 150.0), 4: (0.86, 250.0)}  # epochs -> test accuracy, CPU seconds


@pytest.mark.skipif(not precision.half(torch.device("cpu")), reason="this CPU has no bfloat16")
@pytest.mark.parametrize("epochs", BUDGETS)
def test_the_standard_recipe_is_good_and_quick(epochs: int):
    found, spent = [], []
    for seed in SEEDS:
        spec = Spec.parse({"data": {"name": "cifar10", "n": 50_000}, "training": {"steps": 195 * epochs}, "seed": seed})
        have, start = pipeline.Run(spec).data, time.process_time()
        model = pipeline.original(pipeline.Run(spec), 0)
        spent.append(time.process_time() - start)
        found.append(metrics.accuracy(logits_of(spec, have, model.state, standardised(have, have.test)), have.test.y))
    print(f"{epochs} epochs: test accuracy {found}, CPU seconds {spent}")
    accuracy, seconds = BUDGETS[epochs]
    assert np.mean(found) >= accuracy
    assert np.mean(spent) <= seconds


def test_the_memorised_forget_set_shows_and_the_retrained_models_do_not_know_it():
    original, retrained = [], []
    for seed in SEEDS:
        spec = Spec.parse({
            "data": {"name": "cifar10"}, "request": {"choose": "random", "fraction": 0.1},
            "training": {"recipe": "memorise"}, "evaluation": {"attacks": ["loss"]}, "seed": seed,
        })  # fmt: skip
        run = pipeline.Run(spec)
        have, made = run.data, run.sets
        for model, into in ((pipeline.original(run, 0), original), (pipeline.retrained(run, 0), retrained)):
            logits = [logits_of(spec, have, model.state, standardised(have, part, rows))
                      for part, rows in ((made.before, made.forget), (have.test, slice(None)))]  # fmt: skip
            judged = Judged(Points(logits[0], made.before.y[made.forget]), Points(logits[0][:0], made.forget[:0]),
                            Points(logits[1], have.test.y))  # fmt: skip
            auc = ask_a({"loss": CATALOG.attacks["loss"]}, judged, seed)["loss"]["auc"]
            into.append((metrics.accuracy(logits[0], made.before.y[made.forget]), auc))
    print(f"original (forget accuracy, loss AUC) {original}, retrained {retrained}")
    assert np.mean([accuracy for accuracy, _ in original]) >= 0.98
    assert np.mean([auc for _, auc in original]) >= 0.65
    assert 0.47 <= np.mean([auc for _, auc in retrained]) <= 0.53
