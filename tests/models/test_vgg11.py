"""VGG-11 for small images: its size, its order of layers, and that nothing in it looks at a second image."""

import pytest
import torch
from torch import nn

from explorer.models.vgg11 import RECIPES, Options, build
from explorer.training import ImageTraining
from tests.models._images import filled, images


def test_full_width_has_the_published_count():
    # 9,220,480 weights in the eight convolutions (VGG-11's total of 132,863,336 less its three wide layers'
    # 123,642,856), and a head of 10 x (512 + 1)
    model = build(Options(), (3, 32, 32), 10)
    assert sum(parameter.numel() for parameter in model.body.parameters()) == 132_863_336 - 123_642_856
    assert sum(parameter.numel() for parameter in model.parameters()) == 9_220_480 + 5_130


def test_the_image_is_halved_five_times():
    model = filled(build(Options(width=8), (3, 32, 32), 10))
    x, sides = images(1), []
    for block in model.blocks[:-1]:
        x = block(x)
        sides.append((x.shape[1], x.shape[2]))
    assert sides == [(8, 16), (16, 8), (32, 8), (32, 4), (64, 4), (64, 2), (64, 2), (64, 1)]
    assert torch.equal(model.features(images(1)), x[:, :, 0, 0])


def test_training_and_eval_are_one_function():
    model = filled(build(Options(width=8), (3, 32, 32), 10))
    assert not [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d | nn.Dropout)]
    x = images(3)
    assert torch.equal(model.eval()(x), model.train()(x))
    assert list(model.buffers()) == []


@pytest.mark.parametrize("recipe", ["standard", "memorise"])
def test_recipes_are_trainings(recipe: str):
    training = ImageTraining(**RECIPES[recipe])
    assert (training.optimizer, training.batch, training.weight_decay) == ("sgd", 64, 5e-4)
    assert training.augment == (recipe == "standard")
