"""Say how many seeds a check runs: all of them, or with `make accept QUICK=1` the first few.

A check states what the few can decide and what only the many can:

    for seed in seeds(20, quick=4): ...
    assert share >= (0.5 if QUICK else 0.8)
"""

import os

QUICK = os.environ.get("QUICK", "") not in ("", "0")


def seeds(full: int, *, quick: int) -> range:
    """Return 0 .. full-1, or only the first `quick` of them."""
    return range(quick if QUICK else full)
