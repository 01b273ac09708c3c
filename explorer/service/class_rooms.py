"""Where the routes meet the classrooms of this server; what those refuse is refused with the status that fits."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from explorer.service.query import Refused

if TYPE_CHECKING:
    from explorer.classroom import Classrooms

STATUS: Mapping[str, int] = {
    "code": 404, "codes": 429, "full": 409, "often": 429, "late": 409, "guess": 400, "over": 410
}  # fmt: skip
_ROOMS = "explorer.classroom"
T = TypeVar("T")


async def rooms() -> Classrooms:
    """Return the classrooms; what they import may take seconds, so a thread does."""
    if _ROOMS not in sys.modules:
        await asyncio.to_thread(importlib.import_module, _ROOMS)
    from explorer.classroom import classrooms

    return classrooms()


def done(call: Callable[[], T]) -> T:
    """Return what a call returns.

    Raises:
        Refused: what it refuses.
    """
    from explorer.classroom import Refusal

    try:
        return call()
    except Refusal as refusal:
        status = STATUS[refusal.why]
        later = {"Retry-After": "60" if refusal.why == "codes" else "1"} if status == 429 else {}
        raise Refused(str(refusal), status, later) from None
