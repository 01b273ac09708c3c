"""Describe a stream of requests: so many batches of so many points, in an order, answered one after another.

It stands in a request in place of `choose`: {"sequence": {"batches": 20, "size": 5, "order": "cluster", "label": 0}}.
A request without one has no such field, so its JSON and its keys are what they were.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from explorer.knobs import KnobBase, knob

Order = Literal["cluster", "random", "boundary"]  # each is the key of the chooser whose scores it needs
ORDERS: tuple[Order, ...] = get_args(Order)
MAX_BATCHES = 50


class Sequence(KnobBase):
    """A stream of requests."""

    batches: int = knob(20, ge=1, le=MAX_BATCHES, title="Requests", help="How many requests come, one after another.")
    size: int = knob(5, ge=1, le=500, title="Points a request", help="How many points each request names.")
    order: Order = knob(
        "cluster", title="Order",
        help="Which points come first: those at one end of a class, random ones, or those nearest to the boundary.",
    )  # fmt: skip
    label: int | None = knob(
        None, ge=0, le=99, title="Class", help="Order cluster: the class whose points go, from one end on."
    )

    @property
    def points(self) -> int:
        """Return how many points all requests name together."""
        return self.batches * self.size

    def with_label(self) -> Sequence:
        """Return the same with the class filled in where the order needs one."""
        return self.model_copy(update={"label": 0}) if self.order == "cluster" and self.label is None else self

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, without a class where there is none."""
        return self.set_values()
