"""Originals and retrained models of a request on images, and what is looked at in all of them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from explorer.data import TITLES
from explorer.data.cifar import subclass_names
from explorer.pipeline.data import data
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.sets import few_points, sets
from explorer.pipeline.worlds.images import (
    Checkpoints,
    Trained,
    live,
    logits_of,
    own_weights,
    plain_original,
    standardised,
    trained,
    without_weights,
)
from explorer.recording.snapshots import Look, look_at, main_axes, outputs
from explorer.records import Data, Float, ImagePlane, ImageScene, Int, Plane, Probes, Sets, Snapshots, Split
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError

REQUEST_PARTS = ("data", "request", "model", "training", "seed")
PROBES = (200, 200, 300)  # forget, retain, test
FEWER = (100, 100, 150)  # where there are 20 classes or more
CELLS = 48
WIDER = 0.25  # margin around the three images of a plane, as a share of its length
GALLERY = 60
RETAIN = 4000  # retained images on which accuracy and attacks are measured, at most
PCA_IMAGES = 400
POISONED = "weights of your own cannot be corrected here: the labels are poisoned anew, and they have not seen them"


def original(
    spec: Spec, k: int, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> Trained:
    """Return original k: trained on what was there before the request.

    Raises:
        SpecError: if the Spec names weights of one's own and asks to correct labels that nobody else has poisoned.
    """
    if own_weights(spec) and spec.request.kind == "correct_labels":
        raise SpecError(POISONED)
    if spec.request.kind != "correct_labels":
        return plain_original(spec, k, memo, places=places, tick=tick)
    key, made = f"image-poisoned-{spec.key(*REQUEST_PARTS)}-{k}", sets(spec, memo)
    return trained(spec, f"original:{k}", made.before, None, key, memo, places=places, tick=tick)


def retrained(
    spec: Spec, k: int, memo: Memo = no_memo, places: Checkpoints | None = None, tick: Tick | None = None
) -> Trained:
    """Return retrained model k: trained on what should have been there.

    Where fewer than 5 % of the images are named a new seed moves more than forgetting does; then model k shares
    initialisation and batches with original k (paired).
    """
    made = sets(spec, memo)
    name = f"original:{k}" if few_points(made) else f"retrained:{k}"
    spec = without_weights(spec)
    left_out = np.isin(np.arange(len(made.before)), made.forget) if made.removes else None
    key = f"image-retrained-{spec.key(*REQUEST_PARTS)}-{k}"
    return trained(spec, name, made.after, left_out, key, memo, places=places, tick=tick)


def judged_rows(spec: Spec, memo: Memo = no_memo) -> tuple[Int, Int]:
    """Return the training rows on which numbers are measured: all forgotten ones, and up to 4,000 retained ones."""
    made = sets(spec, memo)
    rng = np.random.default_rng(child_seed(spec.seed, "judged"))
    return made.forget, np.sort(rng.permutation(made.retain)[:RETAIN])


def groups(spec: Spec, split: Split) -> Int:
    """Return by what points of a split are alike (n,): their classes; where a sub-class is forgotten, sub-classes.

    Only points of the forgotten groups could be exchanged with the forgotten ones, had none been trained on.
    """
    finer = spec.request.kind == "forget" and spec.request.choose == "subclass" and split.subclass is not None
    return split.subclass if finer else split.y  # type: ignore[return-value]  # not None


def judged_images(spec: Spec, memo: Memo = no_memo) -> Tensor:
    """Return standardised images: the judged rows of forget and retain as the original saw them, then test."""
    have, made = data(spec, memo), sets(spec, memo)
    rows = np.concatenate(judged_rows(spec, memo))
    return torch.cat([standardised(have, made.before, rows), standardised(have, have.test)])


def judged_logits(spec: Spec, role: str, k: int, memo: Memo = no_memo, places: Checkpoints | None = None) -> Float:
    """Return logits (forget + retain + test, c) of "original" or "retrained" k on `judged_images`."""

    def compute() -> Float:
        model = original(spec, k, memo, places) if role == "original" else retrained(spec, k, memo, places)
        return logits_of(spec, data(spec, memo), model.state, judged_images(spec, memo))

    return memo(f"image-logits-{role}-{spec.key(*REQUEST_PARTS)}-{k}", compute)


def scene(spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None) -> ImageScene:
    """Return what all runs of the request share: the images looked at and the planes drawn.

    Planes: one through the first probed forget image, one through that with the smallest margin under the original;
    each with a retained image of its own class where there is one, and the nearest image of another class in the
    original's features. Nothing of a retrained model goes into the choice.
    """
    return memo(f"image-scene-{spec.key(*REQUEST_PARTS)}", lambda: _scene(spec, memo, places))


def _scene(spec: Spec, memo: Memo, places: Checkpoints | None) -> ImageScene:
    have, made = data(spec, memo), sets(spec, memo)
    rng = np.random.default_rng(child_seed(spec.seed, "probes"))
    sizes = FEWER if have.classes >= 20 else PROBES
    pools = (made.forget, made.retain, np.arange(len(have.test)))
    forget, retain, test = (rng.permutation(pool)[:size] for pool, size in zip(pools, sizes, strict=True))
    y = np.concatenate([made.before.y[forget], made.before.y[retain], have.test.y[test]])
    after_y = np.concatenate([made.after.y[forget], made.after.y[retain], have.test.y[test]])
    probes = Probes(forget, retain, test, y, after_y)
    network = live(spec, have, original(spec, 0, memo, places).state)
    rows = np.concatenate([forget, retain])
    logits, features = outputs(network, standardised(have, made.before, rows))
    planes = tuple(
        _plane(have, rows, at, len(forget), y[: len(rows)], features)
        for at in (0, _nearest_to_boundary(logits[: len(forget)], y[: len(forget)]))
    )
    gallery = forget[:GALLERY]
    others = [row for plane in planes for row in plane.rows if row not in gallery]
    shown = np.concatenate([gallery, np.unique(np.array(others, dtype=np.int64))])
    return ImageScene(
        folder=folder_of(spec),
        title=title_of(spec, have, made),
        spec={**spec.as_json(), "method": None},
        names=have.names,
        probes=probes,
        planes=planes,
        cells=CELLS,
        images=np.ascontiguousarray(have.train.x[shown].transpose(0, 2, 3, 1)),
        image_rows=shown.astype(np.int64),
    )


def folder_of(spec: Spec) -> str:
    """Return the folder of the request's recorded runs: <data>-<model>-<recipe>-<request>."""
    return "-".join([spec.data.name, spec.model.name, training_recipe(spec), request_name(spec)])


