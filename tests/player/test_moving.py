"""A reference that moves while requests come: in the bytes, and in files that are made without a browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.player import Look, pack, unpack
from explorer.player.frames import quantise
from explorer.player.still import scores, still
from explorer.records import Moving, PanelFrames
from tests.player.scenes import margins, two_class_scene

PLAIN = two_class_scene(size=16, n=40)
GRID = PLAIN.plane.grid(16)
ASKED = np.arange(len(PLAIN.forget)) // 4 + 1  # eight rows, four a request
SHARES = (0.0, 0.5, 1.0)
MOVING = Moving(np.stack([margins(GRID, share) for share in SHARES]), ASKED, {"retain": np.array([0.9, 0.95, 1.0])})
SCENE = replace(PLAIN, moving=MOVING)
PANEL = PanelFrames(
    "scrub", "SCRUB", "approximate", np.arange(3), np.stack([margins(GRID, share) for share in SHARES]),
    np.full((3, 40), 0.5, np.float32), {"retain": np.array([0.8, 0.85, 0.9])}, way="request",
)  # fmt: skip


def test_the_bytes_hold_the_reference_and_the_goals_of_every_number_of_requests():
    packed = unpack(pack(SCENE, [PANEL]))
    np.testing.assert_array_equal(packed.blocks["moving"], quantise(MOVING.paired))
    assert packed.blocks["asked"].tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert packed.header["goals"] == {"retain": {"each": [".900", ".950", "1"]}}


def test_a_scene_without_requests_has_no_such_blocks():
    assert not {"moving", "asked"} & set(unpack(pack(PLAIN, [PANEL])).blocks)


@pytest.mark.parametrize(
    ("progress", "step", "rows", "line"),
    [
        (0.0, "request 0 of 2", 0, "retain .800 (retrained .900)"),
        (0.5, "request 1 of 2", 4, "retain .850 (retrained .950)"),
        (0.75, "request 2 of 2", 8, "retain .900 (retrained 1)"),
        (1.0, "request 2 of 2", 8, "retain .900 (retrained 1)"),
    ],
)
def test_a_still_shows_the_points_and_the_reference_of_its_request(progress: float, step: str, rows: int, line: str):
    found = still(pack(SCENE, [PANEL], Look(step=progress)), "Moons")
    (strip,) = found.strips
    (picture,) = strip.pictures
    assert strip.ground is not None
    assert picture.step == step and picture.lines == (line,)
    assert strip.ground.forget.tolist() == PLAIN.forget[:rows].tolist()


def test_between_two_requests_the_reference_lies_between():
    strip = still(pack(SCENE, [PANEL], Look(step=0.25)), "Moons").strips[0]
    first, second = (scores(quantise(one)) for one in MOVING.paired[:2])
    assert strip.ground is not None and strip.ground.retrained is not None
    np.testing.assert_allclose(strip.ground.retrained, (first + second) / 2, atol=1e-5)


def test_panels_with_other_keyframes_than_the_reference_are_refused():
    with pytest.raises(ValueError, match=r"panel scrub must have 3 keyframes, as `moving` has, got 1"):
        pack(SCENE, [replace(PANEL, step=PANEL.step[:1], logits=PANEL.logits[:1])])
