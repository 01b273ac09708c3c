"""The rules that every method keeps (explorer/contract); each file of explorer/methods is found by itself."""

import dataclasses
import importlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explorer.contract import RULES, Rule, Subject, check
from explorer.contract.cases import make
from explorer.contract.rules import BOTH, case_for, run, short
from explorer.knobs import KnobBase, knob
from explorer.methods._card import Card
from explorer.methods._guard import OutOfBounds, guard
from explorer.methods._images import Images
from explorer.methods._method import READABLE, Request
from explorer.spec.catalog import CATALOG

KEYS = sorted(CATALOG.methods)
LONG = {("sisa", "both ends of every knob run", "conv")}  # up to 10 shards of 6 slices of 200 steps
EVERY = [
    pytest.param(key, rule, net, marks=[pytest.mark.long] if (key, rule.title, net) in LONG else [])
    for key in KEYS
    for rule in RULES
    for net in rule.nets_of(CATALOG.methods[key])
]


def named(value: Rule | str) -> str:
    return value if isinstance(value, str) else value.title.replace(" ", "_")


def test_there_are_methods():
    assert KEYS


@pytest.mark.parametrize(("key", "rule", "net"), EVERY, ids=named)
def test_every_method_keeps_every_rule(key: str, rule: Rule, net: str):
    assert rule.fault(Subject(CATALOG.methods[key], CATALOG.card(key)), net) == ""


@pytest.mark.parametrize("key", KEYS)
def test_no_card_speaks_from_memory(key: str):
    """Each says which repository was read at which commit, or that there is none."""
    method, shown = CATALOG.methods[key], CATALOG.card(key)
    said = " ".join([*method.badges, *(preset.note for preset in method.presets.values()), *shown.sections.values()])
    assert not re.search("from memory|commit read|not recorded|code not read|not checked|as in our card", said)
    assert re.search(r" at [0-9a-f]{7}\b", said) or "no code was found" in said


def test_a_method_is_certified_where_it_has_a_certificate_and_only_there():
    for key, kind in (("fine_tune", "certified"), ("certified_removal", "exact")):
        with pytest.raises(ValueError, match="must be certified where it has a `certificate`, and only there"):
            dataclasses.replace(CATALOG.methods[key], kind=kind)


def test_guard_names_the_method_that_reaches_too_far():
    opened = guard(make().request, "Some method", {"forget.x"})
    assert opened.forget.x is make().request.forget.x
    for part in sorted(READABLE - {"forget.x", "record"}):
        group, name = part.split(".")
        with pytest.raises(OutOfBounds, match=rf"Some method .* {group}\.{name}"):
            getattr(getattr(opened, group), name)
    assert opened.record is None


@pytest.mark.parametrize(
    ("key", "net"),
    [(key, net) for key in KEYS for net in BOTH if net == "mlp" or CATALOG.methods[key].networks == "any"],
)
def test_recording_every_step_or_the_last_gives_the_same_weights(key: str, net: str, monkeypatch: pytest.MonkeyPatch):
    method = CATALOG.methods[key]
    case = case_for(method, net)
    every = run(method, case, short(method))
    monkeypatch.setattr(importlib.import_module("explorer.recording.record"), "LIMIT", 1)
    last = run(method, case, short(method))
    assert every.weights is not None and last.weights is not None
    assert np.array_equal(every.weights[-1], last.weights[-1])
    assert every.step[-1] == last.step[-1]


# --- each rule finds who breaks it --------------------------------------------------------------------------------


class Wordless(KnobBase):
    steps: int = knob(3, title="steps", help="")


WORDLESS = {"knobs": Wordless, "neutral": {}, "presets": {}, "images": Images()}


def breaking(unlearn: Any, **changes: Any) -> Subject:
    """Return a method that keeps the rules but for how it unlearns."""
    method = dataclasses.replace(CATALOG.methods["gradient_ascent"], unlearn=unlearn, **changes)
    return Subject(method, CATALOG.card("gradient_ascent"))


def ascent(original: nn.Module, request: Request, knobs: KnobBase, rng: torch.Generator) -> Iterator[nn.Module]:
    return CATALOG.methods["gradient_ascent"].unlearn(original, request, knobs, rng)


def on_itself(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    for model in islice(ascent(original, request, knobs, rng), knobs.steps):
        original.load_state_dict(model.state_dict())
        yield original


def on_the_request(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    yield from ascent(original, request, knobs, rng)
    request.forget.x.mul_(1.5)


def by_chance(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    for model in ascent(original, request, knobs, rng):
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * torch.randn_like(weight)
        yield model


def nosy(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    assert len(request.retain.y)
    yield from ascent(original, request, knobs, rng)


def loud(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    print("step")
    yield from ascent(original, request, knobs, rng)


def infinite(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    for model in ascent(original, request, knobs, rng):
        with torch.no_grad():
            for weight in model.parameters():
                weight.fill_(float("nan"))
        yield model


def nothing(original: nn.Module, request: Request, knobs: Any, rng: torch.Generator) -> Iterator[nn.Module]:
    yield from ()


@pytest.mark.parametrize(
    ("subject", "title", "fault"),
    [
        (Subject(CATALOG.methods["jit"], Card("", "", {})), "its card has every section", "missing: Reads, Watch,"),
        (breaking(ascent, **WORDLESS), "every knob has a title, help and", "`steps` needs"),
        (breaking(ascent, presets={}), "its declarations hold together", "and a preset"),
        (breaking(ascent, neutral={}), "its declarations hold together", "METHOD needs `neutral`"),
        (breaking(on_itself), "it yields the same live module", "it yielded the original itself"),
        (breaking(on_itself), "the original is untouched", "it changed weights or buffers of the original"),
        (breaking(on_the_request), "the request is untouched", "it changed forget of the request"),
        (breaking(by_chance), "the global random state is the same", "it drew from the global generator of torch"),
        (breaking(by_chance), "the same seed gives the same bits", "the same seed gives other weights"),
        (breaking(nosy), "it yields the same live module", "OutOfBounds: Gradient ascent declares that it reads"),
        (breaking(nosy), "it touches exactly what it declares", "`reads` must name retain.y, which it touches"),
        (breaking(ascent, reads={"forget.x", "forget.y", "heldout.x"}), "it touches exactly", "names heldout.x, which"),
        (breaking(loud), "it prints nothing", "it printed step"),
        (breaking(infinite), "presets end finite", "defaults: "),
        (breaking(nothing), "it yields the same live module", "it must yield at least once"),
        (breaking(nothing), "default knobs change the weights", "the weights stay as they are"),
    ],
)  # fmt: skip
def test_a_rule_finds_who_breaks_it(subject: Subject, title: str, fault: str, monkeypatch: pytest.MonkeyPatch):
    (rule,) = (rule for rule in RULES if rule.title.startswith(title))
    monkeypatch.setattr(importlib.import_module("explorer.contract.checking"), "RULES", (rule,))
    make.cache_clear()  # some of these change what cases share
    faults = [found.fault for found in check(subject)]
    make.cache_clear()
    assert any(fault in one for one in faults), faults
