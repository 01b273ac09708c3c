"""What *Photographs* says of recorded runs holds."""

import numpy as np

from explorer.contents.recorded.runs import open_runs
from explorer.experiments.cifar import files
from explorer.lessons import Guess
from tests.lessons._staged import accuracy, shown, step_of

KEY = "photographs"


def test_all_dogs_go_and_around_the_dog_the_retrained_model_never_answers_dog():
    found = shown(KEY, 0)
    scene = found.scene
    label = int(scene.y[scene.forget[0]])
    assert scene.names[label] == "dog" and scene.images is not None and len(scene.images) == 3
    assert (found.panels["retrained"].logits[-1].argmax(-1) != label).all()
    assert accuracy(found, "retrained") == 0


def test_one_image_in_ten_is_forgotten_and_most_stay_right_without_having_been_seen():
    found = shown(KEY, 1)
    folder = "cifar10-compact-memorise-random"
    request = open_runs(folder, files.SHIPPED / folder).scene.spec["request"]
    assert request["choose"] == "random" and request["fraction"] == 0.1
    assert found.truth == 77 == round(100 * float(np.mean(found.scene.goals["forget"].values)))


def test_the_nearest_number_belongs_to_a_model_that_lost_a_fifth_of_the_rest():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    assert step.kind.options[found.truth] == "EU-k"
    assert 0.75 < accuracy(found, "eu_k", "retain") < 0.85
    for other in ("amun", "fine_tune"):
        assert accuracy(found, other, "retain") > 0.95 and accuracy(found, other) > 0.8
