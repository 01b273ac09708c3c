"""Draw what audits see: the scene, a panel a model, and panels of what stands beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.audits import Audit, Need
from explorer.pipeline.audits.numbers import misfit, why_no_audit
from explorer.pipeline.audits.subject import subject_of, unlearned_weights
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.paths import path
from explorer.pipeline.pictures import confidence_of, scene
from explorer.pipeline.references import accuracies_by_model
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import few_points
from explorer.records import AuditPicture, PanelFrames, Scene
from explorer.spec import SpecError
from explorer.spec.catalog import CATALOG

Drawn = tuple[PanelFrames, AuditPicture]
ORIGINAL, RETRAINED = "original", "retrained"
ON_RETRAINED: Need = "method_on_retrained"


def refuse(run: Run, key: str) -> None:
    """Refuse a picture of an audit that cannot be made of the run.

    Raises:
        SpecError: one sentence.
    """
    if reason := why_no_audit(run.spec, key) or misfit(run, CATALOG.audits[key]):
        raise SpecError(reason)


@kept(lambda run, key: f"audit-scene-{key}-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def audit_scene(run: Run, key: str) -> Scene:
    """Return the scene of a run, whose lines are what the audit draws of original and retrained, where it says so."""
    audit, plain = CATALOG.audits[key], scene(run)
    if not audit.lines or misfit(run, audit):
        return plain
    subject = subject_of(run, audit, unlearned=False)
    drawn = [audit.picture(subject, one).grid[-1] for one in (subject.original, subject.paired, *subject.retrained)]
    return replace(plain, original=drawn[0], paired=drawn[1], retrained=np.stack(drawn[2:]))


@kept(lambda run, key, role: f"audit-picture-{key}-{role}-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def audit_reference(run: Run, key: str, role: str) -> Drawn:
    """Return the panel of "original" or "retrained": the first, or where few points go the paired one.

    Raises:
        SpecError: if the audit cannot be made.
    """
    refuse(run, key)
    audit, few = CATALOG.audits[key], role == RETRAINED and few_points(run.sets)
    subject = subject_of(run, audit, unlearned=False)
    weights = subject.original if role == ORIGINAL else subject.paired if few else subject.retrained[0]
    return _drawn(run, audit, audit.picture(subject, weights), role, "Retrained (paired)" if few else role.capitalize())


@kept(lambda run, key: f"audit-picture-{key}-{run.key(*PATH_PARTS)}-{run.seeds}")
def audit_panel(run: Run, key: str) -> Drawn:
    """Return the panel of the model with which the Spec's method ends.

    Raises:
        SpecError: if the audit cannot be made, or the method not run.
    """
    refuse(run, key)
    audit = CATALOG.audits[key]
    subject = subject_of(run, audit, unlearned=True)
    frames, drawn = _drawn(run, audit, audit.picture(subject, unlearned_weights(run)), run.asked.name, run.method.title)
    return replace(frames, trouble=path(run).trouble), drawn


@kept(lambda run, key: f"audit-frames-{key}-{run.key(*PATH_PARTS)}-{run.seeds}")
def audit_frames(run: Run, key: str) -> PanelFrames:
    """Return the frames of `audit_panel` alone, for a picture that follows a hand: controls are not run for them.

    Raises:
        SpecError: as `audit_panel`.
    """
    audit = CATALOG.audits[key]
    if ON_RETRAINED not in audit.needs:
        return audit_panel(run, key)[0]
    refuse(run, key)
    subject = subject_of(run, replace(audit, needs=audit.needs - {ON_RETRAINED}), unlearned=True)
    picture = audit.picture(subject, unlearned_weights(run))
    return replace(_drawn(run, audit, picture, run.asked.name, run.method.title)[0], trouble=path(run).trouble)


@kept(lambda run, key: f"audit-beside-{key}-{run.key(*PATH_PARTS)}-{run.seeds}")
def audit_beside(run: Run, key: str) -> tuple[Drawn, ...]:
    """Return panels of what stands beside the Spec's method: controls and demonstrations.

    Raises:
        SpecError: if the audit cannot be made, or the method not run.
    """
    refuse(run, key)
    audit = CATALOG.audits[key]
    if audit.beside is None:
        return ()
    subject, quiet = subject_of(run, audit, unlearned=True), subject_of(run, audit, unlearned=False)
    return tuple(
        _drawn(run, audit, audit.picture(quiet, weights), "beside", title.format(method=run.method.title))
        for title, weights in audit.beside(subject).items()
    )


def _drawn(run: Run, audit: Audit, picture: AuditPicture, name: str, title: str) -> Drawn:
    frames = PanelFrames(
        name=name,
        title=title,
        kind="reference" if name in (ORIGINAL, RETRAINED) else "approximate",
        step=_steps(audit, picture),
        logits=picture.grid,
        confidence=confidence_of(run, picture.seen),
        accuracy=accuracies_by_model(run, picture.seen),
        note=picture.note,
        helpers=picture.ghosts,
        way=audit.way,
        ends=(float(picture.at[0]), float(picture.at[-1])),
    )
    return frames, replace(picture, grid=picture.grid[-1:], seen=picture.seen[-1:])  # frames hold the others


def _steps(audit: Audit, picture: AuditPicture) -> np.ndarray:
    """Return what the player counts: the steps themselves, or places in order."""
    if audit.way == "step":
        return picture.at.astype(np.int64)
    return np.arange(len(picture.at), dtype=np.int64)
