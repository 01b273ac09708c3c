"""Say why a method cannot answer a request."""

from __future__ import annotations

from explorer.spec.catalog import CATALOG
from explorer.spec.spec import Spec, SpecError

_ANSWERS = {
    "forget": "requests to forget points", "forget_class": "requests for a whole class",
    "correct_labels": "requests to correct labels", "erase_feature": "requests to erase a feature",
}  # fmt: skip


def refuse_mismatch(spec: Spec, *, whole_class: bool) -> None:
    """Refuse a method that cannot answer the request at hand.

    Args:
        spec: the run.
        whole_class: whether the rows to forget are all the rows of one class.

    Raises:
        SpecError: for instance: unsir answers requests for a whole class; this request is random points
    """
    reason = mismatch(spec, whole_class=whole_class)
    if reason:
        raise SpecError(reason)


def mismatch(spec: Spec, *, whole_class: bool) -> str:
    """Return why the Spec's method cannot answer its request, or ""."""
    if spec.method is None:
        return ""
    answers = CATALOG.methods[spec.method.name].answers
    if spec.request.kind in answers or (spec.request.kind == "forget" and whole_class and "forget_class" in answers):
        return ""
    can = " and ".join(_ANSWERS[answer] for answer in sorted(answers))
    is_now = {
        "forget": f"{CATALOG.choosers[spec.request.choose].title.lower()}",
        "correct_labels": "labels to correct", "erase_feature": "a feature to erase",
    }[spec.request.kind]  # fmt: skip
    return f"{spec.method.name} answers {can}; this request is {is_now}"
