"""Run JiT's own file on one sigmoid on a line, as its Figure 3 shows it: no Spec, two weights, one step a point.

    s(x) = 1 / (1 + exp(-(w x + b))),   w = 1, b = 0;   each point is forgotten by itself, from the same start

The loss is the stated one, on probabilities: plain norms, both outputs differentiated; noise comes in +- pairs.
figures/jit_sigmoid.py has the same step in closed form for small noise; here noise is drawn, so a seed matters.

Source: Foster et al., An Information Theoretic Approach to Machine Unlearning, TMLR 2025, arXiv:2402.01401, Figure 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.draws import generator
from explorer.methods._method import Request, TensorSpace
from explorer.recording.running import run as run_method
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG
from explorer.training import Examples

Sign = Literal["ascent", "descent"]
SIGMA, SAMPLES = 0.01, 100
ROOT_2 = 2**0.5  # both of two probabilities move, so the norm of their difference is sqrt(2) |s(x) - s(x + xi)|


class _Sigmoid(nn.Module):
    """Two logits (0, w x + b): the second probability is s(x)."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        z = self.w * x + self.b
        return torch.cat([torch.zeros_like(z), z], dim=1)


def one_sigmoid(points: Sequence[float], step: float, sign: Sign, seed: int) -> NDArray[np.float64]:
    """Return the sigmoids after one step of JiT.

    Args:
        points: (n,) forget points, each forgotten by itself.
        step: length of the step on |s(x) - s(x + xi)| / |xi|, above 0.
        sign: up ("ascent") or down the loss; down is how it is stated.
        seed: of the noise.

    Returns:
        (n, 2) float64, a row (w, b) for each point.
    """
    method = CATALOG.methods["jit"]
    knobs = method.knobs.model_validate({
        "sigma": SIGMA, "samples": SAMPLES, "epochs": 1, "lr": step / ROOT_2, "out_space": "probs", "power": 1,
        "grad": "full", "sign": sign, "noise": "pairs", "reduction": "sum", "units": "standardised", "norm_floor": 1e-6,
    })  # fmt: skip
    ends = [
        run_method(
            method, _Sigmoid(), _request(x), knobs, generator(child_seed(seed, "one sigmoid", at)), None,
            limit=1, keep=lambda state, _: state[:0], tick=None,
        ).last
        for at, x in enumerate(points)
    ]  # fmt: skip
    return torch.stack(ends).double().numpy()


def _request(x: float) -> Request:
    one, none, nothing = torch.ones(1), torch.zeros(1), Examples(torch.empty(0, 1), torch.empty(0, dtype=torch.int64))
    forget = Examples(torch.tensor([[x]], dtype=torch.float32), torch.tensor([int(x > 0)]))
    space = TensorSpace(none, one, -one, one)
    return Request(forget, nothing, forget, nothing, nothing, space, 2, "forget")
