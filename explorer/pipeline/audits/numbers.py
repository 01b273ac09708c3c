"""Ask audits for their numbers: of the model on screen and of the retrained models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.audits import Audit
from explorer.pipeline.audits.subject import subject_of, unlearned_weights, why_not_on_retrained
from explorer.pipeline.memo import PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.run import Run, kept
from explorer.records import AuditNumbers, Band
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

Bands = dict[str, Band]


def why_no_audit(spec: Spec, key: str) -> str:
    """Return why an audit cannot be made of a run at all, or ""."""
    audit, title = CATALOG.audits[key], CATALOG.audits[key].title
    if spec.data.name in CATALOG.images:
        why = f"{title} is made of points of a plane only"
        if audit.on_images is not None:
            why = f"{title} of recorded runs is made by `record --only audits`"
        return f"`evaluation.audits` must be left out for images: {why}"
    if spec.request.kind != "forget":
        return f"{title} asks whether points were forgotten; this request corrects points"
    if spec.method is None:
        return ""
    method = CATALOG.methods[spec.method.name]
    if method.own_original is not None:
        return f"{method.title} cannot be audited: it starts from an original of its own, and has other weights"
    return why_not_on_retrained(spec.method.name) if "method_on_retrained" in audit.needs else ""


def refuse_audits(run: Run) -> None:
    """Refuse the audits that a Spec names and that cannot be made of its run, before anything is computed.

    Raises:
        SpecError: one sentence.
    """
    for key in run.spec.evaluation.audits or []:
        if reason := why_no_audit(run.spec, key):
            raise SpecError(reason)


def misfit(run: Run, audit: Audit) -> str:
    """Return why an audit's numbers are not defined for the request or the network at hand, or ""."""
    if audit.one_point and len(run.sets.forget) != 1:
        return f"{audit.title} asks about one forgotten point, got {len(run.sets.forget)}"
    if len(run.sets.forget) < audit.least:
        return f"{audit.title} needs at least {audit.least} forgotten points, got {len(run.sets.forget)}"
    if audit.hidden and not getattr(run.spec.model.options, "widths", ()):
        return f"{audit.title} reads a hidden layer; this network has none"
    return ""


def audit_numbers(run: Run) -> AuditNumbers:
    """Return what the audits named in `evaluation.audits` say; the run's tick counts audits.

    Raises:
        SpecError: if the Spec cannot be run, or an audit cannot be made of it.
    """
    refuse_audits(run)
    names, quiet = run.spec.evaluation.audits or [], run.quiet
    unlearned, retrained, left_out = dict[str, Bands](), dict[str, Bands](), dict[str, str]()
    for done, key in enumerate(names):
        if run.tick:
            run.tick(done, len(names))
        audit = CATALOG.audits[key]
        if reason := misfit(run, audit):
            left_out[key] = reason
            unlearned[key], retrained[key] = _none(audit, 1), _none(audit, run.seeds)
        else:
            unlearned[key], retrained[key] = audit_of_unlearned(quiet, key), audit_of_retrained(quiet, key)
    return AuditNumbers({"unlearned": unlearned, "retrained": retrained}, left_out)


def audits_of_original(names: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Return what stands for an original: 0 where a number is that by definition, else None."""
    return {
        key: {field: 0.0 if field in CATALOG.audits[key].zero else None for field in CATALOG.audits[key].fields}
        for key in names
    }


@kept(lambda run, key, original=0: f"audit-{key}-{run.key(*PATH_PARTS)}-{run.seeds}-{original}")
def audit_of_unlearned(run: Run, key: str, original: int = 0) -> Bands:
    """Return an audit's numbers of the Spec's method from one of the originals."""
    audit = CATALOG.audits[key]
    subject = subject_of(run, audit, unlearned=True, original=original)
    return _bands(audit.run(subject, unlearned_weights(run, original)[None]))


@kept(lambda run, key: f"audit-retrained-{key}-{run.key(*REQUEST_PARTS)}-{run.seeds}")
def audit_of_retrained(run: Run, key: str) -> Bands:
    """Return an audit's numbers of the retrained models."""
    audit = CATALOG.audits[key]
    return _bands(audit.run(subject_of(run, audit, unlearned=False), run.references.retrained))


def _bands(found: dict[str, np.ndarray]) -> Bands:
    return {name: Band(tuple(values.tolist())) for name, values in found.items()}


def _none(audit: Audit, count: int) -> Bands:
    return {name: Band((float("nan"),) * count) for name in audit.fields}
