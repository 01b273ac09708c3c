"""Find recorded runs on images, those that ship and one's own, and open them; a damaged run is named, not hidden."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from explorer.experiments.cifar import files as cifar_files
from explorer.experiments.cifar import trials as cifar_trials
from explorer.experiments.cifar.trials import Tried
from explorer.records import ImageRun, ImageScene, OracleRun, Snapshots
from explorer.spec.catalog import CATALOG, GIVEN

OWN = "yours:"
KEPT = 32  # folders in memory, some 5 MB each: more than ship, so that no list reads one twice
AT_FIRST = 4  # methods that stand side by side when the page opens
FIRST = "cifar100-vgg11-standard-class"  # JiT's own setting, on which the page opens where it is recorded
#: Networks by key, in the order in which they stand.
NETWORKS = {"vgg11": "VGG-11", "resnet18": "ResNet-18", "compact": "compact"}
#: The order in which the others are listed; the most is to be seen in the first.
REQUESTS = ("class", "part", "random", "subclass", "points", "poisoned")


@dataclass(frozen=True, eq=False)  # the same only where it is the very same: it holds arrays
class Opened:
    """What a folder holds, as far as it can be read.

    Attributes:
        name: as the View names it.
        place: where it lies.
        scene: what its runs share.
        original: the original.
        retrained: the retrained models.
        methods: key -> run.
        damaged: one sentence for each run that cannot be shown.
        oracle: key -> its numbers with the knobs that the oracle puts first, where there are any.
        trials: key -> the trials of its knobs, where there were any.
    """

    name: str
    place: Path
    scene: ImageScene
    original: ImageRun
    retrained: ImageRun
    methods: Mapping[str, ImageRun]
    damaged: tuple[str, ...] = ()
    oracle: Mapping[str, OracleRun] = field(default_factory=dict[str, OracleRun])
    trials: Mapping[str, list[Tried]] = field(default_factory=dict[str, "list[Tried]"])

    @property
    def classes(self) -> int:
        """Return the number of classes."""
        return len(self.scene.names)

    @property
    def corrects(self) -> bool:
        """Say whether the request corrects labels; else it forgets images."""
        return self.kind == "correct_labels"

    @property
    def kind(self) -> str:
        """Return the kind of the request."""
        return str(self.scene.spec.get("request", {}).get("kind", "forget"))

    def title(self) -> str:
        """Return data, model, recipe and request in words, and whose it is."""
        return _title(self.name, self.scene)


def places(shipped: Path, own: Path | None) -> dict[str, Path]:
    """Return every folder of recorded runs by its name in the View: those that ship, then one's own."""
    found = {name: shipped / name for name in sorted(cifar_files.folders(shipped), key=_order)}
    return found | ({OWN + name: own / name for name in sorted(cifar_files.folders(own), key=_order)} if own else {})


def _order(name: str) -> tuple[bool, int, str]:
    request = name.rpartition("-")[2]
    return name != FIRST, REQUESTS.index(request) if request in REQUESTS else len(REQUESTS), name


def network_of(name: str) -> str:
    """Return the network of a folder by its name in the View, in words; `spec.folder_of` puts it behind the data."""
    key = name.removeprefix(OWN).partition("-")[2].partition("-")[0]
    return NETWORKS.get(key, key)


def by_network(found: Mapping[str, Path]) -> dict[str, list[str]]:
    """Return the names of folders by network: the full ones first, in each the order that is given."""
    every = {network_of(name) for name in found}
    known = [one for one in NETWORKS.values() if one in every]
    return {
        network: [name for name in found if network_of(name) == network]
        for network in (*known, *sorted(every - set(known)))
    }


def at_first(found: Mapping[str, Path]) -> str:
    """Return the folder on which the page opens: the first with a recorded method; "" where there is none."""
    with_methods = [
        name for name, place in found.items() if len(list(place.glob("*.json"))) > len(cifar_files.REFERENCES)
    ]
    return (with_methods or list(found) or [""])[0]


def listed(name: str, place: Path, *, in_network: bool = False) -> str:
    """Return what stands for a folder in a list; only its scene is read, and one that is damaged is said to be so.

    Args:
        name: as the View names it.
        place: where it lies.
        in_network: the list holds one network, so that what tells folders apart comes first.
    """
    try:
        scene = _scene(place, (place / "original.json").stat().st_mtime_ns)
    except (cifar_files.Unreadable, OSError):
        return f"{name.removeprefix(OWN)} (cannot be read)"
    return _within_network(name, scene) if in_network else _title(name, scene)


def _title(name: str, scene: ImageScene) -> str:
    return f"yours · {scene.title}" if name.startswith(OWN) else scene.title


def _within_network(name: str, scene: ImageScene) -> str:
    rest, _, request = scene.title.partition(": ")
    rest = rest.replace(f", {scene.spec['model']['name']}", "")
    said = f"{request[:1].upper()}{request[1:]} · {rest}"
    return f"Yours · {said}" if name.startswith(OWN) else said


