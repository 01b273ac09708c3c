"""DUI corrects features or labels by damped second-order steps on a loss that also asks for independence.

Influence functions take one step from the old minimum. Here the corrected loss has a term R that is 0 when the output
no longer depends on the erased feature (or the residual no longer tells whose label was wrong), and steps are repeated,
each kept only if the loss falls.

    J(w) = mean CE on the corrected data + (wd / 2) ||w||^2 + lambda_I R(w)
    w <- w - (G + wd + delta)^-1 grad J(w);   J fell: keep, delta / 3;   else: take back, delta * 3
    feature: R = HSIC(softmax f(q), s'), q = affected rows with values s' of the erased column drawn anew
    labels: R = sum_c HSIC(softmax f(x) - onehot(y), affected or not | y = c);   G = Gauss-Newton matrix of the CE

Reads: the affected rows as they were and as they should be, and the retain set, all with labels.
Watch: with an erased feature the stripes that vary along it fade where rows were affected, and stay elsewhere. With
wrong labels in a wedge the first steps go astray; after some ten the boundary stands where retraining puts it.
Fails: with an erased feature it moves away from retrained on purpose: a retrained model still uses the feature there,
because unaffected rows teach it; so distance to retrained is the wrong score alone. For labels R shows the
damage well but does not help to repair it (our measurement), so lambda_I is 0 there unless it is set.
Source: Han, Luo, Huang, Chen and Hartley, Towards Independence Criterion in Machine Unlearning of Features and Labels,
2024, arXiv:2403.08124; no code was found. Influence: Warnecke et al., NDSS 2023, arXiv:2108.11577.
Differs: only the abstract and public summaries were read. HSIC, both forms of R, the weights, the repeated steps and
the rules for stopping are our completion. Stopping where R cannot be told from chance is for erased features only: for
labels R is that low after one step, long before the model is repaired.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import linear, log
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.curvature import DENSE, GaussNewton
from explorer.methods._shared.flat import Flat, Scope
from explorer.methods._shared.independence import Independence, criterion
from explorer.methods._shared.influence import after, corrected, influence, size
from explorer.training import Examples

SMALLEST_DAMPING = 1e-3
REJECTIONS = 12  # in a row, after which it ends
GRADIENT = 1e-3  # share of the first gradient at which it ends
CURVED = 1024  # rows of a Gauss-Newton matrix
LONGEST = 0.1  # length of a step beside that of the weights, in large networks


class Knobs(KnobBase):
    """Knobs of DUI."""

    mode: Literal["steps", "first order", "second order"] = knob(
        "steps", title="Form", help="Damped steps until nothing is gained, or one step of influence with the criterion."
    )
    lambda_i: float | None = knob(
        None,
        ge=0.0,
        le=20.0,
        title="Weight of independence",
        help="Weight of R; left open it is 1 for an erased feature and 0 for corrected labels.",
    )
    delta: float = knob(
        0.3, ge=1e-3, le=10.0, log=True, title="Damping", help="Added to the curvature; where it starts, for steps."
    )
    tau: float = knob(
        0.1, ge=1e-4, le=10.0, log=True, title="Unlearning rate", help="Length of the step of first order."
    )
    steps: int = knob(15, ge=0, le=50, title="Steps", help="Steps that are kept, at most.")
    decay: float = knob(
        1e-3, ge=0.0, le=1.0, title="Weight decay", help="Factor on half the squared weights in the training loss."
    )
    probes: int = knob(128, ge=16, le=512, title="Probes", help="Points in each of the four batches that R looks at.")
    gradient: Literal["influence", "full"] = knob(
        "influence",
        title="Gradient of one step",
        help="What the correction adds, or the whole gradient (for an original that is no minimum).",
    )
    scope: Scope = knob("all", title="Weights", help="Which weights move: all, or the last block's and the head's.")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step that is kept."""
    model = copy.deepcopy(original)
    flat = Flat(model, knobs.scope, request.meter)
    objective = Objective(flat, request, knobs, rng)
    walk = damped(objective, knobs, rng) if knobs.mode == "steps" else one_step(objective, request, knobs, rng)
    for vector in walk:
        flat.put(vector)
        yield model


class Objective:
    """J, the corrected loss with the criterion.

    Attributes:
        flat: the network.
        data: the training set as it should have been.
        weight: lambda_I.
    """

    def __init__(self, flat: Flat, request: Request, knobs: Knobs, rng: torch.Generator) -> None:
        self.flat, self.data = flat, after(request)
        self.erasing = request.kind == "erase_feature"
        self.weight = float(self.erasing) if knobs.lambda_i is None else knobs.lambda_i
        self._decay = knobs.decay
        self._drawn: Callable[[], Independence] = lambda: criterion(request, knobs.probes, rng)
        self.independence = self._drawn()

    def refresh(self, vector: Tensor) -> None:
        """Fit the kernels to the outputs; large networks get new probes too, small ones keep theirs."""
        if not self.weight:
            return
        if len(vector) >= DENSE:
            self.independence = self._drawn()
        self.independence.refresh(self.flat, vector)

    def value(self, vector: Tensor) -> float:
        """Return J."""
        loss = self.flat.loss(vector, self.data) / len(self.data.y) + self._decay / 2 * vector @ vector
        with torch.no_grad():
            independence = self.independence.value(self.flat, vector) if self.weight else 0.0
        return float(loss + self.weight * independence)

    def gradient(self, vector: Tensor) -> Tensor:
        """Return the gradient of J."""
        of_loss = self.flat.gradient(vector, self.data) / len(self.data.y)
        return of_loss + self._decay * vector + self.of_independence(vector)

    def of_independence(self, vector: Tensor) -> Tensor:
        """Return the gradient of lambda_I R."""
        if not self.weight:
            return torch.zeros_like(vector)
        return self.weight * self.flat.derivative(vector, lambda v: self.independence.value(self.flat, v))

    def curvature(self, vector: Tensor, rng: torch.Generator) -> GaussNewton:
        """Return the Gauss-Newton matrix over the data, or over a batch of them drawn for this solve."""
        x = self.data.x
        return GaussNewton(self.flat, vector, x[draws.permutation(len(x), rng, x)[:CURVED]] if len(x) > CURVED else x)


