"""CPU seconds of an audit on the default Spec after what it shares is known: references, path, controls, the 64."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from explorer import pipeline
from explorer.pipeline.audits import subject
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG

METHOD = "greedy"
SHARED = ("references", "path", "audit-control", "audit-matched", "audit-retrained-64", "sets", "data", "scene")


class Shared:
    """A memo that keeps only what audits share, so that the audit itself is computed each time."""

    shared: tuple[str, ...] = SHARED

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def __call__(self, key: str, thunk: Any, /) -> Any:
        if not key.startswith(self.shared):
            return thunk()
        if key not in self._known:
            self._known[key] = thunk()
        return self._known[key]


def seconds(key: str, memo: Shared) -> float:
    """Return what the picture and the numbers of one audit take."""
    one: dict[str, Any] = {"choose": "points", "index": [7]}
    given = {"method": {"name": METHOD}} | ({"request": one} if CATALOG.audits[key].one_point else {})
    spec = Spec.parse(given)
    for _ in range(2):  # the first fills the memo, and torch
        begin = time.process_time()
        run = pipeline.Run(spec, memo)
        pipeline.audit_panel(run, key)
        pipeline.audit_of_unlearned(dataclasses.replace(run), key)
        taken = time.process_time() - begin
    return taken  # pyright: ignore[reportPossiblyUnboundVariable]


def audit() -> float:
    """Return the CPU time of the slowest audit."""
    assert subject.MANY == 64
    memo = Shared()
    return max(seconds(key, memo) for key in CATALOG.audits)


if __name__ == "__main__":
    known = Shared()
    for name in CATALOG.audits:
        print(f"{name}: {seconds(name, known):.3f} s of CPU")
