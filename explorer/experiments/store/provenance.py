"""Say what wrote a result: version and commit of the explorer, its libraries, the machine."""

from __future__ import annotations

import datetime
import functools
import hashlib
import os
import platform
from importlib import metadata
from pathlib import Path

from explorer import __version__
from explorer.records import Made
from explorer.spec.own_methods import own_files

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = ("torch", "numpy", "scikit-learn", "scipy", "pydantic")


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions that a result depends on, by name."""
    found = {"explorer": __version__, "python": platform.python_version()}
    return found | {name: _version(name) for name in LIBRARIES}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


@functools.cache
def commit() -> str:
    """Return the commit of the checkout (hex), or "" where there is no git directory."""
    try:
        return _commit(ROOT / ".git")
    except OSError:
        return ""


def _commit(git: Path) -> str:
    if git.is_file():  # a linked work tree
        git = (git.parent / git.read_text().partition("gitdir:")[2].strip()).resolve()
    head = (git / "HEAD").read_text().strip()
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    common = git / (git / "commondir").read_text().strip() if (git / "commondir").exists() else git
    if (common / name).exists():
        return (common / name).read_text().strip()
    packed = (common / "packed-refs").read_text().splitlines() if (common / "packed-refs").exists() else []
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


@functools.cache
def source() -> str:
    """Return the hash of the explorer's files and of methods of one's own: an edit without a commit counts too."""
    digest = hashlib.sha256()
    shipped = [file for place in ("explorer", "toy_data") for file in sorted((ROOT / place).rglob("*.py"))]
    named = [(file.relative_to(ROOT).as_posix(), file) for file in shipped]
    for name, file in [*named, *((file.name, file) for file in own_files())]:
        digest.update(name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def fingerprint() -> str:
    """Return 16 hex digits that differ wherever a stored result must not be read."""
    parts = [*(f"{name}={version}" for name, version in versions().items()), commit(), source()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@functools.cache
def hardware() -> str:
    """Return the machine in a few words, for the record only."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def made() -> Made:
    """Return what makes a result now."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return Made(commit(), versions(), hardware(), today)
