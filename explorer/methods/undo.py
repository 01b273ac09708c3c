"""UNDO damages a model that another method has unlearned, and lets the unlearned model teach it again.

Unlearned models are often only silent: a few steps of training bring back what they forgot. A student that starts from
noise learns what its teacher says, and not what the teacher hides. So the teacher's weights are mixed with noise, and
the mixture learns the teacher's outputs on the retain set.

    w_u = another method's end,   w <- (1 - a) w_u + a b N,   N: Xavier-uniform for weights, 0 for biases
    w <- AdamW step down the mean of KL(f_{w_u}(x) || f_w(x)) over a retain batch

Reads: the inputs of the retain set, and what the teacher's own method reads.
Watch: first the other method, then one jolt, then nearly the same picture again; what has changed shows when it learns
the forget set again (two moons, ten seeds: 7.2 steps after the teacher, 9.7 with damage .8, 12.2 in retrained models).
Fails: with a near 1 the student forgets what retained points do not show it: after DELETE a class comes back where none
of them lies. What the teacher got wrong on the retained points it hands on.
Source: Lee, Foote, Infanger, Shor, Kamath, Goldman-Wetzler, Woodworth, Cloud and Turner, Distillation Robustifies
Unlearning, 2025, arXiv:2506.06278; code github.com/AddieFoote/distillation-robustify-unlearning at edbf111,
src/tools/partial_distill_langarith.py and run_partial_distill_language.py. The paper itself was not read.
Differs: made for language models, whose text to learn from holds both kinds; ours is shown the retain set alone, so
that no forget point is needed after the teacher. The rate falls along a cosine there, ours is constant; they clip the
gradient at 1 and stop once the student is near the teacher, ours takes all its steps. The noise of kernels of
convolutions, which theirs refuses, follows the same rule by fan-in and fan-out. Factors of normalisation count as
weights that should stay near 1, so they are left alone. Batch statistics stay frozen unless the knob says otherwise;
there are none there.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods import delete, neg_grad_plus, random_labels, salun, scrub, unsc
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, normalisations, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, divergence, outputs

Teacher = Literal["random_labels", "delete", "unsc", "salun", "neg_grad_plus", "scrub", "original"]
TEACHERS = {
    "random_labels": random_labels.METHOD, "delete": delete.METHOD, "unsc": unsc.METHOD, "salun": salun.METHOD,
    "neg_grad_plus": neg_grad_plus.METHOD, "scrub": scrub.METHOD,
}  # fmt: skip


class Knobs(KnobBase):
    """Knobs of UNDO."""

    teacher: Teacher = knob(
        "random_labels",
        title="Teacher",
        help="The method, at its defaults, whose end is distilled; original: nothing is unlearned first.",
    )
    alpha: float = knob(
        0.6, ge=0.0, le=1.0, title="Damage", help="Share of the teacher's weights that gives way to noise."
    )
    beta: float = knob(0.1, ge=0.0, le=1.0, title="Noise", help="Size of the noise, as a share of a fresh network's.")
    lr: float = knob(0.01, ge=1e-5, le=0.5, log=True, title="Learning rate", help="Size of a distilling step (AdamW).")
    steps: int = knob(300, ge=0, le=1000, title="Steps", help="Number of distilling steps.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")
    batchnorm: Statistics = statistics_knob(later=False)


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the teacher's path, then the damaged student, then the student after each step."""
    model = copy.deepcopy(original)
    if knobs.teacher != "original":
        for taught in _unlearned(TEACHERS[knobs.teacher], original, request, rng):
            model.load_state_dict(taught.state_dict())
            yield model
    x = request.retain.x
    target = outputs(model, x)
    if knobs.alpha:
        damage(model, knobs.alpha, knobs.beta, rng)
        yield model
    optimizer = torch.optim.AdamW(model.parameters(), lr=knobs.lr, weight_decay=0.0, fused=True)
    batches = draws.batches(len(x), knobs.batch, rng, x)
    for _ in range(knobs.steps):
        rows = next(batches)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = divergence(target[rows], model(x[rows]))
        descend(optimizer, loss)
        yield model


def _unlearned(method: Method, original: nn.Module, request: Request, rng: torch.Generator) -> Iterator[nn.Module]:
    """Return another method's path: at its defaults on points, from its start on images."""
    knobs = method.images.start if request.retain.x.dim() > 2 else {}
    return method.unlearn(original, request, method.knobs(**knobs), rng)


@torch.no_grad()
def damage(model: nn.Module, alpha: float, beta: float, rng: torch.Generator) -> None:
    """Mix a model's weights with noise in place: (1 - alpha) w + alpha beta N.

    Args:
        model: whose weights are changed; those of normalisations are left.
        alpha: share of the noise, in [0, 1].
        beta: factor on the noise, in [0, 1].
        rng: the noise N is uniform within sqrt(6 / (fan-in + fan-out)) for matrices and kernels, 0 for vectors.
    """
    left = {id(weight) for layer in normalisations(model) for weight in layer.parameters()}
    for weight in model.parameters():
        if id(weight) not in left:
            noise = xavier(weight, rng) if weight.dim() > 1 else torch.zeros_like(weight)
            weight.copy_((1 - alpha) * weight + alpha * beta * noise)


def xavier(weight: Tensor, rng: torch.Generator) -> Tensor:
    """Return noise of the shape (out, in, ...) of a weight, uniform within sqrt(6 / (fan-in + fan-out))."""
    places = weight[0, 0].numel()
    bound = (6 / (places * (weight.shape[0] + weight.shape[1]))) ** 0.5
    return bound * (2 * draws.uniform(weight.shape, rng, weight) - 1)


METHOD = Method(
    title="UNDO",
    long="Unlearn, noise, distil on outputs",
    knobs=Knobs,
    unlearn=unlearn,
    main=("teacher", "alpha", "steps"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"teacher": "original", "alpha": 0.0, "steps": 0},
    presets={
        "more damage": Preset({"alpha": 0.8}, note="Our choice: relearning is slower, the plane farther off."),
        "after DELETE": Preset({"teacher": "delete", "alpha": 0.6}, note="Our choice: DELETE as the teacher."),
        "nothing unlearned": Preset(
            {"teacher": "original"}, note="Our control: the original teaches on the retain set alone."
        ),
    },
    images=Images(
        start={"lr": 1e-3, "steps": 234, "batch": 128, "alpha": 0.3},
        search={
            "lr": log(1e-4, 0.03),
            "steps": whole(78, 260),
            "alpha": (0.1, 0.2, 0.3, 0.5, 0.7),
            "teacher": ("random_labels", "delete", "salun", "neg_grad_plus"),
        },
        dear="its teacher is another method, which runs first",
    ),
    bibtex="""@article{lee2025distillation,
  title = {Distillation Robustifies Unlearning},
  author = {Lee, Bruce W. and Foote, Addie and Infanger, Alex and Shor, Leni and Kamath, Harish and Goldman-Wetzler,
    Jacob and Woodworth, Bryce and Cloud, Alex and Turner, Alexander Matt},
  journal = {arXiv preprint arXiv:2506.06278},
  year = {2025}
}""",
    badges=("retain set alone: our choice", "toy values: our choice"),
)
