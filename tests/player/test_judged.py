"""What a method predicts, and what retrained models say, reach the player."""

from dataclasses import replace

import numpy as np

from explorer.player import pack, script, unpack
from explorer.records import Helpers
from tests.player.scenes import panel, two_class_scene


def test_marks_and_truth_are_in_the_blob():
    scene = two_class_scene(size=16, n=40, seeds=2)
    m = len(scene.forget)
    said = Helpers("predicted hard", scene.x[scene.forget], scene.y[scene.forget], scene.forget, "hard")
    shown = panel(scene, "tmu", "TMU", [0.0, 1.0], [0, 1], helpers=(said,))
    blob = unpack(pack(replace(scene, retrained_right=np.linspace(0, 1, m, dtype=np.float32)), [shown]))
    assert blob.header["panels"][0]["helpers"][0]["mark"] == "hard"
    assert np.array_equal(blob.blocks["right"], np.linspace(0, 1, m, dtype=np.float32))


def test_a_scene_without_truth_is_packed_too():
    assert "right" not in unpack(pack(two_class_scene(size=16, n=40, seeds=2), [])).blocks


def test_the_layer_is_named_in_the_script():
    assert "oracle:" in script()
