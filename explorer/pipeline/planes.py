"""Choose what is looked at in image models: probe images, and planes through three images each."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from explorer import metrics
from explorer.data import TITLES
from explorer.data.cifar import subclass_names
from explorer.pipeline.memo import REQUEST_PARTS
from explorer.pipeline.references import Reference, original, reference
from explorer.pipeline.run import Run, held, kept
from explorer.pipeline.worlds.images import network_with, standardised
from explorer.recording.snapshots import Look, look_at, main_axes, outputs
from explorer.records import Data, Float, ImagePlane, ImageScene, Int, Plane, Probes, Sets, Snapshots
from explorer.seeds import child_seed
from explorer.spec import Spec, folder_of, request_name, training_recipe

PROBES = (200, 200, 300)  # forget, retain, test
FEWER = (100, 100, 150)  # where there are 20 classes or more
CELLS = 48
WIDER = 0.25  # margin around the three images of a plane, as a share of its length
GALLERY = 60
PCA_IMAGES = 400


def scene_key(run: Run) -> str:
    """Return under which key a memo keeps what `image_scene` returns."""
    return f"image-scene-{run.key(*REQUEST_PARTS)}"


@kept(scene_key)
def image_scene(run: Run) -> ImageScene:
    """Return what all runs of the request share: the images looked at and the planes drawn.

    Planes: one through the first probed forget image, one through that with the smallest margin under the original;
    each with a retained image of its own class where there is one, and the nearest image of another class in the
    original's features. Nothing of a retrained model goes into the choice.
    """
    data, probes = run.data, _probes(run)
    rows, y = np.concatenate([probes.forget, probes.retain]), probes.y[: len(probes.forget) + len(probes.retain)]
    network = network_with(run.spec, data, original(run, 0).state)
    logits, features = outputs(network, standardised(data, run.sets.before, rows))
    count = len(probes.forget)
    nearest = int(metrics.margin(logits[:count], y[:count]).argmin())
    planes = tuple(_plane(data, rows, at, count, y, features) for at in (0, nearest))
    gallery = probes.forget[:GALLERY]
    others = [row for plane in planes for row in plane.rows if row not in gallery]
    shown = np.concatenate([gallery, np.unique(np.array(others, dtype=np.int64))])
    return ImageScene(
        folder=folder_of(run.spec),
        title=title_of(run.spec, data, run.sets),
        spec={**run.spec.as_json(), "method": None},
        names=data.names,
        probes=probes,
        planes=planes,
        cells=CELLS,
        images=np.ascontiguousarray(data.train.x[shown].transpose(0, 2, 3, 1)),
        image_rows=shown.astype(np.int64),
    )


def _probes(run: Run) -> Probes:
    data, sets = run.data, run.sets
    rng = np.random.default_rng(child_seed(run.spec.seed, "probes"))
    sizes = FEWER if data.classes >= 20 else PROBES
    pools = (sets.forget, sets.retain, np.arange(len(data.test)))
    forget, retain, test = (rng.permutation(pool)[:size] for pool, size in zip(pools, sizes, strict=True))
    y = np.concatenate([sets.before.y[forget], sets.before.y[retain], data.test.y[test]])
    after_y = np.concatenate([sets.after.y[forget], sets.after.y[retain], data.test.y[test]])
    return Probes(forget, retain, test, y, after_y)


def title_of(spec: Spec, data: Data, sets: Sets) -> str:
    """Return data, model, recipe and request in words."""
    label, count = getattr(spec.request.options, "label", None), len(sets.forget)
    names = subclass_names(spec.data.name) if spec.request.choose == "subclass" else data.names
    named = "" if label is None else names[label]
    what = {
        "random": f"forget {count:,} random images",
        "part": f"forget {count:,} images of one class ({named})",
        "class": f"forget a whole class ({named})",
        "subclass": f"forget a sub-class ({named}, {count:,} images)",
        "points": f"forget {count:,} picked images",
        "poisoned": f"correct {count:,} poisoned labels",
    }[request_name(spec)]
    where = f"{TITLES[spec.data.name].split(' (')[0]}, {len(sets.before):,} images"
    return f"{where}, {spec.model.name}, {training_recipe(spec)}: {what}"


def _plane(data: Data, rows: Int, at: int, forgotten: int, y: Int, features: Float) -> ImagePlane:
    """Return the plane through one forget image, a retained one like it, and the nearest one of another class."""
    far = np.linalg.norm(features - features[at], axis=1)
    retained = np.arange(len(rows)) >= forgotten
    like = np.flatnonzero(retained & (y == y[at]))
    unlike = np.flatnonzero(retained & (y != y[at]))
    other = unlike[far[unlike].argmin()]
    if len(like):
        third = like[far[like].argmin()]
    else:  # a whole class is forgotten: the nearest image of yet another class
        rest = unlike[y[unlike] != y[other]]
        rest = rest if len(rest) else unlike[unlike != other]
        third = rest[far[rest].argmin()]
    corners = rows[[at, other, third]]
    x = data.space.standardise(data.train.x[corners]).reshape(3, -1).astype(np.float64)
    first, second = x[1] - x[0], x[2] - x[0]
    along = first / np.linalg.norm(first)
    across = second - (second @ along) * along
    on_plane = np.array([[0.0, 0.0], [np.linalg.norm(first), 0.0], [second @ along, np.linalg.norm(across)]])
    return ImagePlane(corners.astype(np.int64), on_plane.astype(np.float32), Plane.around(on_plane, WIDER))


def plane_images(data: Data, plane: ImagePlane, cells: int) -> Tensor:
    """Return the standardised inputs (cells * cells, 3, h, w) on a plane, in the order of `Plane.grid`."""
    x = data.space.standardise(data.train.x[plane.rows]).astype(np.float64)
    at = plane.at.astype(np.float64)
    # Each place is the first image plus shares of the steps to the second and the third.
    shares = plane.plane.grid(cells).astype(np.float64) @ np.linalg.inv(np.stack([at[1], at[2]]))
    steps = np.stack([x[1] - x[0], x[2] - x[0]])
    return torch.from_numpy((x[0] + np.tensordot(shares, steps, axes=1)).astype(np.float32))


@held
def look(run: Run) -> Look:
    """Return what is looked at in every snapshot, as tensors."""
    data, sets, shown = run.data, run.sets, image_scene(run)
    rows = np.concatenate([shown.probes.forget, shown.probes.retain])
    probes = torch.cat([
        standardised(data, sets.before, rows), standardised(data, data.test, shown.probes.test)
    ])  # fmt: skip
    network = network_with(run.spec, data, original(run, 0).state)
    seen = outputs(network, standardised(data, sets.before, sets.retain[:PCA_IMAGES]))[1]
    planes = torch.stack([plane_images(data, plane, shown.cells) for plane in shown.planes])
    return Look(probes, planes, *main_axes(seen))


@kept(lambda run, role, k: f"image-snapshot-{role}-{run.key(*REQUEST_PARTS)}-{k}")
def snapshot(run: Run, role: Reference, k: int) -> Snapshots:
    """Return the one snapshot of "original" or "retrained" k."""
    network = network_with(run.spec, run.data, reference(run, role, k).state)
    return look_at(network, look(run), run.data.classes)
