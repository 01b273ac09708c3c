"""Collect what models say of the points on which attacks are judged, and the generators that draw their halves."""

from __future__ import annotations

from typing import Literal

import numpy as np

from explorer.attacks import Judged, Points
from explorer.pipeline.paths import image_end, path
from explorer.pipeline.references import judged_rows, reference_logits
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.images import groups
from explorer.records import Float
from explorer.seeds import child_seed

Role = Literal["original", "unlearned", "retrained"]
ROLES: tuple[Role, ...] = ("original", "unlearned", "retrained")


def judged(run: Run, logits: Float) -> Judged:
    """Return what a model says of forget, retain and unseen points, from its logits (m, c) on the judged points.

    Forgotten and retained points carry the labels that the original saw.
    """
    rows, seen, unseen = judged_rows(run), run.sets.before, run.data.test
    alike = groups(run.spec, seen) if run.of_images else None
    return Judged(
        Points(logits[rows.at_forget], seen.y[rows.forget], None if alike is None else alike[rows.forget]),
        Points(logits[rows.at_retain], seen.y[rows.retain], None if alike is None else alike[rows.retain]),
        Points(logits[rows.at_test], unseen.y, None if alike is None else groups(run.spec, unseen)),
    )


def model_logits(run: Run, role: Role, index: int = 0) -> Float:
    """Return logits (m, c) of one model of a role on the judged points; index 0 is the one on screen."""
    if role == "unlearned":
        return image_end(run) if run.of_images else path(run, index).logits[-1]
    return reference_logits(run)["originals" if role == "original" else "retrained"][index]


def rng_of(run: Run, name: str) -> np.random.Generator:
    """Return the generator that `ask_a` gives an attack: the same halves for every model, and in every curve."""
    return np.random.default_rng(child_seed(seed_of(run), "attack", name))


def halves_rng(run: Run) -> np.random.Generator:
    """Return the generator that splits shadow models into halves: one split for every attack, map and table."""
    return rng_of(run, "halves")


def seed_of(run: Run) -> int:
    """Return the seed of all that attacks draw."""
    return child_seed(run.spec.seed, "attacks")
