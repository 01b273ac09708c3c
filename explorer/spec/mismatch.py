"""Say why a method cannot answer a request."""

from __future__ import annotations

from explorer.spec.catalog import CATALOG
from explorer.spec.spec import RequestSpec, Spec, SpecError

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
    return cannot_answer(spec.method.name, spec.request, whole_class=whole_class) if spec.method else ""


def cannot_answer(method: str, request: RequestSpec, *, whole_class: bool) -> str:
    """Return why a method, by key, cannot answer a request, or "".

    Args:
        method: its key.
        request: what is asked.
        whole_class: whether the rows to forget are all the rows of one class.
    """
    answers = CATALOG.methods[method].answers
    if request.kind in answers or (request.kind == "forget" and whole_class and "forget_class" in answers):
        return ""
    can = " and ".join(_ANSWERS[answer] for answer in sorted(answers))
    is_now = {
        "forget": f"{CATALOG.choosers[request.choose].title.lower()}",
        "correct_labels": "labels to correct", "erase_feature": "a feature to erase",
    }[request.kind]  # fmt: skip
    return f"{method} answers {can}; this request is {is_now}"


def offers(request: RequestSpec, *, whole_class: bool) -> tuple[list[str], list[str]]:
    """Return the methods, by key, that can answer a request, and one sentence for each other why it cannot."""
    reasons = {name: cannot_answer(name, request, whole_class=whole_class) for name in CATALOG.methods}
    return [name for name, reason in reasons.items() if not reason], [reason for reason in reasons.values() if reason]
