"""Find unlearning methods of one's own, outside this package.

They are files in the folder that EXPLORER_METHODS names, or modules that an installed package offers as entry points of
the group `unlearning_explorer.methods`. The name of the file or of the entry is the key. Each declares METHOD.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

GROUP = "unlearning_explorer.methods"
FOLDER = "EXPLORER_METHODS"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = {"original", "retrained"}  # names of references, which stand where a method's key may


def own_modules(shipped: set[str]) -> dict[str, ModuleType]:
    """Return the modules of one's own methods by key, in alphabetical order.

    Args:
        shipped: keys that they must not have.

    Raises:
        ImportError: one sentence with the file's name, if one cannot be loaded or has a key that cannot be.
    """
    found: dict[str, ModuleType] = {}
    for key, where, module in sorted(_in_folder() + _installed(), key=lambda one: one[0]):
        if not _KEY.fullmatch(key) or key in shipped | _TAKEN | set(found):
            taken = "it is taken" if _KEY.fullmatch(key) else "it must hold small letters, digits and underscores only"
            raise ImportError(f"{where} cannot be a method under the key `{key}`: {taken}")
        found[key] = module
    return found


def own_files() -> list[Path]:
    """Return the files that define one's own methods; nothing of them is run."""
    files = list(_files())
    for entry in metadata.entry_points(group=GROUP):
        try:
            spec = importlib.util.find_spec(entry.module)
        except ImportError:
            continue  # loading it says what is wrong
        if spec and spec.origin:
            file = Path(spec.origin)
            files += sorted(file.parent.glob("*.py")) if "." in entry.module else [file]
    return files


def _files() -> Iterator[Path]:
    named = os.environ.get(FOLDER, "")
    if not named:
        return
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise ImportError(f"{FOLDER} must name a folder, got {named}")
    yield from sorted(folder.resolve().glob("*.py"))


def _in_folder() -> list[tuple[str, str, ModuleType]]:
    return [(file.stem, str(file), _loaded(file)) for file in _files() if not file.stem.startswith("_")]


def _loaded(file: Path) -> ModuleType:
    name = f"own_methods.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None  # of a .py file there always is one
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # classes look up their own module while they are made
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ImportError(f"{file} cannot be loaded: {error}") from error
    return module


def _installed() -> list[tuple[str, str, ModuleType]]:
    found = list[tuple[str, str, ModuleType]]()
    for entry in metadata.entry_points(group=GROUP):
        where = f"{entry.value} of the package {entry.dist.name if entry.dist else 'unknown'}"
        try:
            module = entry.load()
        except Exception as error:
            raise ImportError(f"{where} cannot be loaded: {error}") from error
        if not isinstance(module, ModuleType):
            raise ImportError(f"{where} must be a module that declares METHOD: leave out what follows the colon")
        found.append((entry.name, where, module))
    return found
