"""Write files and folders that appear whole or not at all, so that a killed process leaves nothing half-written.

What is written stands aside first, in the same folder, and is renamed when it is finished.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

#: What the reading of a JSON or npz file raises where the file is missing, damaged or of another layout.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile)


@contextlib.contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `file` when the block ends; if the block raises, nothing changes.

    Raises:
        OSError: if it cannot be written.
    """
    aside = file.with_name(f".new-{uuid.uuid4().hex}")
    try:
        with aside.open("wb") as stream:
            yield stream
        os.replace(aside, file)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def write_object(file: Path, content: dict[str, Any]) -> None:
    """Write an object of JSON, whole or not at all; its folder is made where there is none.

    Raises:
        OSError: if it cannot be written.
        ValueError: if it holds a number that is not finite.
    """
    text = json.dumps(content, indent=1, allow_nan=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(file) as stream:
        stream.write(f"{text}\n".encode())


def object_in(file: Path, field: str) -> dict[str, Any]:
    """Return an object of JSON, one of whose fields is an object; empty where the file is missing or damaged."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return content if isinstance(content[field], dict) else {}
    except UNREADABLE:
        return {}


def move_folder(finished: Path, place: Path) -> bool:
    """Give a finished folder its place; returns False where another process was faster, whose folder then stays.

    Raises:
        OSError: if it cannot be moved.
    """
    try:
        finished.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        return False
    return True
