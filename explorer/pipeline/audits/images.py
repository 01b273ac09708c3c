"""Audit models of images: where a method ends from the original, and from a model that never saw the images."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from explorer.audits import ImageSubject
from explorer.models import Network
from explorer.pipeline.paths import image_end_from, image_final, image_path
from explorer.pipeline.references import judged_rows, original, retrained
from explorer.pipeline.run import Run, held
from explorer.pipeline.starts import request_of
from explorer.pipeline.worlds import images
from explorer.records import Float
from explorer.seeds import child_seed
from explorer.spec.catalog import CATALOG


def audits_on_images() -> list[str]:
    """Return the audits that are made of images too, in the order in which they are offered."""
    return [key for key, audit in CATALOG.audits.items() if audit.on_images is not None]


def image_end_state(run: Run) -> Float:
    """Return the state (p + b,) with which the Spec's method ends, the last finite one where it breaks down."""
    return image_final(run).state.cpu().numpy()


def image_path_end_state(run: Run) -> Float:
    """Return the same from a path that is recorded: of a run that holds one, nothing is run again."""
    return image_path(run).state.cpu().numpy()


def image_control_state(run: Run, k: int) -> Float:
    """Return the state (p + b,) with which the Spec's method ends from retrained model k: the control of an audit."""
    network, request = images.network_with(run.spec, run.data, retrained(run, k).state), request_of(run)
    return image_end_from(run, network, request, ("audit", k))[0]


def image_start_name(run: Run) -> str:
    """Return 16 hex digits that name the weights from which a method starts."""
    return hashlib.sha256(np.ascontiguousarray(original(run, 0).state).tobytes()).hexdigest()[:16]


def audit_of_image(run: Run, key: str, state: Float | int, new_seed: Float | None = None) -> dict[str, float]:
    """Return an audit's numbers of one model of images; what rests on other models than those given is left out or NaN.

    Args:
        run: of images.
        key: of `audits_on_images`.
        state: (p + b,) of the model looked at; or the number of a retrained model, -1 for the original.
        new_seed: (p + b,) of an original of another seed, the same data; None where there is none.
    """
    audit, subject = CATALOG.audits[key], _subject(run)
    assert audit.on_images is not None  # of `audits_on_images`
    if new_seed is not None:
        subject = replace(subject, new_seed=images.network_with(run.spec, run.data, new_seed))
    return audit.on_images(subject, _model(run, subject, state))


def _model(run: Run, subject: ImageSubject, state: Float | int) -> Network:
    if isinstance(state, int):
        return subject.original if state < 0 else subject.retrained[state]
    return images.network_with(run.spec, run.data, state)


@held
def _subject(run: Run) -> ImageSubject:
    data, sets, seen = run.data, run.sets, judged_rows(run)
    networks = [images.network_with(run.spec, data, retrained(run, k).state) for k in range(run.seeds)]
    alike, test = images.groups(run.spec, sets.before)[sets.forget], images.groups(run.spec, data.test)
    return ImageSubject(
        original=images.network_with(run.spec, data, original(run, 0).state),
        retrained=networks,
        new_seed=None,
        before=images.examples_of(data, sets.before),
        forget=sets.forget,
        retain=sets.retain,
        measured=seen.retain,
        test=images.examples_of(data, data.test),
        unseen=np.flatnonzero(np.isin(test, alike)),
        seed=child_seed(run.spec.seed, "audit"),
    )
