"""Run a quick part of the tests at both ends of the ranges of pyproject.toml, each in an environment of its own.

    python .ci/bounds.py [lower|newest ...]

`lower` is what requirements.txt pins; `newest` is what pip finds today within the ranges. It takes minutes and some GB,
so CI does not run it: run it before a range is changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDS = ("lower", "newest")
QUICK = (
    "tests/test_spec.py", "tests/test_view.py", "tests/test_main.py", "tests/test_launch.py", "tests/test_pipeline.py",
    "tests/test_recording.py", "tests/metrics", "tests/models", "tests/figures", "tests/player", "tests/contents",
    "tests/pages",
)  # fmt: skip


def ranges() -> list[str]:
    """Return the runtime dependencies as pyproject.toml has them."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


def at(end: str) -> list[str]:
    """Return what pip is asked for at one end."""
    return [re.sub(r">=([^,]+),.*", r"==\1", one) for one in ranges()] if end == "lower" else ranges()


def tried(end: str, folder: Path) -> bool:
    """Install one end and run the tests there; say what was installed; return whether they passed."""
    place = folder / end
    print(f"--- {end}: {', '.join(at(end))}", flush=True)
    venv.create(place, with_pip=True, clear=True)
    python = str(place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    tests = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *at(end), *tests["test"]], check=True)
    names = {re.split(r"[<>=]", one)[0].lower() for one in ranges()}
    listed = subprocess.run([python, "-m", "pip", "freeze"], check=True, stdout=subprocess.PIPE, text=True).stdout
    print(*(line for line in listed.splitlines() if line.partition("==")[0].lower() in names), flush=True)
    return subprocess.run([python, "-m", "pytest", *QUICK], cwd=ROOT).returncode == 0


def main(ends: list[str]) -> int:
    """Try the ends that are named, or both; return the exit status."""
    if unknown := set(ends) - set(ENDS):
        print(f"an end is {' or '.join(ENDS)}, got {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bounds-") as folder:
        passed = {end: tried(end, Path(folder)) for end in ends or ENDS}
    print(*(f"{end}: {'passed' if good else 'failed'}" for end, good in passed.items()), sep="\n")
    return 0 if all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