@lru_cache(maxsize=KEPT)
def _scene(place: Path, written: int) -> ImageScene:
    """Return what the runs of a folder share, read anew when it was `written` anew."""
    scene = cifar_files.read_scene(place)
    return replace(scene, names=tuple(one.replace("_", " ") for one in scene.names))


def open_runs(name: str, place: Path) -> Opened:
    """Return what a folder holds. It is read once, and anew when a file in it has changed.

    Raises:
        Unreadable: if the scene or a reference cannot be read, so that there is nothing to compare with.
    """
    files = [*sorted(place.glob("*.json")), *sorted((place / cifar_files.ORACLE).glob("*.json"))]
    files += [file for file in [place / cifar_trials.FILE] if file.is_file()]
    return _open(name, place, tuple((str(file.relative_to(place)), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=KEPT)
def _open(name: str, place: Path, files: tuple[tuple[str, int], ...]) -> Opened:
    scene = _scene(place, dict(files).get("original.json", 0))
    original, retrained = (_whole(cifar_files.read_run(place, one), scene) for one in cifar_files.REFERENCES)
    methods: dict[str, ImageRun] = {}
    damaged: list[str] = []
    oracle: dict[str, OracleRun] = {}
    trials: dict[str, list[Tried]] = {}
    for key in sorted(Path(file).stem for file, _ in files if "/" not in file and file.endswith(".json")):
        if key not in cifar_files.REFERENCES:
            try:
                methods[key] = _whole(cifar_files.read_run(place, key), scene)
                if found := cifar_files.read_oracle(place, key):
                    oracle[key] = found
            except cifar_files.Unreadable as error:
                damaged.append(str(error))
    try:
        trials = cifar_trials.read(place.name, place.parent)
    except cifar_files.Unreadable as error:
        damaged.append(str(error))
    return Opened(name, place, scene, original, retrained, methods, tuple(damaged), oracle, trials)


def _whole(run: ImageRun, scene: ImageScene) -> ImageRun:
    """Return the run if its arrays fit the scene.

    Raises:
        Unreadable: if they do not.
    """
    if not run.snapshots:
        raise cifar_files.Unreadable(f"the recorded run {scene.folder}/{run.name} must hold a snapshot, found none")
    for one in run.snapshots:
        for what, found, wanted in _shapes(one, scene):
            if found != wanted:
                raise cifar_files.Unreadable(
                    f"the recorded run {scene.folder}/{run.name} must hold {what} of shape {wanted}, found {found}"
                )
        if not (np.isfinite(one.logits).all() and np.isfinite(one.features).all()):
            raise cifar_files.Unreadable(f"the recorded run {scene.folder}/{run.name} must hold finite numbers")
        if one.region.max(initial=0) >= len(scene.names) or (np.diff(one.step) <= 0).any():
            raise cifar_files.Unreadable(
                f"the recorded run {scene.folder}/{run.name} names a class or step out of order"
            )
    return run


def _shapes(one: Snapshots, scene: ImageScene) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    steps, probes, cells = len(one.step), len(scene.probes.y), (len(scene.planes), scene.cells**2)
    return [
        ("logits", one.logits.shape, (steps, probes, len(scene.names))),
        ("features", one.features.shape, (steps, probes, 2)),
        ("regions", one.region.shape, (steps, *cells)),
        ("margins", one.margin.shape, (steps, *cells)),
    ]


@dataclass(frozen=True)
class Choice:
    """What the page looks at.

    Attributes:
        runs: methods side by side.
        shown: the one looked at closely; "" where there is none.
        cut: which plane.
        ignored: one sentence for each part of the address that cannot be had here.
    """

    runs: tuple[str, ...]
    shown: str
    cut: int
    ignored: tuple[str, ...] = ()


def choice(opened: Opened, runs: tuple[str, ...], shown: str, cut: int, title: Callable[[str], str]) -> Choice:
    """Return the part of a wish that can be had, with one sentence for each part that cannot.

    Args:
        opened: the folder.
        runs: wished methods, by key; () for the page's own choice.
        shown: wished method looked at closely; "" for the first.
        cut: wished plane.
        title: the name on screen of a method.
    """
    there = tuple(key for key in runs if key in opened.methods)
    ignored = [f"{title(key)} is not recorded for this request, so it is not shown" for key in runs if key not in there]
    if not there:
        there = suggested(opened)
    if shown and shown not in there:
        ignored += [f"{title(shown)} is not among the methods shown here"] if shown not in runs else []
        shown = ""
    if cut >= len(opened.scene.planes):
        ignored.append(f"there are {len(opened.scene.planes)} planes here; the first is shown")
        cut = 0
    return Choice(there, shown or (there[0] if there else ""), cut, tuple(ignored))


def suggested(opened: Opened) -> tuple[str, ...]:
    """Return the methods on which the page opens: by the rank that each declares, then by key."""
    known = CATALOG.methods
    ranks = {key: known[key].images.rank for key in opened.methods if key in known or key == GIVEN}
    return tuple(sorted(opened.methods, key=lambda key: (ranks.get(key, math.inf), key))[:AT_FIRST])
