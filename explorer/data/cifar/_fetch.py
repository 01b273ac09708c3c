"""Download an archive of CIFAR and unpack it, so that its folder appears whole or not at all.

All work is done in a new folder beside the final one, which is renamed at the end. Nothing that exists is overwritten,
and an archive is opened only if its MD5 is the official one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from explorer.data.cifar._archives import ARCHIVES, VARIABLE, Archive, check_sizes, find, place
from explorer.knobs import shorten
from explorer.whole_files import move_folder

Tick = Callable[[int, int], None]
_CHUNK = 1 << 18
_PREFIX = ".new-cifar-"
_ABANDONED = 86_400.0  # seconds
_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EIO}


def download(name: str, tick: Tick | None = None) -> Path:
    """Download a data set's archive and unpack it; do nothing if its files are there already.

    Args:
        name: a key of `ARCHIVES`.
        tick: called with the bytes that have come and the bytes that will (0 where the server does not say); what it
            raises ends the download, and nothing is left of it.

    Returns:
        The folder of the files.

    Raises:
        ValueError: one sentence: no network, a disk that is full or cannot be written, an archive that is not the
            official one, or a folder in the way that is not whole.
    """
    archive, root = ARCHIVES[name], place()
    there = find(archive, root)
    if there is not None:
        check_sizes(archive, there)
        return there
    if (root / archive.packed).is_file():
        return unpack(archive, root)
    with _new_folder(root) as new:
        packed = new / archive.packed
        _get(archive, packed, root, tick)
        return _unpack_into(archive, packed, new, root)


def unpack(archive: Archive, root: Path) -> Path:
    """Unpack the archive that lies in `root`, and return the folder of the files.

    Raises:
        ValueError: as `download`.
    """
    with _new_folder(root) as new:
        return _unpack_into(archive, root / archive.packed, new, root)


def _get(archive: Archive, to: Path, root: Path, tick: Tick | None) -> None:
    import pooch

    bar: Any = _Bar(tick) if tick else False  # `Any`: pooch takes any such object, but its types name bool only
    load = pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK)
    try:
        load(archive.url, str(to), None)
    except OSError as error:  # what goes wrong on the network has no number, or one that no disk gives
        if error.errno in _FULL | _NOT_WRITABLE:
            raise
        raise ValueError(
            f"{archive.url} cannot be reached ({shorten(error, 160)}): try again, or copy {archive.packed} into {root}"
        ) from None


class _Bar:
    """What pooch tells of its progress, handed on as two numbers."""

    def __init__(self, tick: Tick) -> None:
        self._tick, self._done, self.total = tick, 0, 0

    def update(self, more: int) -> None:
        self._done += more
        self._tick(min(self._done, self.total) if self.total else self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Do nothing: pooch calls it at the end."""


def _unpack_into(archive: Archive, packed: Path, new: Path, root: Path) -> Path:
    with packed.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != archive.md5:
        raise ValueError(
            f"{root / packed.name} must have MD5 {archive.md5}, found {found}: it was cut short or altered; "
            f"remove it if it is there, and download {archive.title} again"
        )
    extract(packed, new / "unpacked")
    check_sizes(archive, new / "unpacked" / archive.folder)
    final = root / archive.folder
    if not move_folder(new / "unpacked" / archive.folder, final):
        check_sizes(archive, final)
    return final


def extract(packed: Path, to: Path) -> None:
    """Unpack a .tar.gz into a new folder; paths and links that lead out of it, and devices, are refused.

    Raises:
        ValueError: one sentence, if the archive holds such a thing or is no archive.
    """
    to.mkdir()
    try:
        with tarfile.open(packed, "r:gz") as tar:
            tar.extractall(to, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(
            f"{packed.name} cannot be unpacked ({shorten(error, 160)}): remove it and download it again"
        ) from None


@contextlib.contextmanager
def _new_folder(root: Path) -> Iterator[Path]:
    """Give a new folder in `root`, removed in the end; say in one sentence what the disk objects to.

    Where `root` had to be made, it and the folders above it that were made too go again if nothing is in them.
    """
    new: Path | None = None
    made: list[Path] = []
    try:
        made = [folder for folder in (root, *root.parents) if not folder.exists()]
        root.mkdir(parents=True, exist_ok=True)
        _sweep(root)
        new = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        yield new
    except OSError as error:
        raise ValueError(_objection(error, root)) from None
    finally:
        if new is not None:
            shutil.rmtree(new, ignore_errors=True)
        with contextlib.suppress(OSError):  # from the lowest up to the first that holds something
            for folder in made:
                folder.rmdir()


def _sweep(root: Path) -> None:
    """Remove what a killed download left long ago."""
    for left in root.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _objection(error: OSError, root: Path) -> str:
    if error.errno in _FULL:
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(root).free // 2**20
            return (
                f"{root} has no room left: CIFAR needs about 350 MB while it is unpacked, found {free} MB free; "
                f"make room, or let {VARIABLE} name another folder"
            )
    reason = os.strerror(error.errno) if error.errno else shorten(error)
    return f"{root} must be a folder that can be written, found: {reason}; let {VARIABLE} name another folder"
