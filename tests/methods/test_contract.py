"""The rules that every unlearning method keeps; each file of explorer/methods is found by itself."""

import copy
import dataclasses
import importlib
import random
import threading
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from explorer import draws
from explorer.knobs import KnobBase, knob_infos
from explorer.methods._card import SECTIONS
from explorer.methods._guard import OutOfBounds, guard
from explorer.methods._method import READABLE, Method, Request
from explorer.recording import Preparation, prepare, record, state_of
from explorer.records import Trajectory
from explorer.spec.catalog import CATALOG
from tests.methods._networks import snapshot
from tests.methods._requests import Case, fitting, make

KEYS = sorted(CATALOG.methods)
NETS = ["mlp", "conv"]
each_method = pytest.mark.parametrize("key", KEYS)
each_net = pytest.mark.parametrize("net", NETS)
SEED = 7
YIELDS = 3


def method_of(key: str) -> Method:
    return CATALOG.methods[key]


def case_for(method: Method, net: str = "mlp") -> Case:
    kinds = fitting(method)
    return make(next((kind for kind in kinds if net == "mlp" or kind != "erase_feature"), kinds[0]), net)


def run(method: Method, case: Case, knobs: KnobBase | None = None) -> Trajectory:
    knobs = knobs or method.knobs()
    original = start_of(method, case, knobs)
    # Prepared from the case's own original: a method that brings another one cannot prepare from that.
    ready = prepare(method, case.original, case.request, knobs, draws.generator(SEED))
    rng = draws.generator(SEED)
    return record(method, original, case.request, knobs, rng, case.probes, prepared=ready)


def start_of(method: Method, case: Case, knobs: KnobBase) -> nn.Module:
    if method.own_original is None:
        return case.original
    ready = prepare(method, case.original, case.request, knobs, draws.generator(SEED)).prepared
    return method.own_original(copy.deepcopy(case.original), case.request, knobs, draws.generator(SEED), ready)


def generator(method: Method, case: Case, knobs: KnobBase, original: nn.Module | None = None) -> Iterator[nn.Module]:
    ready: Preparation = prepare(method, case.original, case.request, knobs, draws.generator(SEED))
    opened = guard(case.request, method.title, method.reads)
    start = original if original is not None else copy.deepcopy(start_of(method, case, knobs))
    return method.unlearn(start, opened, knobs, draws.generator(SEED), *([ready.prepared] if method.prepare else []))


def path_of(method: Method, case: Case, knobs: KnobBase, most: int | None = None) -> list[np.ndarray]:
    return [state_of(model).numpy().copy() for model in islice(generator(method, case, knobs), most)]


def short(method: Method) -> KnobBase:
    """Return knobs of a method with the `steps` it has cut down to three."""
    fewer = {name: YIELDS for name in ("steps",) if name in method.knobs.model_fields}
    return method.knobs(**fewer)


def test_there_are_methods():
    assert KEYS


@each_method
def test_card_has_every_section(key: str):
    shown = CATALOG.card(key)
    assert shown.idea and shown.equation
    assert [name for name in SECTIONS if not shown.sections.get(name)] == []


@each_method
def test_every_knob_has_title_help_and_range(key: str):
    for name, info in knob_infos(method_of(key).knobs).items():
        assert info.title and info.title != name and info.help.endswith((".", "?")), name
        if info.kind in ("int", "float"):
            assert info.low is not None and info.high is not None and info.low < info.high, name


@each_method
def test_declarations_hold_together(key: str):
    method = method_of(key)
    assert method.title and method.answers and method.presets
    assert method.neutral or method.kind == "exact" or not _has_steps(method), "a neutral setting is needed"
    for name, preset in method.presets.items():
        assert preset.note, name
        method.knobs(**preset.knobs)


def _has_steps(method: Method) -> bool:
    return bool({"steps", "epochs"} & set(method.knobs.model_fields))


