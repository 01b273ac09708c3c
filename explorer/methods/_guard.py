"""Let a method read only what it declares."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from explorer.methods._method import Request
from explorer.training import Examples


class OutOfBounds(RuntimeError):
    """A method touched a part of the request that it does not declare."""


class _Guarded:
    """A view of Examples that opens only the declared fields."""

    def __init__(self, examples: Examples, part: str, reads: frozenset[str], title: str) -> None:
        self._examples, self._part, self._reads, self._title = examples, part, reads, title

    def _open(self, name: str) -> Tensor:
        if f"{self._part}.{name}" not in self._reads:
            declared = ", ".join(sorted(self._reads)) or "nothing"
            raise OutOfBounds(f"{self._title} declares that it reads {declared}; it touched {self._part}.{name}")
        return getattr(self._examples, name)

    @property
    def x(self) -> Tensor:
        return self._open("x")

    @property
    def y(self) -> Tensor:
        return self._open("y")

    def __iter__(self) -> Iterator[Tensor]:
        yield self.x
        yield self.y

    def __len__(self) -> int:
        return len(self._examples.y)


def guard(request: Request, title: str, reads: frozenset[str] | set[str]) -> Request:
    """Return the request with everything but the declared parts closed.

    Args:
        request: the whole request.
        title: whose name the error carries.
        reads: parts that stay open, for instance {"forget.x"}.

    Returns:
        A Request whose closed parts raise OutOfBounds when touched. Sizes stay open.
    """
    allowed = frozenset(reads)
    parts = {name: _Guarded(getattr(request, name), name, allowed, title) for name in
             ("forget", "retain", "before", "heldout", "corrected")}  # fmt: skip
    record = request.record if "record" in allowed else None
    return Request(
        **parts,  # type: ignore[arg-type]  # a guarded view offers x, y, iteration and length, as Examples do
        space=request.space, classes=request.classes, kind=request.kind, erased=request.erased, rows=request.rows,
        earlier=request.earlier,
        record=record, meter=request.meter, remarks=request.remarks,
    )  # fmt: skip
