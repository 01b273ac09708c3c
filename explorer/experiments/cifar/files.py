"""Write and read recorded runs on images: one folder a request, with a JSON and an npz for each run, no weights.

    <folder>/original.json, original.npz     the original, and what all runs share: probes, planes, names
    <folder>/retrained.json, retrained.npz   the retrained models, all seeds
    <folder>/<method>.json, <method>.npz     one method
    <folder>/oracle/<method>.json            one method with the knobs that the oracle puts first: numbers, no path
    <folder>/trials.csv                      how methods' knobs were found (trials.py)
    <folder>/images.webp                     forget images and those of the planes, lossless, 10 to a row

A folder is named <data>-<model>-<recipe>-<request>. Those that ship lie in explorer/recorded, one's own beside the
store. Every file is written aside and renamed, so a killed run leaves nothing half-written.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.records import (
    ImagePlane,
    ImageRun,
    ImageScene,
    OracleRun,
    Plane,
    Probes,
    RunNumbers,
    Snapshots,
    plain,
)
from explorer.whole_files import UNREADABLE, whole_file

SHIPPED = Path(__file__).resolve().parents[2] / "recorded"
REFERENCES = ("original", "retrained")
ORACLE = "oracle"  # the folder within a folder
COLUMNS = 10
TILE = 32
_FIELDS = ("step", "logits", "features", "region", "margin")
_KINDS = {dict: "an object", list: "a list", str: "text", int: "a whole number"}


class Unreadable(ValueError):
    """A recorded run cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Recorded:
    """All recorded runs of one request.

    Attributes:
        scene: what they share.
        original: the original.
        retrained: the retrained models.
        methods: key -> run, in alphabetical order.
        oracle: key -> its numbers with the knobs that the oracle puts first, where there are any.
    """

    scene: ImageScene
    original: ImageRun
    retrained: ImageRun
    methods: Mapping[str, ImageRun]
    oracle: Mapping[str, OracleRun]


def folders(root: Path = SHIPPED) -> list[str]:
    """Return the names of the folders under a root that hold at least the references, in alphabetical order."""
    if not root.is_dir():
        return []
    whole = [one for one in root.iterdir() if all((one / f"{name}.json").is_file() for name in REFERENCES)]
    return sorted(one.name for one in whole)


def load(name: str, root: Path = SHIPPED) -> Recorded:
    """Return the recorded runs of a folder.

    Raises:
        Unreadable: if a reference cannot be read, or a method's run is damaged.
    """
    place = root / name
    scene = read_scene(place)
    keys = sorted(file.stem for file in place.glob("*.json") if file.stem not in REFERENCES)
    original, retrained = (read_run(place, one) for one in REFERENCES)
    found = {key: run for key in keys if (run := read_oracle(place, key)) is not None}
    return Recorded(scene, original, retrained, {key: read_run(place, key) for key in keys}, found)


def write_scene(place: Path, scene: ImageScene, original: ImageRun) -> None:
    """Write what all runs share, with the original's run.

    Raises:
        OSError: if the folder cannot be written.
    """
    arrays = {f"probes.{name}": getattr(scene.probes, name) for name in ("forget", "retain", "test", "y", "after_y")}
    arrays |= {
        "planes.rows": np.stack([plane.rows for plane in scene.planes]),
        "planes.at": np.stack([plane.at for plane in scene.planes]),
        "planes.low": np.stack([plane.plane.low for plane in scene.planes]),
        "planes.high": np.stack([plane.plane.high for plane in scene.planes]),
        "image_rows": scene.image_rows,
    }
    shared = {"title": scene.title, "names": list(scene.names), "cells": scene.cells}
    place.mkdir(parents=True, exist_ok=True)
    _write(place / "images.webp", _sheet(scene.images))
    write_run(place, original, {"scene": shared}, arrays)


