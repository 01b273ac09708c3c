"""ResNet-18 for small images: its size, its stem and one residual block worked out by hand."""

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from explorer.knobs import one_sentence
from explorer.models.resnet18 import RECIPES, Options, ResidualBlock, build
from explorer.training import ImageTraining
from tests.models._images import filled, images


@pytest.mark.parametrize(
    ("classes", "count"), [(10, 11_173_962), (100, 11_220_132), (20, 11_179_092)]
)  # 512 + 1 weights more a class
def test_full_width_has_the_published_count(classes: int, count: int):
    model = build(Options(), (3, 32, 32), classes)
    assert sum(parameter.numel() for parameter in model.parameters()) == count


def test_there_are_ten_blocks():
    assert len(build(Options(width=8), (3, 32, 32), 10).blocks) == 10


def test_the_stem_keeps_the_image_and_three_stages_halve_it():
    model = filled(build(Options(width=8), (3, 32, 32), 10))
    x, sides = images(1), []
    for block in model.blocks[:-1]:
        x = block(x)
        sides.append((x.shape[1], x.shape[2]))
    assert sides == [(8, 32), (8, 32), (8, 32), (16, 16), (16, 16), (32, 8), (32, 8), (64, 4), (64, 4)]


def test_a_residual_block_is_worked_out_by_hand():
    block = ResidualBlock(1, 1, 1).eval()
    block.norm1.eps = block.norm2.eps = 0.0
    with torch.no_grad():
        block.conv1.weight.zero_()[0, 0, 1, 1] = 2.0  # twice the pixel itself
        block.conv2.weight.zero_()[0, 0, 1, 0] = 1.0  # the pixel to the left
        block.norm2.running_mean = torch.tensor([5.0])
        block.norm2.running_var = torch.tensor([4.0])
        x = torch.tensor([[[[1.0, -1, 3]]]])
        # relu(2x) = (2, 0, 6); shifted (0, 2, 0); less 5, over 2: (-2.5, -1.5, -2.5); plus x: (-1.5, -2.5, 0.5)
        assert torch.equal(block(x), torch.tensor([[[[0.0, 0, 0.5]]]]))


def test_batch_statistics_move_in_training_only():
    model = filled(build(Options(width=8), (3, 32, 32), 10))
    norm = next(layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d))
    assert norm.running_mean is not None
    model(images(4))
    assert torch.equal(norm.running_mean, torch.zeros(8))
    model.train()(images(4))
    assert norm.running_mean.any()


@pytest.mark.parametrize("recipe", ["standard", "memorise"])
def test_recipes_are_trainings(recipe: str):
    training = ImageTraining(**RECIPES[recipe])
    assert training.optimizer == "sgd"
    assert training.augment == (recipe == "standard")


@pytest.mark.parametrize("width", [7, 65])
def test_odd_widths_are_refused_in_one_sentence(width: int):
    with pytest.raises(ValidationError) as raised:
        Options(width=width)
    assert one_sentence(raised.value, Options) == f"`width` must lie in [8, 64], got {width}"
