"""Say in a run what made it."""

from __future__ import annotations

from dataclasses import replace

from explorer.experiments.store import provenance
from explorer.records import ImageRun


def signed(run: ImageRun, tuned: str = "") -> ImageRun:
    """Return the run with what made it (commit, versions, hardware, date) and how its knobs were found."""
    return replace(run, numbers=replace(run.numbers, tuned=tuned, made=provenance.made()))
