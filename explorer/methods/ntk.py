"""NTK forgetting replaces the network by its linearisation, where training on fewer points can be solved exactly.

Around the trained weights the outputs are linear in them, and squared-loss training of that linear model has a closed
form. The difference between its solutions with and without the forget set is added to the network's weights.

    w(D) = -G (G^T G + N wd I)^-1 (p - y),   N = |D|
    G = Jacobian of the outputs on D at the trained weights, a row for each weight
    w <- w + scale * (w(D_r) - w(D_r and D_f))

Reads: the forget set and the retain set, with labels.
Watch: one jump, exact for the linear model; how far the network follows depends on how linear it is along the way.
Fails: far jumps leave the region where the network is linear. Where the model fits its training points p - y is nearly
0 and so is the jump; and the matrix has one row a point and class, so this is for small sets only.
Source: Golatkar, Achille and Soatto, Forgetting Outside the Box: Scrubbing Deep Networks of Information Accessible from
Input-Output Observations, ECCV 2020, arXiv:2003.02960; code github.com/AdityaGolatkar/SelectiveForgetting at 4c02825,
Forgetting.ipynb, and the same in github.com/meghdadk/SCRUB at 98ffb11; both take the Jacobian at the trained weights.
Differs: more than 1,000 rows of the matrix are not formed: then a random share of all points, drawn with the run's
seed, stands for both sets. The notebooks rescale the jump by a predicted length and angle; here a knob is its factor,
by default 10: on two moons (six data seeds) the linear model's own jump hardly forgets, and ten times as long it brings
the area that disagrees with retrained from .11-.15 to .04-.10.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.flat import Flat, joined

ROWS = 1000  # of the matrix: points times classes


class Knobs(KnobBase):
    """Knobs of NTK forgetting."""

    scale: float = knob(
        10.0, ge=0.0, le=50.0, title="Length", help="Factor on the jump; 1 is the linear model's own, and falls short."
    )
    decay: float = knob(
        1e-2, ge=1e-5, le=1.0, log=True, title="Weight decay", help="Ridge of the linear model, a point."
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after the jump."""
    model = copy.deepcopy(original)
    flat = Flat(model, "all", request.meter)
    x, y = joined(request.retain, request.forget)
    kept = torch.arange(len(y), device=y.device) < len(request.retain.y)
    most = ROWS // request.classes
    if len(y) > most:
        rows = draws.permutation(len(y), rng, y)[:most]
        x, y, kept = x[rows], y[rows], kept[rows]
    jacobian = flat.jacobian(flat.start, x)
    with torch.no_grad():
        p = flat.logits(flat.start, x).softmax(dim=1)
    error = p - one_hot(y, p.shape[1])
    jump = linear_weights(jacobian[kept], error[kept], knobs.decay) - linear_weights(jacobian, error, knobs.decay)
    flat.put(flat.start + knobs.scale * jump)
    yield model


def linear_weights(jacobian: Tensor, error: Tensor, decay: float) -> Tensor:
    """Return w(D), how far the linear model moves.

    Args:
        jacobian: (n, c, p) of the outputs.
        error: (n, c) probabilities less one-hot labels.
        decay: the ridge, a point.

    Returns:
        (p,); zeros for no points.
    """
    rows = jacobian.flatten(0, 1)
    kernel = (rows @ rows.T).double()
    ridge = len(jacobian) * decay * torch.eye(len(kernel), dtype=torch.float64, device=kernel.device)
    factor = torch.linalg.cholesky(kernel + ridge)
    solved = torch.cholesky_solve(error.double().reshape(-1, 1), factor)[:, 0]
    return -(solved.to(rows) @ rows)


METHOD = Method(
    title="NTK forgetting",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"scale": 0.0},
    presets={
        "as solved": Preset({"scale": 1.0}, note="The linear model's own jump."),
        "small ridge": Preset(
            {"scale": 1.0, "decay": 1e-5}, note="Our choice: a far jump, off the linear region.", collapses=True
        ),
    },
    images=Images(cannot="needs the kernel between all pairs of images, and a Jacobian of every weight for each"),
    bibtex="""@inproceedings{golatkar2020forgetting,
  title = {Forgetting Outside the Box: Scrubbing Deep Networks of Information Accessible from Input-Output
           Observations},
  author = {Golatkar, Aditya and Achille, Alessandro and Soatto, Stefano},
  booktitle = {ECCV},
  year = {2020}
}""",
    badges=("small sets only: at most 1,000 rows", "our choice: a jump ten times as long"),
)