def write_run(
    place: Path, run: ImageRun, more: Mapping[str, Any] | None = None, arrays: Mapping[str, NDArray[Any]] | None = None
) -> None:
    """Write one run. The JSON is written last, so a run whose JSON is there is whole.

    Raises:
        OSError: if the folder cannot be written.
    """
    named = {f"{k}.{name}": getattr(one, name) for k, one in enumerate(run.snapshots) for name in _FIELDS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **named, **(arrays or {}))  # type: ignore[arg-type]  # arrays by name
    place.mkdir(parents=True, exist_ok=True)
    _write(place / f"{run.name}.npz", buffer.getvalue())
    content = {
        "title": run.title, "spec": run.spec, "numbers": run.numbers.as_json(), "snapshots": len(run.snapshots),
        **(more or {}),
    }  # fmt: skip
    _write(place / f"{run.name}.json", (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def read_scene(place: Path) -> ImageScene:
    """Return what the runs of a folder share.

    Raises:
        Unreadable: if it cannot be read.
    """
    try:
        content = _content(place, "original", spec=dict, scene=dict)
        shared = _checked(content["scene"], title=str, names=list, cells=int)
        with _opened(place / "original.npz") as held:
            probes = Probes(*(held[f"probes.{name}"] for name in ("forget", "retain", "test", "y", "after_y")))
            parts = [held[f"planes.{name}"] for name in ("rows", "at", "low", "high")]
            rows = held["image_rows"]
        planes = tuple(ImagePlane(a, b, Plane(c, d)) for a, b, c, d in zip(*parts, strict=True))
        return ImageScene(
            place.name, shared["title"], content["spec"], tuple(shared["names"]), probes, planes, shared["cells"],
            _tiles(place / "images.webp", len(rows)), rows,
        )  # fmt: skip
    except UNREADABLE as error:
        raise Unreadable(f"the recorded runs in {place.name} cannot be read: {error}") from None


def read_run(place: Path, name: str) -> ImageRun:
    """Return one run.

    Raises:
        Unreadable: if it cannot be read.
    """
    try:
        content = _content(place, name, spec=dict, numbers=dict, snapshots=int)
        with _opened(place / f"{name}.npz") as held:
            snapshots = tuple(
                Snapshots(**{field: held[f"{k}.{field}"] for field in _FIELDS}) for k in range(content["snapshots"])
            )
        title = content.get("title") or name.replace("_", " ").capitalize()  # older files have none
        return ImageRun(name, content["spec"], snapshots, RunNumbers.from_json(content["numbers"]), str(title))
    except UNREADABLE as error:
        raise Unreadable(f"the recorded run {place.name}/{name} cannot be read: {error}") from None


def read_numbers(place: Path, name: str) -> RunNumbers:
    """Return the numbers of one run; only its JSON is read.

    Raises:
        Unreadable: if they cannot be read.
    """
    try:
        return RunNumbers.from_json(_content(place, name, numbers=dict)["numbers"])
    except UNREADABLE as error:
        raise Unreadable(f"the recorded run {place.name}/{name} cannot be read: {error}") from None


def write_oracle(place: Path, run: OracleRun) -> None:
    """Write the numbers of a method with the knobs that the oracle puts first.

    Raises:
        OSError: if the folder cannot be written.
    """
    (place / ORACLE).mkdir(parents=True, exist_ok=True)
    content = {
        "title": run.title, "spec": run.spec, "numbers": run.numbers.as_json(), "probes": plain(run.probes),
    }  # fmt: skip
    _write(place / ORACLE / f"{run.method}.json", (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def read_oracle(place: Path, method: str) -> OracleRun | None:
    """Return the numbers of a method with the knobs that the oracle puts first; None where there are none.

    Raises:
        Unreadable: if they cannot be read.
    """
    if not (place / ORACLE / f"{method}.json").is_file():
        return None
    try:
        content = _content(place / ORACLE, method, title=str, spec=dict, numbers=dict, probes=dict)
        probes = {name: math.nan if value is None else float(value) for name, value in content["probes"].items()}
        return OracleRun(method, content["title"], content["spec"], RunNumbers.from_json(content["numbers"]), probes)
    except UNREADABLE as error:
        raise Unreadable(f"the oracle's numbers of {place.name}/{method} cannot be read: {error}") from None


def _content(place: Path, name: str, **kinds: type) -> dict[str, Any]:
    return _checked(json.loads((place / f"{name}.json").read_text(encoding="utf-8")), **kinds)


def _checked(content: Any, **kinds: type) -> dict[str, Any]:
    """Return an object of a JSON file.

    Raises:
        ValueError: if it is none, or a field that is named is not of the given kind.
    """
    if not isinstance(content, dict):
        raise ValueError(f"it must hold an object, got {content}")
    for field, kind in kinds.items():
        if not isinstance(content.get(field), kind):
            raise ValueError(f"`{field}` must be {_KINDS[kind]}, got {content.get(field)}")
    return content


def _opened(file: Path) -> Any:
    # Read first: of a damaged file numpy leaves the handle open.
    return np.load(io.BytesIO(file.read_bytes()), allow_pickle=False)


def _sheet(images: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    rows = -(-len(images) // COLUMNS)
    sheet = np.zeros((rows * TILE, COLUMNS * TILE, 3), dtype=np.uint8)
    for index, image in enumerate(images):
        top, left = (TILE * at for at in divmod(index, COLUMNS))
        sheet[top : top + TILE, left : left + TILE] = image
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "WEBP", lossless=True, method=6)
    return buffer.getvalue()


def _tiles(file: Path, count: int) -> NDArray[np.uint8]:
    from PIL import Image

    with Image.open(file) as opened:
        sheet = np.asarray(opened.convert("RGB"))
    places = [tuple(TILE * at for at in divmod(index, COLUMNS)) for index in range(count)]
    return np.stack([sheet[top : top + TILE, left : left + TILE] for top, left in places])


def _write(file: Path, content: bytes) -> None:
    with whole_file(file) as stream:
        stream.write(content)