@each_net
@each_method
def test_yields_the_same_live_module(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    original = copy.deepcopy(start_of(method, case, short(method)))
    models = list(islice(generator(method, case, short(method), original), YIELDS))
    assert models, "it must yield at least once at its defaults"
    assert all(model is models[0] for model in models)
    assert models[0] is not original


@each_net
@each_method
def test_original_is_untouched(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    original = copy.deepcopy(start_of(method, case, short(method)))
    before, flags = snapshot(original), [module.training for module in original.modules()]
    wants = [parameter.requires_grad for parameter in original.parameters()]
    for _ in generator(method, case, short(method), original):
        pass
    after = original.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert flags == [module.training for module in original.modules()]
    assert wants == [parameter.requires_grad for parameter in original.parameters()]
    assert all(parameter.grad is None for parameter in original.parameters())


@each_net
@each_method
def test_request_is_untouched(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    parts = {name: getattr(case.request, name) for name in ("forget", "retain", "before", "heldout", "corrected")}
    before = {name: (part.x.clone(), part.y.clone()) for name, part in parts.items()}
    path_of(method, case, short(method))
    assert all(torch.equal(part.x, before[n][0]) and torch.equal(part.y, before[n][1]) for n, part in parts.items())
    assert not any(part.x.requires_grad for part in parts.values())


@each_net
@each_method
def test_neutral_knobs_change_nothing(key: str, net: str):
    method = method_of(key)
    if not method.neutral:
        pytest.skip("a method of one jump without a neutral setting")
    case = case_for(method, net)
    knobs = method.knobs(**method.neutral)
    start = state_of(start_of(method, case, knobs)).numpy()
    done = run(method, case, knobs)
    assert done.weights is not None
    assert np.array_equal(done.weights[-1], start)


@each_net
@each_method
def test_default_knobs_change_the_weights(key: str, net: str):
    done = run(method_of(key), case_for(method_of(key), net), short(method_of(key)))
    assert done.weights is not None
    assert not np.array_equal(done.weights[-1], done.weights[0])


@each_method
def test_answers_every_kind_that_it_declares(key: str):
    method = method_of(key)
    for kind in fitting(method):
        done = run(method, make(kind), short(method))
        assert done.trouble == "" and len(done.step) > 1, kind


class _Spy:
    """Stands for one part of a request and notes which of its fields are touched."""

    def __init__(self, inner: object, part: str, touched: set[str]) -> None:
        self._inner, self._part, self._touched = inner, part, touched

    def __getattr__(self, name: str) -> object:
        self._touched.add("record" if self._part == "record" else f"{self._part}.{name}")
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[object]:
        yield self.x
        yield self.y

    def __len__(self) -> int:
        return len(self._inner.y)  # type: ignore[attr-defined]


def _spied(request: Request, touched: set[str]) -> Request:
    names = ("forget", "retain", "before", "heldout", "corrected", "record")
    return dataclasses.replace(request, **{name: _Spy(getattr(request, name), name, touched) for name in names})


def _variants(method: Method) -> list[KnobBase]:
    """Return the defaults, then each with one choice or switch changed."""
    found = [short(method)]
    for name, info in knob_infos(method.knobs).items():
        values = info.choices if info.kind == "choice" else (True, False) if info.kind == "bool" else ()
        found += [method.knobs(**{**found[0].model_dump(), name: value}) for value in values]
    return found


@each_method
def test_touches_exactly_what_it_declares_to_read(key: str):
    """Over all kinds of request, and with each of its choices: nothing else, and nothing declared in vain."""
    method = method_of(key)
    touched: set[str] = set()
    prepared: set[str] = set()
    for kind in fitting(method):
        case = make(kind)
        for knobs in _variants(method):
            seen = dataclasses.replace(case, request=_spied(case.request, prepared))
            ready = prepare(_open(method), seen.original, seen.request, knobs, draws.generator(SEED)).prepared
            start = copy.deepcopy(start_of(method, case, knobs))
            extra = [ready] if method.prepare else []
            request = _spied(case.request, touched)
            for _ in islice(method.unlearn(start, request, knobs, draws.generator(SEED), *extra), YIELDS):
                pass
    assert touched == set(method.reads)
    assert prepared == set(method.prepare_reads)


def _open(method: Method) -> Method:
    """Return the method with everything open to `prepare`, so that the spy sees what it touches."""
    return dataclasses.replace(method, prepare_reads=READABLE)


def test_guard_names_the_method_that_reaches_too_far():
    opened = guard(make().request, "Some method", {"forget.x"})
    assert opened.forget.x is make().request.forget.x
    for part in sorted(READABLE - {"forget.x", "record"}):
        group, name = part.split(".")
        with pytest.raises(OutOfBounds, match=rf"Some method .* {group}\.{name}"):
            getattr(getattr(opened, group), name)
    assert opened.record is None


@each_net
@each_method
def test_global_random_state_is_the_same_before_and_after(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    before = (torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy())  # type: ignore[index]
    run(method, case, short(method))
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
    assert np.array_equal(before[2], np.random.get_state()[1])  # type: ignore[index]


@each_method
def test_prints_nothing(key: str, capfd: pytest.CaptureFixture[str]):
    run(method_of(key), case_for(method_of(key)), short(method_of(key)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("key", "preset"),
    [(key, name) for key in KEYS for name in ["defaults", *CATALOG.methods[key].presets]],
)
def test_presets_end_finite(key: str, preset: str):
    method = method_of(key)
    chosen = method.presets.get(preset)
    if chosen and chosen.images:
        pytest.skip("a preset for images")
    done = run(method, case_for(method), method.knobs(**(chosen.knobs if chosen else {})))
    assert done.trouble == ""
    assert np.isfinite(done.logits).all()


@each_net
@each_method
def test_both_ends_of_every_knob_run(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    for name, info in knob_infos(method.knobs).items():
        ends = (info.low, info.high) if info.kind in ("int", "float") else info.choices or (True, False)
        for end in ends:
            value = int(end) if info.kind == "int" and end is not None else end
            for _ in islice(generator(method, case, method.knobs(**{name: value})), YIELDS):
                pass


@each_net
@each_method
def test_recording_disturbs_neither_modes_nor_buffers(key: str, net: str):
    """The recorded path is, bit for bit, the one that the bare generator makes, batch statistics included."""
    method = method_of(key)
    case = case_for(method, net)
    bare = path_of(method, case, short(method))[-1]
    done = run(method, case, short(method))
    assert done.weights is not None
    if done.shadow:
        pytest.skip("its weights are recorded in the wide network's shape")
    assert np.array_equal(done.weights[-1], bare)


@each_net
@each_method
def test_same_seed_gives_the_same_bits(key: str, net: str):
    method = method_of(key)
    case = case_for(method, net)
    one, two = (run(method, case, short(method)) for _ in range(2))
    assert np.array_equal(one.weights, two.weights)  # type: ignore[arg-type]


@each_method
def test_two_threads_at_once_give_the_same_bits(key: str):
    method = method_of(key)
    case = case_for(method)
    alone = run(method, case, short(method))
    found: list[Trajectory] = []
    threads = [threading.Thread(target=lambda: found.append(run(method, case, short(method)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert all(np.array_equal(alone.weights, other.weights) for other in found)  # type: ignore[arg-type]


@each_net
@each_method
def test_recording_every_step_or_the_last_gives_the_same_weights(key: str, net: str, monkeypatch: pytest.MonkeyPatch):
    method = method_of(key)
    case = case_for(method, net)
    every = run(method, case, short(method))
    monkeypatch.setattr(importlib.import_module("explorer.recording.record"), "LIMIT", 1)
    last = run(method, case, short(method))
    assert every.weights is not None and last.weights is not None
    assert np.array_equal(every.weights[-1], last.weights[-1])
    assert every.step[-1] == last.step[-1]
