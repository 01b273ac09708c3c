"""Try an installed program on any system: its commands, an export, and whether the app answers. Needs no checkout.

Usage: python smoke.py PROGRAM     (for instance unlearning-explorer, or a path to it)
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

PATIENCE = 240.0  # seconds
SPEC = {
    "data": {"n": 60}, "model": {"widths": [4]}, "training": {"steps": 20},
    "method": {"name": "gradient_ascent", "knobs": {"steps": 2}},
    "evaluation": {"retrained_seeds": 2, "attacks": ["loss"]},
}  # fmt: skip
RECORDED = {"base": {}, "page": "images"}


def main(program: str) -> int:
    """Run everything in an empty folder; return the exit status."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        env = {**os.environ, "EXPLORER_STORE": str(folder / "store"), "PYTHONUNBUFFERED": "1"}

        def call(*words: str) -> str:
            return subprocess.run(
                [program, *words], cwd=folder, env=env, check=True, stdout=subprocess.PIPE, timeout=PATIENCE
            ).stdout.decode()

        (folder / "spec.json").write_text(json.dumps(SPEC))
        (folder / "recorded.json").write_text(json.dumps(RECORDED))
        print(len(json.loads(call("list"))["methods"]), "methods")
        print("retain accuracy", json.loads(call("run", "spec.json"))["models"]["unlearned"]["accuracy"]["retain"])
        for source, target in (("spec", "points.html"), ("spec", "points.png"), ("recorded", "recorded.html")):
            call("export", f"{source}.json", "--to", target)
            print(target, (folder / target).stat().st_size, "bytes")
        _app(program, folder, env)
    return 0


def _app(program: str, folder: Path, env: dict[str, str]) -> None:
    """Start the app, ask it whether it is well, and stop it."""
    server = subprocess.Popen(
        [program, "app", "--port", "8650"], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    threading.Timer(PATIENCE, server.kill).start()  # then nothing more comes, and the loop ends
    try:
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line.decode(errors="replace")
            if found := re.search(r"is at +(http\S+)", said):
                with urllib.request.urlopen(f"{found[1]}/_stcore/health", timeout=30) as answer:
                    print("the app answers", answer.status)
                return
        raise RuntimeError(f"the app did not start: {said}")
    finally:
        server.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
