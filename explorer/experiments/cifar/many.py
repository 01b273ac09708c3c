"""Ask U-LiRA about methods on images: many models on random halves, each made to forget its share of the request.

`python -m explorer record --only u_lira` makes `--models` (64) one at a time and keeps in u_lira.json, beside the
recorded folders, what the attack finds, of all that could be made if they are 8 at least. In the store are the trained
models and what each model says of the images, so a killed run goes on where it was and more models go on from those
there are. Methods run at their recorded knobs.

    {"command": ..., "made": {...}, "folder": ..., "models": 64, "asked": {<method>: <hash>},
     "found": {"original" | "retrained" | <method>: {"auc": {<attack>: [<auc>, <low>, <high>]}, "best": <attack>,
     "more": [<U-LiRA's less the best's>, <low>, <high>], "trouble": "", "seconds": <of a model>}}}
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from explorer import pipeline
from explorer.experiments.cifar import files
from explorer.experiments.cifar.by_code import code_name, store_at
from explorer.experiments.store import provenance
from explorer.experiments.store.trainings import training_source, trainings_at
from explorer.experiments.work.gather import gather
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.whole_files import UNREADABLE, object_in, write_object

FILE, NAME, ATTACK = "u_lira.json", "u_lira", "u_lira"
COMMAND = "python -m explorer record --only u_lira"
FOLDER = "cifar10-compact-memorise-random"
METHODS = ("fine_tune", "random_labels", "salun", "scrub", "jit", "ssd")
ORIGINAL, RETRAINED = "original", "retrained"
MODELS, FEWEST, MOST = 64, 8, 512
_MAKES = pipeline.image_shadow  # whose code makes a model and asks it
# `Any` in this file: values of JSON.


@dataclass(frozen=True)
class Attacked:
    """What is known of one kind of model.

    Attributes:
        auc: attack -> AUC over the pairs of a model and an image to forget, and its 95 % interval.
        best: the attack on one model with the highest.
        more: of U-LiRA's AUC less that of `best`: value and 95 % interval over other images.
        trouble: "" or in how many models the method broke down, and how.
    """

    auc: Mapping[str, tuple[float, float, float]]
    best: str
    more: tuple[float, float, float]
    trouble: str


def specs(root: Path = files.SHIPPED, folder: str = FOLDER) -> dict[str, Spec]:
    """Return the Spec of "original", "retrained" and of each method that is recorded, as it is recorded.

    Raises:
        Unreadable: if the folder cannot be read.
    """
    base = Spec.parse(dict(files.read_scene(root / folder).spec))
    there = [name for name in METHODS if (root / folder / f"{name}.json").is_file()]
    named = {name: Spec.parse(dict(files.read_run(root / folder, name).spec)) for name in there}
    return {ORIGINAL: base, RETRAINED: base, **named}


def model_task(contents: Mapping[str, dict[str, Any]], k: int, place: str) -> str:
    """Make model k of every kind and keep what each says of the images; returns "model k"."""
    for name, content in contents.items():
        _said(name, Spec.parse(content), k, place)
    return f"model {k}"


def judge_task(contents: Mapping[str, dict[str, Any]], numbers: Sequence[int], place: str) -> dict[str, Any]:
    """Ask all attacks about the models of these numbers, of every kind: `found` of the file."""
    first = Spec.parse(contents[ORIGINAL])
    before = [_said(ORIGINAL, first, k, place)[0] for k in numbers]
    found = dict[str, Any]()
    for name, content in contents.items():
        spec = Spec.parse(content)
        said = [_said(name, spec, k, place) for k in numbers]
        run = trainings_at(place).run(spec)
        labels, rows = pipeline.image_shadow_labels(run)
        one = pipeline.above_population(
            run, pipeline.image_shadows(run, numbers, before, [logits for logits, _, _ in said]), labels, rows,
            ATTACK, population(), unlearned=name != ORIGINAL,
        )  # fmt: skip
        broken = [trouble for _, trouble, _ in said if trouble]
        found[name] = {
            "auc": {attack: _numbers(each.auc, each.low, each.high) for attack, each in one.found.items()},
            "best": one.best,
            "more": _numbers(one.more, one.low, one.high),
            "trouble": f"{len(broken)} of {len(numbers)} models: {broken[0]}" if broken else "",
            "seconds": round(float(np.median([seconds for _, _, seconds in said])), 1),
        }
    return found


def population() -> list[str]:
    """Return the attacks on one model that are asked about the same pairs: all but the slow ones."""
    return [name for name, attack in CATALOG.attacks.items() if "logits" in attack.needs and not attack.slow]


def record(
    root: Path, place: Path | None, executor: Executor, tell: Callable[[str], None], models: int = MODELS
) -> int:
    """Make what is missing of so many models, and keep what the attacks find; returns how many tasks failed.

    Args:
        root: where u_lira.json and the recorded folder lie.
        place: the store's folder; None for memory only.
        executor: who does the work, one task a model.
        tell: called with a line for every task that ended.
        models: how many.
    """
    if FOLDER not in files.folders(root):
        return 0
    asked = specs(root)
    contents, where = {name: spec.as_json() for name, spec in asked.items()}, str(place or "")
    held = object_in(root / FILE, "found")
    if held.get("asked") == _asked(asked) and held["models"] >= models:
        return 0
    futures: dict[Future[str], str] = {
        executor.submit(model_task, contents, k, where): f"{NAME}: model {k}" for k in range(models)
    }
    whole, failed = set[int](), 0
    for done, (name, future) in enumerate(gather(futures), 1):
        if _failed(future, f"{done}/{len(futures)} {name}", tell):
            failed += 1
        else:
            whole.add(int(name.rpartition(" ")[2]))
    if len(whole) < FEWEST:
        return failed
    judged = executor.submit(judge_task, contents, sorted(whole), where)
    if _failed(judged, f"{NAME}: the attacks on {len(whole)} models", tell):
        return failed + 1
    content = {
        "command": COMMAND, "made": asdict(provenance.made()), "folder": FOLDER, "models": len(whole),
        "asked": _asked(asked), "found": judged.result(),
    }  # fmt: skip
    write_object(root / FILE, content)
    return failed


def _failed(future: Future[Any], name: str, tell: Callable[[str], None]) -> bool:
    """Wait for a task and tell that it ended; say whether it failed."""
    error = future.exception()
    tell(f"{name}{'' if error is None else f': {error}'}")
    return error is not None


def read(root: Path, folder: str) -> tuple[int, Mapping[str, Attacked]]:
    """Return how many models were made of a folder, and what is known of each kind; (0, {}) where there is nothing.

    What was asked of a run that has been recorded anew since is left out.
    """
    there = (root / FILE, *(root / folder / f"{name}.json" for name in METHODS))
    return _read(root, folder, tuple(file.stat().st_mtime_ns for file in there if file.is_file()))


@lru_cache(maxsize=8)
def _read(root: Path, folder: str, _: tuple[int, ...]) -> tuple[int, Mapping[str, Attacked]]:
    held = object_in(root / FILE, "found")
    if held.get("folder") != folder:
        return 0, {}
    try:
        now = _asked(specs(root, folder))
        fresh = {name: one for name, one in held["found"].items() if held["asked"][name] == now.get(name)}
        found = {
            name: Attacked(
                {attack: _triple(each) for attack, each in one["auc"].items()},
                str(one["best"]), _triple(one["more"]), str(one["trouble"]),
            )
            for name, one in fresh.items()
        }  # fmt: skip
        return int(held["models"]), found
    except UNREADABLE:
        return 0, {}


def _asked(asked: Mapping[str, Spec]) -> dict[str, str]:
    return {name: spec.key(*pipeline.PATH_PARTS) for name, spec in asked.items()}


def _numbers(*values: float) -> list[float | None]:
    return [round(value, 5) if math.isfinite(value) else None for value in values]


def _triple(values: Sequence[float | None]) -> tuple[float, float, float]:
    value, low, high = (math.nan if one is None else float(one) for one in values)
    return value, low, high


def _said(name: str, spec: Spec, k: int, place: str) -> tuple[Any, str, float]:
    """Return logits, what broke, and seconds, of one model; from the store, or else made and kept there."""
    role: Literal["original", "retrained", "unlearned"] = "unlearned"
    if name == ORIGINAL:
        role = "original"
    elif name == RETRAINED:
        role = "retrained"
    parts = pipeline.PATH_PARTS if role == "unlearned" else pipeline.REQUEST_PARTS
    code = f"{training_source()}-{code_name(_MAKES, name if role == 'unlearned' else '')}"

    def make() -> tuple[Any, str, float]:
        run, begin = trainings_at(place).run(spec), time.perf_counter()
        return *pipeline.image_shadow(run, k, role), time.perf_counter() - begin

    return store_at(place, "shadows").memo(f"image-said-{role}-{spec.key(*parts)}-{k}-{code}", make)