def damped(objective: Objective, knobs: Knobs, rng: torch.Generator) -> Iterator[Tensor]:
    """Yield the weights after each step along which J fell."""
    vector, delta, first = objective.flat.start, knobs.delta, None
    for _ in range(knobs.steps):
        objective.refresh(vector)
        value, gradient = objective.value(vector), objective.gradient(vector)
        first = first or float(gradient.norm())
        if float(gradient.norm()) < GRADIENT * first or _is_independent(objective, vector, rng):
            return
        found = _downhill(objective, vector, value, gradient, delta, knobs.decay, rng)
        if found is None:
            return
        vector, delta = found
        yield vector


def _is_independent(objective: Objective, vector: Tensor, rng: torch.Generator) -> bool:
    return objective.erasing and objective.weight > 0 and objective.independence.looks_gone(objective.flat, vector, rng)


def _downhill(
    objective: Objective,
    vector: Tensor,
    value: float,
    gradient: Tensor,
    delta: float,
    decay: float,
    rng: torch.Generator,
) -> tuple[Tensor, float] | None:
    """Return weights with a smaller J and the next damping, or None after too many attempts."""
    curvature = objective.curvature(vector, rng)
    for _ in range(REJECTIONS):
        trial = vector - capped(curvature.solve(gradient, delta + decay), vector)
        if objective.value(trial) < value:
            return trial, max(delta / 3, SMALLEST_DAMPING)
        delta *= 3
    return None


def one_step(objective: Objective, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[Tensor]:
    """Yield the weights after one step of first or second order; nothing where `steps` is 0."""
    vector = objective.flat.start
    if knobs.steps == 0:
        return
    objective.refresh(vector)
    if knobs.gradient == "full":
        gradient = objective.gradient(vector)
    else:
        was = Examples(*request.forget)
        of_rows = influence(objective.flat, vector, was, corrected(request), size(request))
        gradient = of_rows + objective.of_independence(vector)
    if knobs.mode == "first order":
        yield vector - knobs.tau * gradient
    else:
        solved = objective.curvature(vector, rng).solve(gradient, knobs.delta + knobs.decay)
        yield vector - capped(solved, vector)


def capped(step: Tensor, vector: Tensor) -> Tensor:
    """Return a step no longer than a tenth of the weights in large networks; in small ones as it is."""
    longest = LONGEST * vector.norm()
    return step * (longest / step.norm()) if len(vector) >= DENSE and step.norm() > longest else step


METHOD = Method(
    title="DUI",
    long="Distributional Unlearning with Independence criterion",
    knobs=Knobs,
    unlearn=unlearn,
    main=("mode", "lambda_i", "tau"),
    kind="approximate",
    answers={"correct_labels", "erase_feature"},
    reads={"forget.x", "forget.y", "corrected.x", "corrected.y", "retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "without independence": Preset({"lambda_i": 0.0}, note="Only the corrected loss: heads for retrained."),
        "strong independence": Preset({"lambda_i": 5.0}, note="Our choice: costs accuracy, most of all for labels."),
        "one step, first order": Preset({"mode": "first order"}, note="The papers' form; rate ours."),
        "one step, second order": Preset({"mode": "second order"}, note="The papers' form; damping ours."),
        "deep model": Preset(
            {"scope": "last block", "delta": 0.05, "decay": 5e-4, "steps": 10},
            note="Our choice: two blocks, conjugate gradients over one batch a solve.",
            images=True,
        ),
    },
    images=Images(
        start={"scope": "last block", "delta": 0.05, "decay": 5e-4, "steps": 10},
        search={
            "delta": log(5e-3, 1.0),
            "lambda_i": linear(0.0, 5.0),
        },
        trials=4,
        dear="each of its ten steps solves by conjugate gradients: some 95 epochs' worth of passes",
        rank=4,
    ),
    bibtex="""@misc{han2024towards,
  title = {Towards Independence Criterion in Machine Unlearning of Features and Labels},
  author = {Han, Ling and Luo, Nanqing and Huang, Hao and Chen, Jing and Hartley, Mary-Anne},
  year = {2024},
  eprint = {2403.08124},
  archivePrefix = {arXiv}
}""",
    badges=("paper's text not read", "our choice: HSIC and both criteria", "our choice: repeated damped steps"),
)
