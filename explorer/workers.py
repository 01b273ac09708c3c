"""How many worker processes this server has."""

from __future__ import annotations

import os

from explorer.public import is_public

MOST = 256


def count() -> int:
    """Return how many: what EXPLORER_WORKERS says, or else one a core; one alone in a public demo, which is small.

    Raises:
        ValueError: one sentence, if EXPLORER_WORKERS is no such number.
    """
    said = os.environ.get("EXPLORER_WORKERS") or str(1 if is_public() else cores())
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= MOST):
        raise ValueError(f"EXPLORER_WORKERS must be a whole number in [1, {MOST}], got {said}")
    return int(said)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
