"""A still shows what the player shows of the same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.player import Look, pack
from explorer.player.frames import CLIP, gain_of, quantise
from explorer.player.still import FRAMES, WORDS, between, film, scores, still
from explorer.records import PanelFrames
from tests.player.scenes import margins, two_class_scene

SCENE = two_class_scene(size=16, n=40)
GRID = SCENE.plane.grid(16)
PATH = PanelFrames(
    "jit", "JiT", "approximate", np.array([0, 10, 40]), np.stack([margins(GRID, share) for share in (0, 0.5, 1)]),
    np.full((3, 40), 0.5, np.float32), {"forget": np.array([0.9125, 0.3125, 0.1])}, note="a note",
)  # fmt: skip
STANDING = replace(
    PATH, name="retrained", title="Retrained", step=np.array([0]), logits=PATH.logits[-1:],
    confidence=PATH.confidence[-1:], accuracy={"forget": np.array([0.07])}, several=2, note="",
)  # fmt: skip


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


def test_small_margins_are_sent_larger_and_read_as_they_were():
    small = np.random.default_rng(0).uniform(-0.2, 0.2, size=(1, SCENE.size**2, 2)).astype(np.float32)
    faint = replace(PATH, logits=np.repeat(small, len(PATH.step), axis=0))
    largest = np.abs(small[..., 1] - small[..., 0]).max()
    assert 10 < gain_of(small) <= CLIP / largest < gain_of(small) + 0.01
    assert gain_of(np.array([[0.0, CLIP / 1.4]])) == gain_of(np.zeros((4, 2))) == gain_of(np.zeros((4, 3))) == 1
    found = still(pack(SCENE, [faint], Look(step=0.25)), "Moons").strips[0].pictures[0]
    assert found.logits is not None
    read = found.logits[:, 1] - found.logits[:, 0]
    np.testing.assert_allclose(read, small[0, :, 1] - small[0, :, 0], atol=largest / 120)


def test_a_still_stands_where_the_blob_does_and_says_the_numbers_of_that_step():
    words = {"forget": "row", "setForget": "corrected", "numbers": "what they are"}
    blob = pack(SCENE, [STANDING, replace(PATH, cost=1.84)], Look(step=0.25, ratio="Eight times.", words=words))
    found = still(blob, "Moons")
    assert found.sentences == ("Eight times.", f"What they are; {WORDS['work']}.")
    assert found.columns == 2 and found.words == words
    retrained, jit = found.strips[0].pictures
    assert (retrained.step, jit.step) == ("the first of 2", "step 10 of 40")
    assert retrained.lines == ("corrected .070 (mean of 2: .300)",)
    assert jit.lines == ("corrected .312 (retrained .250–.350)", "work 1.84 × retraining; a note")  # 25 of 80, to even
    assert jit.logits is not None
    np.testing.assert_array_equal(jit.logits.argmax(axis=-1), PATH.logits[1].argmax(axis=-1))


def test_layers_that_are_off_or_cannot_be_drawn():
    found = still(pack(SCENE, [PATH], Look(layers=("boundary", "slope", "helpers"))), "Moons")
    ground = found.strips[0].ground
    assert ground is not None and ground.retrained is None and ground.original is None
    assert found.boundary and not found.fill and found.note == "Not drawn here: slope, helpers."


def test_thin_lines_of_other_models_and_doubt_are_drawn_of_the_same_bytes():
    voting = replace(PATH, members=np.stack([PATH.logits, -PATH.logits], axis=1))
    layers = ("confidence", "entropy", "cloud", "members")
    found = still(pack(SCENE, [voting, STANDING], Look(step=0.25, layers=layers)), "Moons")
    ground, (one, other) = found.strips[0].ground, found.strips[0].pictures
    assert found.fill == "entropy" and found.note == "" and ground is not None
    assert len(ground.cloud) == len(SCENE.retrained) and not other.members
    for read, true in zip(ground.cloud, SCENE.retrained, strict=True):
        np.testing.assert_array_equal(read.argmax(axis=-1), true.argmax(axis=-1))
    for read, true in zip(one.members, (PATH.logits[1], -PATH.logits[1]), strict=True):
        np.testing.assert_array_equal(read.argmax(axis=-1), true.argmax(axis=-1))


def test_the_lines_of_a_certified_method_are_draws_of_its_noise():
    certified = replace(PATH, kind="certified", members=np.stack([PATH.logits], axis=1))
    found = still(pack(SCENE, [certified], Look(layers=("members",))), "Moons")
    assert "draws of the noise" in found.words["members"]


def test_a_jump_has_no_steps():
    found = still(pack(SCENE, [replace(PATH, straight=True)], Look(step=0.5)), "Moons")
    assert found.strips[0].pictures[0].step == "50 % of one jump"


def test_a_film_goes_from_the_original_to_the_end():
    frames = list(film(pack(SCENE, [STANDING, PATH]), "Moons"))
    assert len(frames) == FRAMES
    steps = [frame.strips[0].pictures[1].step for frame in frames]
    assert (steps[0], steps[-1]) == ("step 0 of 40", "step 40 of 40")
    numbers = [frame.strips[0].pictures[1].lines[0].split()[1] for frame in frames]
    assert numbers == sorted(numbers, reverse=True) and set(numbers) == {".912", ".312", ".100"}
    assert len(list(film(pack(SCENE, [STANDING]), "Moons"))) == 1


def test_a_panel_says_at_every_frame_what_it_has_to_say():
    broken = replace(PATH, name="ga", trouble="It broke.")
    idle = replace(PATH, name="ssd", unmoved="Nothing moves.")
    refused = replace(STANDING, name="unsir", accuracy={}, trouble="It cannot.", refused=True)
    for frame in film(pack(SCENE, [broken, idle, refused]), "Moons"):
        one, two, three = frame.strips[0].pictures
        assert one.trouble == "It broke." and two.lines[0] == "Nothing moves."
        assert three.trouble == "It cannot." and three.logits is None  # the plane of another model under its name
