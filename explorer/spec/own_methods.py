"""Find unlearning methods of one's own, outside this package.

They are files in the folder that EXPLORER_METHODS names, or modules that an installed package offers as entry points of
the group `unlearning_explorer.methods`. The name of the file or of the entry is the key. Each declares METHOD. One that
is broken is named and left out.
"""

from __future__ import annotations

import importlib.util
import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from types import ModuleType

from pydantic import ValidationError

from explorer import public
from explorer.knobs import KnobBase, KnobInfo, knob_infos, one_sentence

GROUP = "unlearning_explorer.methods"
FOLDER = "EXPLORER_METHODS"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_Found = tuple[str, str, Callable[[], ModuleType]]  # key, where it stands, what loads it
_TAKEN = {"original", "retrained", "given"}  # what is no method and stands where a method's key may


def own_modules(shipped: set[str]) -> tuple[dict[str, ModuleType], tuple[str, ...]]:
    """Return the modules of one's own methods by key, in alphabetical order, and what is wrong with the others.

    Args:
        shipped: keys that they must not have.

    Returns:
        The modules, and one sentence with the file's name for each that cannot be loaded or has a key that cannot be.
    """
    found, broken = dict[str, ModuleType](), list[str]()
    if public.is_public():
        return found, ()
    for key, where, loaded in sorted([*_in_folder(broken), *_installed()], key=lambda one: one[0]):
        try:
            _check_key(key, where, shipped | _TAKEN | set(found))
            found[key] = loaded()
        except ImportError as error:
            broken.append(str(error))
    return found, tuple(broken)


def _check_key(key: str, where: str, taken: set[str]) -> None:
    if _KEY.fullmatch(key) and key not in taken:
        return
    why = "it is taken" if _KEY.fullmatch(key) else "it must hold small letters, digits and underscores only"
    raise ImportError(f"{where} cannot be a method under the key `{key}`: {why}")


def own_files() -> list[Path]:
    """Return the files that define one's own methods and can be read; no method is loaded. A public demo has none."""
    if public.is_public():
        return []
    files = list(_files([]))
    for entry in metadata.entry_points(group=GROUP):
        try:
            spec = importlib.util.find_spec(entry.module)
        except (Exception, SystemExit):  # the package around the module is imported here, which may raise anything
            continue  # loading it says what is wrong
        if spec and spec.origin:
            file = Path(spec.origin)
            files += sorted(file.parent.glob("*.py")) if "." in entry.module else [file]
    return [file for file in files if os.path.isfile(file) and os.access(file, os.R_OK)]


def load(file: Path) -> ModuleType:
    """Return the module of a file.

    Raises:
        ImportError: one sentence with the file's name.
    """
    name = f"own_methods.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ImportError(f"{file} must be a file of Python that is there")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # classes look up their own module while they are made
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ImportError(f"{file} cannot be loaded: {_said(error)}") from error
    return module


def knob_fault(knobs: type[KnobBase]) -> str:
    """Return in one sentence which knob cannot be drawn, or "": a number needs a range, and defaults lie in theirs."""
    for name, info in knob_infos(knobs).items():
        if info.kind in ("int", "float") and not _ranged(info):
            return f"`{name}` needs ge and le, ge below le" + (", ge at least 0 as it is log" if info.log else "")
    try:
        knobs(**knobs().model_dump(mode="json", warnings=False))  # as a link holds them; nothing checked them before
    except ValidationError as error:
        return f"the default of {one_sentence(error, knobs)}"
    return ""


def _ranged(info: KnobInfo) -> bool:
    if info.low is None or info.high is None:
        return False
    return (0 if info.log else -math.inf) <= info.low < info.high < math.inf


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _files(broken: list[str]) -> list[Path]:
    named = os.environ.get(FOLDER, "")
    folder = Path(named).expanduser()
    if named and not folder.is_dir():
        broken.append(f"{FOLDER} must name a folder, got {named}")
    found = sorted(folder.resolve().glob("*.py")) if named else []
    return [file for file in found if not file.name.startswith(".")]  # what an editor keeps beside an open file


def _in_folder(broken: list[str]) -> Iterator[_Found]:
    for file in _files(broken):
        if not file.stem.startswith("_"):
            yield file.stem, str(file), partial(load, file)


def _installed() -> Iterator[_Found]:
    for entry in metadata.entry_points(group=GROUP):
        where = f"{entry.value} of the package {entry.dist.name if entry.dist else 'unknown'}"
        yield entry.name, where, partial(_module_of, entry, where)


def _module_of(entry: metadata.EntryPoint, where: str) -> ModuleType:
    try:
        module = entry.load()
    except (Exception, SystemExit) as error:
        raise ImportError(f"{where} cannot be loaded: {_said(error)}") from error
    if not isinstance(module, ModuleType):
        raise ImportError(f"{where} must be a module that declares METHOD: leave out what follows the colon")
    return module
