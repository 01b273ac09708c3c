"""SCRUB and rewind: run SCRUB, then go back to the epoch that forgot just enough.

SCRUB may leave the forget points more wrong than points that no model has seen. So the model after each epoch is kept,
the last one is asked how often it errs on held-out points of the same kind, and the kept model whose error on the
forget set is closest to that is what remains.

    reference = error of the last model on held-out points like the forget points
    e* = argmin_e |error_e(forget) - reference|            "closest"
    e* = argmin_e error_e(forget) - reference >= 0         "above"; the largest error where no epoch gets there

Reads: the forget set with its labels, the retain set, held-out points with their labels.
Watch: the last frame jumps back to an earlier one, with a boundary nearer to the retrained model's.
Fails: the last model is asked about held-out points after it has forgotten them too, so where SCRUB forgot far too
much the reference is far too high. Going back also undoes the last min passes, and retained points may be lost with
them. With few held-out points of the same kind the reference is a coarse number.
Source: Kurmanji, Triantafillou, Hayes and Triantafillou, Towards Unbounded Machine Unlearning, NeurIPS 2023,
arXiv:2302.09880, section 3, SCRUB+R; code github.com/meghdadk/SCRUB at 98ffb11, MIA_experiments.ipynb, which goes to
the closest error from either side.
Differs: the paper builds the held-out set for a class. For a cluster of points "the same kind" is our reading: of the
held-out points with the same label, the nearest one to each forget point; a knob returns to whole classes. Presets for
images set it to classes, as there. Trials on images do not: they begin and stay at the nearest, measured in raw pixels,
of whole classes too. Of the recorded runs only that with a preset's values takes the class. Of equally good epochs the
earliest is taken, as there. The notebook also counts the original as epoch 0, of which it keeps no file; here only
epochs count. The rule "above" is our own. Batch statistics: as in SCRUB; they are gone back with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.knobs import knob
from explorer.methods import scrub
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import outputs
from explorer.training import Examples


class Knobs(scrub.Knobs):
    """Knobs of SCRUB, and what held-out points count."""

    rewind: Literal["closest", "above"] = knob(
        "closest",
        title="Go back to",
        help="closest: the error nearest to the reference, from either side; above (ours): the smallest not below it.",
    )
    alike: Literal["nearest", "class"] = knob(
        "nearest", title="Held-out points alike", help="Nearest of the same label, or all of the forget set's classes."
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the student after each step, then the epoch to which it is rewound."""
    forget, heldout = Examples(*request.forget), Examples(*request.heldout)
    kept: list[tuple[float, dict[str, Tensor]]] = []
    model = original
    for model, ends in scrub.run(original, forget.x, Examples(*request.retain), knobs, rng):
        if ends:
            kept.append((_error(model, forget), {name: value.clone() for name, value in model.state_dict().items()}))
        yield model
    if not kept:
        return
    reference = _error(model, alike(forget, heldout, knobs.alike))
    model.load_state_dict(kept[rewound([error for error, _ in kept], reference, knobs.rewind)][1])
    yield model


def rewound(errors: list[float], reference: float, rule: Literal["closest", "above"] = "closest") -> int:
    """Return the epoch to go back to.

    Args:
        errors: on the forget set after each epoch; not empty.
        reference: error on held-out points.
        rule: "closest" takes the error nearest to the reference; "above" the smallest that is not below it, and the
            largest where all are.
    """
    if rule == "closest":
        return min(range(len(errors)), key=lambda epoch: abs(errors[epoch] - reference))
    above = [epoch for epoch, error in enumerate(errors) if error >= reference]
    if above:
        return min(above, key=lambda epoch: errors[epoch])
    return max(range(len(errors)), key=lambda epoch: errors[epoch])


def alike(forget: Examples, heldout: Examples, how: str) -> Examples:
    """Return the held-out points of the forget set's kind.

    Args:
        forget: (m) points.
        heldout: points that no model has seen; where a label is missing among them it is left out.
        how: "class" takes all of the forget set's classes; "nearest" the nearest of the same label to each point.
    """
    chosen = torch.isin(heldout.y, forget.y)
    if how == "nearest":
        apart = torch.cdist(forget.x.flatten(1), heldout.x.flatten(1))
        apart = apart.masked_fill(forget.y[:, None] != heldout.y[None, :], torch.inf)
        near = apart.argmin(dim=1)[torch.isin(forget.y, heldout.y)]
        chosen = torch.zeros_like(chosen).index_fill(0, near, True)
    return Examples(heldout.x[chosen], heldout.y[chosen])


def _error(model: nn.Module, examples: Examples) -> float:
    if len(examples.y) == 0:
        return 0.0
    return (outputs(model, examples.x).argmax(dim=1) != examples.y).float().mean().item()


METHOD = Method(
    title="SCRUB+R",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "lr", "alpha"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y", "heldout.x", "heldout.y"},
    neutral={"epochs": 0},
    presets={
        "rewinds far": Preset({"max_epochs": 8}, note="Our choice: SCRUB's collapse, undone by going back."),
        **{
            name: Preset({**preset.knobs, "alike": "class"}, note=preset.note, images=True)
            for name, preset in scrub.PRESETS.items()
        },
    },
    images=Images(
        start=scrub.START_ON_IMAGES,
        search=scrub.SEARCH_ON_IMAGES,
        authors="large (paper)",
    ),
    bibtex=scrub.BIBTEX,
    badges=("our choice: nearest held-out points for clusters", "toy values: our choice"),
)
