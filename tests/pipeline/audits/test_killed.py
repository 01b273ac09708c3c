"""An audit that is cancelled or killed leaves nothing half-written, and goes on from what is known."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.spec import Spec

PATIENCE = 240.0  # seconds
GIVEN: dict[str, Any] = {
    "data": {"n": 80},
    "model": {"widths": [8]},
    "training": {"steps": 400},
    "method": {"name": "greedy", "knobs": {"steps": 4}},
    "evaluation": {
        "retrained_seeds": 2,
        "attacks": ["loss"],
        "audits": ["relearning", "weight_path", "completeness", "linear_probe"],
    },
}


def entries(place: Path) -> dict[str, int]:
    """Return when each whole entry of a store was written."""
    files = place.glob("results-*/*/entry.json")
    return {file.parent.name: file.stat().st_mtime_ns for file in files if not file.parent.name.startswith(".")}


def started(spec: Path, place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", "run", str(spec)],
        env={**os.environ, "EXPLORER_STORE": str(place)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def audited(found: Mapping[str, int]) -> list[str]:
    return [name for name in found if name.startswith("audit-")]


def audits_of(result: Any) -> Any:
    return {name: model["audits"] for name, model in result["models"].items()}


def test_a_killed_run_leaves_whole_entries_and_the_next_one_goes_on_from_them(tmp_path: Path):
    place, spec = tmp_path / "store", tmp_path / "spec.json"
    spec.write_text(json.dumps(GIVEN))
    first, since = started(spec, place), time.monotonic()
    while not audited(entries(place)) and first.poll() is None and time.monotonic() - since < PATIENCE:
        time.sleep(0.002)
    first.kill()
    first.communicate(timeout=PATIENCE)
    assert first.returncode == -signal.SIGKILL, "it had ended before it was killed"
    before = entries(place)
    assert audited(before), "it was killed before its first audit"
    second = started(spec, place)
    said, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    after = entries(place)
    assert {name: after[name] for name in before} == before  # none was broken, and none was written again
    assert len(audited(after)) > len(audited(before))  # it was killed in the middle of its audits
    expected = json.loads(json.dumps(pipeline.result(pipeline.Run(Spec.parse(GIVEN)))))
    assert audits_of(json.loads(said)) == audits_of(expected)


class Enough(BaseException):
    """Somebody cancelled."""


def test_a_cancelled_audit_keeps_what_was_known_and_gives_the_same_numbers_later(tmp_path: Path):
    def tick(done: int, _: int) -> None:
        if done == 2:
            raise Enough

    spec = Spec.parse(GIVEN)
    with pytest.raises(Enough):
        pipeline.audit_numbers(pipeline.Run(spec, Store(tmp_path).memo, tick))
    before = entries(tmp_path)
    again = pipeline.audit_numbers(pipeline.Run(spec, Store(tmp_path).memo))
    after = entries(tmp_path)
    assert before and {name: after[name] for name in before} == before and len(after) > len(before)
    fresh = pipeline.audit_numbers(pipeline.Run(spec))
    for key, found in fresh.values["unlearned"].items():
        for name, band in found.items():
            np.testing.assert_array_equal(again.values["unlearned"][key][name].values, band.values)
