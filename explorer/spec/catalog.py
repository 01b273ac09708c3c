"""Find what there is to choose from: methods, data sets, choosers, models, attacks and audits, by their file names.

Methods are found outside this package too (own_methods.py); their titles say that they are the user's own. Nothing is
imported until it is asked for, so that a page can be on screen before torch is. A broken file of this package fails
loudly, with its name; one of the user's own is left out, and `Catalog.broken` names it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from explorer.knobs import KnobBase
from explorer.spec.own_methods import knob_fault, own_modules

if TYPE_CHECKING:
    from explorer.attacks import Attack
    from explorer.audits import Audit
    from explorer.data.choosers import Chooser
    from explorer.methods._card import Card
    from explorer.methods._method import Method


GIVEN = "given"  # stands where a method's key may: an unlearned model from a file (methods/_given.py)


class _Methods(dict[str, "Method"]):
    """The methods there are to choose from. What stands under GIVEN is none of them, and is found by its key alone."""

    def __missing__(self, key: str) -> Method:
        if key != GIVEN:
            raise KeyError(key)
        from explorer.methods._given import METHOD

        return METHOD


def plug_ins(package: str) -> dict[str, ModuleType]:
    """Return every module of a package whose name has no leading underscore, by name, in alphabetical order.

    Raises:
        ImportError: if one cannot be imported; the message carries its file's name.
    """
    folder = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(folder.__path__) if not info.name.startswith("_"))
    return {name: _load(package, name) for name in names}


def _load(package: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(f"{package}.{name}")
    except Exception as error:
        raise ImportError(f"{package.replace('.', '/')}/{name}.py cannot be loaded: {error}") from error


def declared(package: str, attribute: str) -> dict[str, object]:
    """Return one attribute of every plug-in of a package.

    Raises:
        ImportError: if a file lacks it.
    """
    found: dict[str, object] = {}
    for name, module in plug_ins(package).items():
        if not hasattr(module, attribute):
            raise ImportError(f"{package.replace('.', '/')}/{name}.py must declare {attribute}")
        found[name] = getattr(module, attribute)
    return found


def _fault(module: ModuleType) -> str:
    """Return why a module of the user's own is no method that pages can show, or ""."""
    from explorer.methods._method import Method

    method = getattr(module, "METHOD", None)
    if not isinstance(method, Method):
        return "must declare METHOD = Method(...)"
    fault = knob_fault(method.knobs)
    return fault and f"cannot be used: {fault}"


class Catalog:
    """All plug-ins by kind; each kind is looked up once, when first asked for."""

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """Return the unlearning methods by key, one's own last; under GIVEN stands what is none and not listed."""
        shipped: dict[str, Method] = declared("explorer.methods", "METHOD")  # type: ignore[assignment]  # held by a test
        own = {key: module.METHOD for key, module in self._own[0].items()}
        return _Methods({**shipped, **{key: replace(one, title=f"{one.title} (yours)") for key, one in own.items()}})

    @property
    def own(self) -> frozenset[str]:
        """Return the keys of the methods that are not part of this package."""
        return frozenset(self._own[0])

    @property
    def broken(self) -> tuple[str, ...]:
        """Return one sentence, with the file's name, for each method of one's own that cannot be used."""
        return self._own[1]

    @cached_property
    def _own(self) -> tuple[Mapping[str, ModuleType], tuple[str, ...]]:
        found, broken = own_modules(set(plug_ins("explorer.methods")))
        faults = {key: fault for key, module in found.items() if (fault := _fault(module))}
        refused = [f"{found[key].__file__} {fault}" for key, fault in faults.items()]
        return {key: module for key, module in found.items() if key not in faults}, (*broken, *refused)

    @cached_property
    def choosers(self) -> Mapping[str, Chooser]:
        """Return the ways to choose what to forget, by key."""
        return declared("explorer.data.choosers", "CHOOSER")  # type: ignore[return-value]  # held by the contract test

    @cached_property
    def data(self) -> Mapping[str, type[KnobBase]]:
        """Return the options of every data set, by key."""
        from explorer.data import OPTIONS

        return OPTIONS

    @cached_property
    def data_titles(self) -> Mapping[str, str]:
        """Return the name on screen of every data set, by key."""
        from explorer.data import OPTIONS, TITLES

        return {name: TITLES.get(name, name.replace("_", " ").capitalize()) for name in OPTIONS}

    @cached_property
    def images(self) -> frozenset[str]:
        """Return the keys of the data sets whose inputs are images; all others are points of a plane."""
        from explorer.data import IMAGES

        return IMAGES

    @cached_property
    def planes(self) -> tuple[str, ...]:
        """Return the keys of the data sets of points of a plane, which the toy pages offer."""
        return tuple(name for name in self.data if name not in self.images)

    def card(self, method: str) -> Card:
        """Return what the docstring of a method's file says, by section."""
        from explorer.methods._card import card

        module = self._own[0].get(method) or importlib.import_module(f"explorer.methods.{method}")
        return card(module.__doc__ or "")

    @cached_property
    def models(self) -> Mapping[str, ModuleType]:
        """Return the model files by key; each has Options and build."""
        return plug_ins("explorer.models")

    @cached_property
    def attacks(self) -> Mapping[str, Attack]:
        """Return the attacks by key."""
        return declared("explorer.attacks", "ATTACK")  # type: ignore[return-value]  # held by the contract test

    @cached_property
    def audits(self) -> Mapping[str, Audit]:
        """Return the audits by key, in the order in which a page offers them."""
        found: dict[str, Audit] = declared("explorer.audits", "AUDIT")  # type: ignore[assignment]  # held by a test
        return dict(sorted(found.items(), key=lambda pair: pair[1].leads))


CATALOG = Catalog()
