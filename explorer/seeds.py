"""Derive named child seeds from one seed, so that one more draw never shifts the others."""

from __future__ import annotations

import hashlib


def child_seed(seed: int, *names: object) -> int:
    """Return the seed that belongs to a path of names, for instance `child_seed(0, "init", 3)`.

    Args:
        seed: the parent seed.
        names: what the child is for; anything whose text is stable.

    Returns:
        A whole number in [0, 2**62), the same on every machine.
    """
    path = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big") >> 2