def training_recipe(spec: Spec) -> str:
    """Return the name of the training recipe."""
    return str(getattr(spec.training, "recipe", "standard"))


def request_name(spec: Spec) -> str:
    """Return a request in one word for file names: random, part, class, subclass, points or poisoned."""
    if spec.request.kind == "correct_labels":
        return "poisoned"
    if spec.request.choose == "random":
        return "random" if getattr(spec.request.options, "label", None) is None else "part"
    return spec.request.choose


def title_of(spec: Spec, have: Data, made: Sets) -> str:
    """Return data, model, recipe and request in words."""
    label, count = getattr(spec.request.options, "label", None), len(made.forget)
    names = subclass_names(spec.data.name) if spec.request.choose == "subclass" else have.names
    named = "" if label is None else names[label]
    what = {
        "random": f"forget {count:,} random images",
        "part": f"forget {count:,} images of one class ({named})",
        "class": f"forget a whole class ({named})",
        "subclass": f"forget a sub-class ({named}, {count:,} images)",
        "points": f"forget {count:,} picked images",
        "poisoned": f"correct {count:,} poisoned labels",
    }[request_name(spec)]
    where = f"{TITLES[spec.data.name].split(' (')[0]}, {len(made.before):,} images"
    return f"{where}, {spec.model.name}, {training_recipe(spec)}: {what}"


def _nearest_to_boundary(logits: Float, y: Int) -> int:
    right = logits[np.arange(len(y)), y]
    others = logits.copy()
    others[np.arange(len(y)), y] = -np.inf
    return int((right - others.max(axis=1)).argmin())


def _plane(have: Data, rows: Int, at: int, forgotten: int, y: Int, features: Float) -> ImagePlane:
    """Return the plane through one forget image, a retained one like it, and the nearest one of another class."""
    far = np.linalg.norm(features - features[at], axis=1)
    kept = np.arange(len(rows)) >= forgotten
    like = np.flatnonzero(kept & (y == y[at]))
    unlike = np.flatnonzero(kept & (y != y[at]))
    other = unlike[far[unlike].argmin()]
    if len(like):
        third = like[far[like].argmin()]
    else:  # a whole class is forgotten: the nearest image of yet another class
        rest = unlike[y[unlike] != y[other]]
        rest = rest if len(rest) else unlike[unlike != other]
        third = rest[far[rest].argmin()]
    corners = rows[[at, other, third]]
    x = have.space.standardise(have.train.x[corners]).reshape(3, -1).astype(np.float64)
    first, second = x[1] - x[0], x[2] - x[0]
    along = first / np.linalg.norm(first)
    across = second - (second @ along) * along
    places = np.array([[0.0, 0.0], [np.linalg.norm(first), 0.0], [second @ along, np.linalg.norm(across)]])
    return ImagePlane(corners.astype(np.int64), places.astype(np.float32), Plane.around(places, WIDER))


def plane_images(have: Data, plane: ImagePlane, cells: int) -> Tensor:
    """Return the standardised inputs (cells * cells, 3, h, w) on a plane, in the order of `Plane.grid`."""
    x = have.space.standardise(have.train.x[plane.rows]).astype(np.float64)
    at = plane.at.astype(np.float64)
    # Each place is the first image plus shares of the steps to the second and the third.
    shares = plane.plane.grid(cells).astype(np.float64) @ np.linalg.inv(np.stack([at[1], at[2]]))
    steps = np.stack([x[1] - x[0], x[2] - x[0]])
    return torch.from_numpy((x[0] + np.tensordot(shares, steps, axes=1)).astype(np.float32))


def look(spec: Spec, memo: Memo = no_memo, places: Checkpoints | None = None) -> Look:
    """Return what is looked at in every snapshot, as tensors."""
    have, made, shown = data(spec, memo), sets(spec, memo), scene(spec, memo, places)
    rows = np.concatenate([shown.probes.forget, shown.probes.retain])
    probes = torch.cat([
        standardised(have, made.before, rows), standardised(have, have.test, shown.probes.test)
    ])  # fmt: skip
    network = live(spec, have, original(spec, 0, memo, places).state)
    seen = outputs(network, standardised(have, made.before, made.retain[:PCA_IMAGES]))[1]
    planes = torch.stack([plane_images(have, plane, shown.cells) for plane in shown.planes])
    return Look(probes, planes, *main_axes(seen))


def snapshot(spec: Spec, role: str, k: int, memo: Memo = no_memo, places: Checkpoints | None = None) -> Snapshots:
    """Return the one snapshot of "original" or "retrained" k."""

    def compute() -> Snapshots:
        have = data(spec, memo)
        model = original(spec, k, memo, places) if role == "original" else retrained(spec, k, memo, places)
        return look_at(live(spec, have, model.state), look(spec, memo, places), have.classes)

    return memo(f"image-snapshot-{role}-{spec.key(*REQUEST_PARTS)}-{k}", compute)
