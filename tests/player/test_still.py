"""A still shows what the player shows of the same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.player import Look, pack
from explorer.player.frames import quantise
from explorer.player.still import ENDS, FRAMES, between, film, scores, still
from explorer.records import PanelFrames
from tests.player.scenes import margins, two_class_scene

SCENE = two_class_scene(size=16, n=40)
GRID = SCENE.plane.grid(16)
PATH = PanelFrames(
    "jit", "JiT", "approximate", np.array([0, 10, 40]), np.stack([margins(GRID, share) for share in (0, 0.5, 1)]),
    np.full((3, 40), 0.5, np.float32), score=("forget 0.10 (retrained 0.05–0.11)",), note="a note",
)  # fmt: skip
STANDING = replace(PATH, name="retrained", title="Retrained", step=np.array([0]), logits=PATH.logits[-1:],
                   confidence=PATH.confidence[-1:], note="")  # fmt: skip


@pytest.mark.parametrize(
    ("progress", "found"),
    [(0.0, (0, 1, 0.0)), (0.125, (0, 1, 0.5)), (0.25, (1, 2, 0.0)), (0.625, (1, 2, 0.5)), (1.0, (1, 2, 1.0))],
)
def test_a_place_lies_between_keyframes_as_steps_do(progress: float, found: tuple[int, int, float]):
    assert between(np.array([0.0, 10.0, 40.0]), progress) == found


def test_one_keyframe_stands_still():
    assert between(np.array([0.0]), 0.5) == (0, 0, 0.0)


@pytest.mark.parametrize("classes", [2, 4])
def test_scores_of_bytes_give_the_same_answers(classes: int):
    logits = np.random.default_rng(0).normal(size=(64, classes)).astype(np.float32)
    read = scores(quantise(logits))
    assert read.shape == (64, classes)
    np.testing.assert_array_equal(read.argmax(axis=-1), logits.argmax(axis=-1))


def test_a_still_stands_where_the_blob_does_and_says_so():
    blob = pack(SCENE, [STANDING, PATH], Look(step=0.25, ratio="Eight times.", words={"forget": "row"}))
    found = still(blob, "Moons")
    assert found.sentences == ("Eight times.", ENDS) and found.columns == 2 and found.words == {"forget": "row"}
    retrained, jit = found.strips[0].pictures
    assert (retrained.step, jit.step) == ("", "step 10 of 40")
    assert jit.lines == ("forget 0.10 (retrained 0.05–0.11)", "a note")
    assert jit.logits is not None
    np.testing.assert_array_equal(jit.logits.argmax(axis=-1), PATH.logits[1].argmax(axis=-1))


def test_layers_that_are_off_or_cannot_be_drawn():
    found = still(pack(SCENE, [PATH], Look(layers=("boundary", "entropy", "cloud"))), "Moons")
    ground = found.strips[0].ground
    assert ground is not None and ground.retrained is None and ground.original is None
    assert found.boundary and not found.regions and found.note == "Not drawn here: entropy, cloud."


def test_a_jump_has_no_steps():
    found = still(pack(SCENE, [replace(PATH, straight=True)], Look(step=0.5)), "Moons")
    assert found.strips[0].pictures[0].step == "50 % of one jump"


def test_a_film_goes_from_the_original_to_the_end():
    frames = list(film(pack(SCENE, [STANDING, PATH]), "Moons"))
    assert len(frames) == FRAMES
    steps = [frame.strips[0].pictures[1].step for frame in frames]
    assert (steps[0], steps[-1]) == ("step 0 of 40", "step 40 of 40")
    assert {frame.sentences for frame in frames} == {(ENDS,)}  # the same on all, so that nothing jumps
    assert len(list(film(pack(SCENE, [STANDING]), "Moons"))) == 1
