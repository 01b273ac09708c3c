"""Install what `app` or `test` needs into the environment that runs this file; nothing is done twice.

A stamp in .venv holds the hash of what was installed. While pip works a second file says so: if it is still there at
the next call, that installation was interrupted, and the exit status 3 asks venv.sh to make the environment anew.

What the package index has of torch for Linux brings CUDA, several GB. So where Linux has no NVIDIA GPU, torch alone is
taken from torch's own index of CPU builds, if that answers in time; if not, everything comes the plain way.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import tomllib
import urllib.request
from http.client import HTTPException
from importlib import metadata
from pathlib import Path

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"  # as torch's own page of installation names it
PATIENCE = 3.0  # seconds in which it must answer, whatever lies between
NVIDIA = Path("/proc/driver/nvidia")
ROOT = Path(__file__).resolve().parent.parent
MAKE_ANEW = 3


def wanted(kind: str, root: Path = ROOT) -> list[str]:
    """Return the requirements, one pip argument each, of `app` or `test`."""
    lines = (line.partition("#")[0].strip() for line in (root / "requirements.txt").read_text().splitlines())
    found = [line for line in lines if line]
    if kind == "test":
        extras = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        found += extras["test"]
        if shutil.which("node") is None:  # pyright runs on node
            found += extras["node"]
    return list(dict.fromkeys(found))


def fingerprint(requirements: list[str]) -> str:
    """Return what the stamp must say for these requirements under this Python."""
    return hashlib.sha256("\n".join([sys.version, *requirements]).encode()).hexdigest()


def main(kind: str, root: Path = ROOT) -> int:
    """Install, if the stamp is not of today's requirements; return the exit status."""
    venv = root / ".venv"
    stamp, busy = venv / f".installed-{kind}", venv / ".installing"
    requirements = wanted(kind, root)
    if busy.exists():
        return MAKE_ANEW
    if stamp.exists() and stamp.read_text() == fingerprint(requirements):
        return 0
    if _pip("--version", quiet=True):
        return MAKE_ANEW
    print(f"Installing what the {'tests need' if kind == 'test' else 'app needs'} (only when it has changed) ...")
    sys.stdout.flush()
    busy.touch()
    try:
        if requirements and install(requirements):
            print("Installation failed: pip says above why. Once that is mended, give the same command again.")
            return 1
    except KeyboardInterrupt:
        print("Installation interrupted; the next call starts it anew.")
        return 130
    stamp.write_text(fingerprint(requirements))
    if kind == "test":  # which holds what the app needs
        (venv / ".installed-app").write_text(fingerprint(wanted("app", root)))
    busy.unlink()
    return 0


def install(requirements: list[str]) -> int:
    """Let pip install; return its exit status."""
    loud = [] if sys.stdout.isatty() else ["--quiet"]  # how far it is, only for a person to see
    torch = next((line for line in requirements if line.startswith("torch==")), "")
    if torch and small_torch(torch) and answers(f"{CPU_BUILDS}/torch/"):
        print("No NVIDIA GPU is here: taking torch's CPU build.", flush=True)
        _pip("install", *loud, "--no-deps", "--index-url", CPU_BUILDS, torch)  # if it fails: the plain way
    return _pip("install", *loud, *requirements)


def small_torch(requirement: str) -> bool:
    """Return whether torch's CPU build is what this machine needs and does not have yet.

    Args:
        requirement: "torch==" and a version.
    """
    if sys.platform != "linux" or NVIDIA.exists() or shutil.which("nvidia-smi"):
        return False
    try:
        return metadata.version("torch").partition("+")[0] != requirement.removeprefix("torch==")
    except metadata.PackageNotFoundError:
        return True


def answers(address: str) -> bool:
    """Return whether a page can be had within PATIENCE seconds, looking its host up and any proxy included."""
    found = threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                found.set()
        except (OSError, ValueError, HTTPException):
            pass  # then the plain way is taken

    asking = threading.Thread(target=ask, daemon=True)  # a look-up of a name cannot be told to give up
    asking.start()
    asking.join(PATIENCE)
    return found.is_set()


def _pip(*args: str, quiet: bool = False) -> int:
    settings = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    output = subprocess.DEVNULL if quiet else None
    return subprocess.call([sys.executable, "-m", "pip", *args], env=settings, stdout=output, stderr=output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
