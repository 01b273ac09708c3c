"""Say why a method cannot answer a request."""

from __future__ import annotations

from explorer.spec.catalog import CATALOG
from explorer.spec.spec import Spec, SpecError

_ANSWERS = {
    "forget": "requests to forget points", "forget_class": "requests for a whole class",
    "correct_labels": "requests to correct labels", "erase_feature": "requests to erase a feature",
}  # fmt: skip


class CannotAnswer(SpecError):
    """A method cannot answer a request. The message names it by its key, as commands do, and `said` by its title."""

    def __init__(self, key: str, said: str) -> None:
        """Keep the key of the method and the sentence by its title."""
        super().__init__(key, said)  # as they are, so that a worker process can send the error
        self.key, self.said = key, said

    def __str__(self) -> str:
        """Return the sentence by key."""
        return self.key + self.said.removeprefix(CATALOG.methods[self.key].title)


def refuse_mismatch(spec: Spec, *, whole_class: bool) -> None:
    """Refuse a method that cannot answer the request at hand.

    Args:
        spec: the run.
        whole_class: whether the rows to forget are all the rows of one class.

    Raises:
        CannotAnswer: for instance: unsir answers requests for a whole class; this request is random points
    """
    reason = mismatch(spec, whole_class=whole_class)
    if reason and spec.method:
        raise CannotAnswer(spec.method.name, reason)


def mismatch(spec: Spec, *, whole_class: bool) -> str:
    """Return why the Spec's method, by its title, cannot answer its request, or ""."""
    return cannot_answer(spec.method.name, spec, whole_class=whole_class) if spec.method else ""


def cannot_answer(method: str, spec: Spec, *, whole_class: bool) -> str:
    """Return why a method, by its title, cannot answer a request, or "".

    Args:
        method: its key.
        spec: what is asked, of which network; its own method does not matter.
        whole_class: whether the rows to forget are all the rows of one class.
    """
    answers, request = CATALOG.methods[method].answers, spec.request
    if request.kind in answers or (request.kind == "forget" and whole_class and "forget_class" in answers):
        return _other_network(method, spec)
    can = " and ".join(_ANSWERS[answer] for answer in sorted(answers))
    is_now = {
        "forget": "a stream of requests" if request.sequence else CATALOG.choosers[request.choose].title.lower(),
        "correct_labels": "labels to correct", "erase_feature": "a feature to erase",
    }[request.kind]  # fmt: skip
    return f"{CATALOG.methods[method].title} answers {can}; this request is {is_now}"


def _other_network(method: str, spec: Spec) -> str:
    """Return why a method cannot answer for the network at hand, or ""; those for images say so by themselves."""
    widths: list[int] = getattr(spec.model.options, "widths", [])
    if CATALOG.methods[method].networks == "any" or not widths:
        return ""
    return (
        f"{CATALOG.methods[method].title} answers for the linear model (`model.widths` []); "
        f"this network has hidden widths {widths}"
    )


def offers(spec: Spec, *, whole_class: bool) -> tuple[list[str], list[str]]:
    """Return the methods, by key, that can answer what is asked, and one sentence for each other why it cannot."""
    reasons = {name: cannot_answer(name, spec, whole_class=whole_class) for name in CATALOG.methods}
    return [name for name, reason in reasons.items() if not reason], [reason for reason in reasons.values() if reason]
