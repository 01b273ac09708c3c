"""Lay out members and others for a classifier; shared by the attacks that fit one."""

from __future__ import annotations

import numpy as np

from explorer.attacks import Numbers


def two_kinds(members: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Return features (n, f) and labels (n,), 1 = member."""
    return np.concatenate([members, others]), np.repeat([1.0, 0.0], [len(members), len(others)])


def balanced(
    members: Numbers, others: Numbers, rng: np.random.Generator, *, limit: int | None = None
) -> tuple[Numbers, Numbers]:
    """Return equally many members and others, drawn without replacement, at most `limit` of each."""
    count = min(len(members), len(others), limit or len(members))
    return some(members, count, rng), some(others, count, rng)


def some(rows: Numbers, count: int, rng: np.random.Generator) -> Numbers:
    """Return at most `count` of the rows, drawn without replacement, in their order."""
    return rows[np.sort(rng.permutation(len(rows))[:count])]
