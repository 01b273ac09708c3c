"""Say in a run what made it."""

from __future__ import annotations

import datetime
from dataclasses import replace

from explorer.experiments.store import provenance
from explorer.records import ImageRun, Made


def signed(run: ImageRun, tuned: str = "") -> ImageRun:
    """Return the run with what made it (commit, versions, hardware, date) and how its knobs were found."""
    made = Made(
        commit=provenance.commit(),
        versions=provenance.versions(),
        hardware=provenance.hardware(),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
    return replace(run, numbers=replace(run.numbers, tuned=tuned, made=made))
