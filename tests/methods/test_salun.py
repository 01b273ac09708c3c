"""SalUn against masks and steps worked out by hand."""

import copy
import dataclasses
import itertools

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.salun import METHOD, Knobs, relabelled, saliency
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, states

X = torch.tensor([[1.0, 0.2], [2.0, 0.2]])
Y = torch.tensor([0, 0])


def test_mask_takes_the_largest_gradients_of_all_weights_together():
    # Sums: row 0 (-1.5, -.2), row 1 (1.5, .2), bias (-1, 1).
    weight, bias = saliency(linear(), X, Y, share=4 / 6 + 1e-9)
    assert weight.tolist() == [[True, False], [True, False]]
    assert bias.tolist() == [True, True]


def test_mask_counts_whole_weights_rounded_down():
    masks = saliency(linear(), X, Y, share=0.49)
    assert sum(int(mask.sum()) for mask in masks) == int(0.49 * 6) == 2


def test_first_step_trains_the_forget_point_to_the_other_class_where_the_mask_lets_it():
    # With labels of class 1 the gradient of row 0 is (.5, 0); weight and bias of column 0 are the 4 largest.
    asked = request(forget=[((1, 0.2), 0)], retain=[((0, 1), 1)])
    weight, bias = heads(METHOD, linear(), asked, Knobs(lr=0.1, share=4 / 6 + 1e-9), most=1)[0]
    assert close(weight, [[-0.05, 0], [0.05, 0]])
    assert close(bias, [-0.05, 0.05])


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_masked_weights_are_identical_to_the_bit(net: str):
    case = make("forget", net)
    model = copy.deepcopy(case.original)
    masks = saliency(model, *case.request.forget, share=0.5)
    end = states(METHOD, case.original, case.request, Knobs(momentum=0.9, weight_decay=0.1, lr=0.05, epochs=4))[-1]
    moved = 0
    for (name, start), mask in zip(case.original.named_parameters(), masks, strict=True):
        assert torch.equal(end[name][~mask], start[~mask])
        moved += int((end[name] != start).sum())
    assert moved > 0


def test_all_weights_is_plain_random_labels():
    case = make("forget")
    end = states(METHOD, case.original, case.request, Knobs(share=1.0, weight_decay=0.1, epochs=1))[-1]
    assert all((end[name] != start).all() for name, start in case.original.named_parameters())


def test_other_is_never_the_true_label_and_any_sometimes_is():
    y = torch.arange(300) % 3
    assert not (relabelled(y, 3, "other", draws.generator(0)) == y).any()
    assert 0.2 < (relabelled(y, 3, "any", draws.generator(0)) == y).float().mean() < 0.5


def test_sequential_passes_come_forget_set_first():
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
    first, second = heads(METHOD, linear(), asked, Knobs(share=1.0, momentum=0, epochs=1))
    assert first[0][0, 0] != 0 and first[0][0, 1] == 0
    assert second[0][0, 1] != 0


def test_presets_from_the_paper_draw_labels_in_each_epoch_and_move_batch_statistics():
    for name in ("random 10 % (paper)", "CIFAR-100 (paper)"):
        knobs = Knobs(**METHOD.presets[name].knobs)
        assert (knobs.drawn, knobs.labels, knobs.batchnorm) == ("each epoch", "any", "update")


def test_labels_drawn_in_each_epoch_teach_another_class_in_some():
    # One forget point of class 0 of 100, on its own: in an epoch the bias of the label drawn rises and all others fall.
    asked = request(forget=[((0, 0), 0)], retain=[])
    start = linear([[0, 0]] * 100)

    def risen(drawn: str) -> list[int]:
        knobs = Knobs.model_validate(
            {"share": 1.0, "lr": 0.01, "momentum": 0.0, "epochs": 6, "labels": "any", "drawn": drawn}
        )
        biases = [
            torch.zeros(100),
            *(bias for _, bias in heads(METHOD, start, dataclasses.replace(asked, classes=100), knobs)),
        ]
        return [int((after - before).argmax()) for before, after in itertools.pairwise(biases)]

    assert len(set(risen("once"))) == 1
    assert len(set(risen("each epoch"))) > 1
