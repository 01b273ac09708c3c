"""TMU comes closer to the retrained model: moons that a wide network memorises, 30 % of a class forgotten.

Two moons with noise .35, 300 points and 300 held-out ones; ReLU 2-256-256-256-2, Adam 3e-3 with a cosine over 800
epochs of batches of 32; 30 % of class 0 (45 points) forgotten by TMU at its defaults. One original and one retrained
model a seed, with other initialisations. Delta = |forget accuracy - that of the retrained model|; agreement = share of
the forget points on which both are right or both wrong. No setting was chosen on these seeds.

    python -m pytest -m accept -s tests/accept/test_tmu.py
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer import pipeline
from explorer.pipeline.numbers import predictions
from explorer.pipeline.worlds.points import examples_of, layout_of, row, training_of
from explorer.records import References
from explorer.spec import Spec
from explorer.training.stack import train_many
from tests.accept.seeds import QUICK, seeds

N, BATCH, EPOCHS = 300, 32, 800
SEEDS = seeds(20, quick=4)


class Found(NamedTuple):
    """One model against the retrained one: forget, retain and test accuracy, Delta, agreement."""

    forget: float
    retain: float
    test: float
    delta: float
    agreement: float


class Pair(NamedTuple):
    """The original and the unlearned model of a seed, and how well easy and hard were predicted."""

    original: Found
    unlearned: Found
    balanced_accuracy: float
    auc: float


def spec_of(seed: int) -> Spec:
    return Spec.parse(
        {
            "data": {"name": "moons", "n": N, "noise": 0.35, "seed": seed},
            "request": {"choose": "random", "fraction": 0.3, "label": 0},
            "model": {"widths": [256, 256, 256], "activation": "relu"},
            "training": {
                "optimizer": "adam", "lr": 3e-3, "weight_decay": 0.0, "schedule": "cosine", "batch": BATCH,
                "steps": EPOCHS * N // BATCH,
            },
            "method": {"name": "tmu"},
            "seed": seed,
        }
    )  # fmt: skip


def two_models(spec: Spec) -> References:
    """Train one original and one retrained model; a run of the app has five of each."""
    run = pipeline.Run(spec)
    have, made = run.data, run.sets
    everyone, left = torch.ones(N), torch.ones(N)
    left[torch.from_numpy(made.forget)] = 0.0
    rows = [row(spec, "original:0", 0, everyone), row(spec, "retrained:0", 0, left)]
    examples = [examples_of(have, made.before)]
    weights = train_many(layout_of(spec, have), examples, rows, training_of(spec))[0].numpy()
    return References(weights[:1], weights[1:], weights[1], 0.0)


@cache
def one(seed: int) -> Pair:
    spec = spec_of(seed)
    known: dict[str, Any] = {}

    def memo(key: str, thunk: Any, /) -> Any:
        if key not in known:
            known[key] = two_models(spec) if key.startswith("references-") else thunk()
        return known[key]

    made, logits = pipeline.Run(spec).sets, pipeline.reference_logits(pipeline.Run(spec, memo))
    run = pipeline.path(pipeline.Run(spec, memo))
    assert run.trouble == ""
    goal = logits["retrained"][0]

    def right(of: np.ndarray) -> np.ndarray:
        return of[made.forget].argmax(axis=1) == made.before.y[made.forget]

    def against(of: np.ndarray) -> Found:
        accuracy = pipeline.accuracies(pipeline.Run(spec, memo), of)
        agreement = float((right(of) == right(goal)).mean())
        return Found(*accuracy_of(accuracy), abs(float(right(of).mean() - right(goal).mean())), agreement)

    quality = predictions.quality(pipeline.Run(spec, memo), run) or {}
    pair = Pair(against(logits["originals"][0]), against(run.logits[-1]), quality["balanced_accuracy"], quality["auc"])
    print(f"\nseed {seed}: original {shown(pair.original)}; unlearned {shown(pair.unlearned)}", end="")
    print(f"; predictor: balanced accuracy {pair.balanced_accuracy:.3f}, AUC {pair.auc:.3f}")
    return pair


def accuracy_of(accuracy: dict[str, float]) -> tuple[float, float, float]:
    return accuracy["forget"], accuracy["retain"], accuracy["test"]


def shown(found: Found) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in found._asdict().items())


@cache
def means() -> tuple[Found, Found]:
    pairs = [one(seed) for seed in SEEDS]
    original, unlearned = (Found(*np.mean([pair[k] for pair in pairs], axis=0)) for k in (0, 1))
    quality = [np.mean([pair[k] for pair in pairs]) for k in (2, 3)]
    print(f"\nmeans over {len(pairs)} seeds\n  original  {shown(original)}\n  unlearned {shown(unlearned)}")
    print(f"  predictor: balanced accuracy {quality[0]:.3f}, AUC {quality[1]:.3f}")
    return original, unlearned


# The four seeds of QUICK can show that the way is right, no more: on one of them the predictor is hardly better than
# chance, and agreement does not move.


def test_delta_is_at_most_a_third_of_the_original_s():
    original, unlearned = means()
    assert unlearned.delta <= original.delta * (2 / 3 if QUICK else 1 / 3)


def test_agreement_with_retrained_rises():
    original, unlearned = means()
    assert unlearned.agreement >= original.agreement + (0.0 if QUICK else 0.06)


def test_test_accuracy_falls_by_at_most_one_point():
    original, unlearned = means()
    assert unlearned.test >= original.test - (0.02 if QUICK else 0.01)
