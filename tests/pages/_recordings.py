"""Write a small recorded folder: made-up models whose numbers are known, in the very format that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.experiments.cifar import files, trials
from explorer.experiments.cifar.trials import Tried
from explorer.pipeline.worlds.images import class_names
from explorer.records import (
    Accuracies,
    AttackResult,
    Cost,
    ImagePlane,
    ImageRun,
    ImageScene,
    ModelNumbers,
    OracleRun,
    Plane,
    Probes,
    RunNumbers,
    Snapshots,
    Trial,
)

CELLS, PLANES = 8, 2
FORGET, RETAIN, TEST = 12, 10, 15
NAMES = class_names("cifar10")


def scene(
    folder: str = "cifar10-compact-memorise-random", *, names: tuple[str, ...] = NAMES, **more: Any
) -> ImageScene:
    """Return a scene; forget image k is of class k % c, training row 100 + k."""
    c = len(names)
    forget, retain, test = 100 + np.arange(FORGET), 200 + np.arange(RETAIN), np.arange(TEST)
    y = np.concatenate([np.arange(size) % c for size in (FORGET, RETAIN, TEST)])
    after = y.copy()
    if more.pop("poisoned", False):
        y[:FORGET] = c - 1 - y[:FORGET]
    place = Plane(np.array([-2, -2], dtype=np.float32), np.array([10, 8], dtype=np.float32))
    at = np.array([[0, 0], [8, 0], [3, 6]], dtype=np.float32)
    planes = tuple(ImagePlane(np.array([100 + k, 201, 200]), at, place) for k in range(PLANES))
    rows = np.concatenate([forget, [200, 201]])
    images = np.random.default_rng(0).integers(0, 256, (len(rows), 32, 32, 3), dtype=np.uint8)
    spec = {"data": {"name": "cifar10"}, "request": {"kind": more.pop("kind", "forget")}, "model": {"name": "compact"}}
    return ImageScene(
        folder, f"CIFAR-10, made up: {folder}", spec, names, Probes(forget, retain, test, y, after), planes, CELLS,
        images, rows,
    )  # fmt: skip


def snapshots(shown: ImageScene, right: list[float], seed: int = 0) -> Snapshots:
    """Return snapshots in which a forget image's true class has the given probability, step by step."""
    rng = np.random.default_rng(seed)
    t, c, y = len(right), len(shown.names), shown.probes.after_y
    logits = np.zeros((t, len(y), c), dtype=np.float32)
    for k, p in enumerate(right):
        z = np.full(len(y), 3.0)
        z[shown.probes.part("forget")] = np.log((c - 1) * p / (1 - p))
        logits[k, np.arange(len(y)), y] = z
    region = np.broadcast_to(np.arange(CELLS**2) * 3 // CELLS**2, (t, PLANES, CELLS**2)).astype(np.uint8)
    features = rng.normal(size=(t, len(y), 2))
    return Snapshots(
        np.arange(t) * 5, logits.astype(np.float16), features.astype(np.float16), region,
        np.full((t, PLANES, CELLS**2), 40, dtype=np.uint8),
    )  # fmt: skip


def numbers(*forget: float, retain: float = 0.99) -> RunNumbers:
    """Return a method's numbers, one model for each forget accuracy f; the loss attack's AUC is f / 2 + .2."""
    models = tuple(
        ModelNumbers(
            Accuracies(retain, f, 0.7), {"loss": attack(f / 2 + 0.2), "retain_entropy": attack(0.5, paper_rate=0.4)}
        )
        for f in forget
    )
    work = Cost(unlearn=4000.0, prepare=1000.0)
    return RunNumbers(models, seconds=Cost(unlearn=2.0, prepare=1.0), example_gradients=work)


def reference_numbers(*forget: float) -> RunNumbers:
    """Return a reference's numbers; one training takes 100 s."""
    return replace(numbers(*forget), seconds=Cost(train=100.0), example_gradients=Cost(train=90000.0))


def attack(auc: float, paper_rate: float | None = None) -> AttackResult:
    return AttackResult(auc, auc - 0.05, auc + 0.05, 0.6, 0.02, float("nan"), 12.0, 15.0, paper_rate)


def write(
    root: Path, shown: ImageScene | None = None, methods: tuple[str, ...] = ("fine_tune", "jit", "scrub")
) -> Path:
    """Write a folder with the original (.9 on every forget image), three retrained models (.5, .6, .7) and methods."""
    shown = shown or scene()
    place = root / shown.folder

    def run(name: str, all_seeds: tuple[Snapshots, ...], held: RunNumbers) -> ImageRun:
        return ImageRun(name, dict(shown.spec), all_seeds, held, f"The {name}")

    files.write_scene(place, shown, run("original", (snapshots(shown, [0.9]),), reference_numbers(0.96)))
    seeds = tuple(snapshots(shown, [p], seed) for seed, p in enumerate((0.5, 0.6, 0.7)))
    files.write_run(place, run("retrained", seeds, reference_numbers(0.5, 0.6, 0.7)))
    for k, key in enumerate(methods):
        path = snapshots(shown, [0.9, 0.7, 0.2 + 0.1 * k], k)
        files.write_run(place, run(key, (path,), numbers(0.55 if key == "jit" else 0.9)))
    return place


def write_trials(place: Path, method: str = "jit", *, kept: tuple[float, ...] = (0.7, 0.1, 0.6, 0.65)) -> list[Tried]:
    """Write trials of a method: the authors' first, then drawn; trial k has judge .4 - .1 k and oracle .2 + .1 k.

    Retrained keeps .7; a trial that keeps less than half of it is broken.
    """
    made = []
    for k, one in enumerate(kept):
        trial = Trial(
            0.4 - 0.1 * k, {"forget": 0.3}, 0.2 + 0.1 * k, {"kept": one, "kept_retrained": 0.7}, 2.0, 1.5, "whole"
        )
        knobs = {"lr": 10.0 ** -(k + 3), "sigma": 0.5, "samples": 25, "mode": "eval" if k else "train"}
        made.append(Tried(method, k, "drawn" if k else "authors", knobs, trial))
        trials.append(place.name, made[-1], place.parent)
    return made


def write_oracle(place: Path, method: str = "jit") -> None:
    """Write a method's numbers with the oracle's knobs: forget accuracy .62, and where it ends on the probes."""
    ends = {"forget": 0.6, "retain": 0.97, "test": 0.72, "auc": 0.55}
    held = replace(numbers(0.62), tuned="the best of the same trials, knowing a retrained model")
    files.write_oracle(place, OracleRun(method, f"The {method}", {}, held, ends))
