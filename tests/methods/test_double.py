"""Double precision: MPS has none, so what runs on images goes to it by way of `doubled` alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer import methods
from explorer.methods._shared.double import doubled, doubled_copy, place
from explorer.methods._shared.twin_features import bounds, scaled
from explorer.spec.catalog import CATALOG

FOLDER = Path(methods.__path__[0])
ON_THE_CPU = {"unit_ball"}  # the linear model of the plane; images have none
FILES = [
    path
    for path in sorted(FOLDER.rglob("*.py"))
    if path.stem not in {"double", *ON_THE_CPU, *(key for key, one in CATALOG.methods.items() if one.images.cannot)}
]


def mentions(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that ask torch for double precision themselves."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        of_torch = isinstance(node.value, ast.Name) and node.value.id == "torch"
        if (node.attr == "double" and not of_torch) or (of_torch and node.attr in {"double", "float64"}):
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_runs_on_images_asks_for_double_precision_by_way_of_doubled_alone(path: Path):
    assert list(mentions(ast.parse(path.read_text()))) == []


def test_the_search_finds_both_spellings():
    assert len(FILES) > 50
    assert list(mentions(ast.parse("a = b.double()\nc = torch.eye(2, dtype=torch.float64)\n"))) == [1, 2]


@pytest.mark.parametrize(("device", "expected"), [("mps", "cpu"), ("cpu", "cpu"), ("cuda", "cuda")])
def test_the_cpu_computes_for_mps_and_for_nobody_else(device: str, expected: str):
    assert place(torch.device(device)) == torch.device(expected)


def test_values_on_mps_become_double_on_the_cpu():
    with FakeTensorMode():
        raw = torch.empty(30, 3, device="mps")
        limits = bounds(raw)
        for found in (doubled(raw), *limits, scaled(raw, limits)):
            assert (found.device.type, found.dtype) == ("cpu", torch.float64)


def test_on_a_cpu_the_bits_are_those_of_plain_double_and_no_gradient_flows():
    values = torch.rand(7, 2, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.equal(doubled(values), values.detach().double())
    assert not doubled(values).requires_grad
    assert torch.equal(doubled(torch.tensor([True, False])), torch.tensor([1.0, 0.0], dtype=torch.float64))


def test_a_copy_of_a_network_is_double_and_the_network_stays():
    model = nn.Linear(2, 2)
    copied = doubled_copy(model)
    assert torch.equal(copied.get_parameter("weight"), model.weight.double())
    assert model.weight.dtype == torch.float32
