"""What is looked at in image models: planes through their images, and a gallery."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.pipeline.planes import plane_images, title_of
from explorer.pipeline.worlds.images import class_names
from explorer.records import Data, ImageScene, Sets
from tests.pipeline._noise import spec

pytestmark = pytest.mark.usefixtures("files")


@pytest.mark.parametrize(
    ("data", "request_", "said"),
    [
        ("cifar10", {"choose": "class", "label": 5}, "forget a whole class (dog)"),
        ("cifar10", {"choose": "random", "fraction": 0.3, "label": 3}, "forget 2 images of one class (cat)"),
        ("cifar20", {"choose": "subclass", "label": 69}, "forget a sub-class (rocket, 2 images)"),
        ("cifar20", {"choose": "class", "label": 19}, "forget a whole class (vehicles_2)"),
    ],
)
def test_a_title_names_the_class_or_sub_class(data: str, request_: dict[str, Any], said: str):
    have = cast(Data, SimpleNamespace(names=class_names(data)))
    made = cast(Sets, SimpleNamespace(forget=[3, 5], before=range(200)))
    asked = spec(data={"name": data, "n": 200}, request=request_)
    assert title_of(asked, have, made).endswith(f"200 images, compact, memorise: {said}")


def test_the_planes_go_through_their_three_images(scene: ImageScene, store: Store):
    have = pipeline.Run(spec(), store.memo).data
    for plane in scene.planes:
        corners = have.space.standardise(have.train.x[plane.rows]).reshape(3, -1)
        steps = np.linalg.norm(corners[:, None] - corners[None], axis=-1)
        flat = np.linalg.norm(plane.at[:, None] - plane.at[None], axis=-1)
        assert flat == pytest.approx(steps, rel=1e-4, abs=1e-3)
        exact = dataclasses.replace(plane.plane, low=plane.at[1] - 0.5, high=plane.at[1] + 0.5)
        (middle,) = plane_images(have, dataclasses.replace(plane, plane=exact), 1)
        assert middle.numpy().ravel() == pytest.approx(corners[1], abs=1e-3)


def test_the_first_image_of_a_plane_is_to_be_forgotten_and_the_others_are_not(scene: ImageScene, store: Store):
    made = pipeline.Run(spec(), store.memo).sets
    for plane in scene.planes:
        assert np.isin(plane.rows, made.forget).tolist() == [True, False, False]


def test_the_gallery_shows_forget_images_first_and_every_corner(scene: ImageScene, store: Store):
    have = pipeline.Run(spec(), store.memo).data
    count = min(60, len(scene.probes.forget))
    assert np.array_equal(scene.image_rows[:count], scene.probes.forget[:count])
    assert {row for plane in scene.planes for row in plane.rows.tolist()} <= set(scene.image_rows.tolist())
    assert np.array_equal(scene.images, have.train.x[scene.image_rows].transpose(0, 2, 3, 1))
