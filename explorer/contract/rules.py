"""The rules that every method keeps. Each says what is wrong in one sentence, or "" where nothing is.

`tests/methods/test_contract.py` holds them for every method that ships; `python -m explorer check FILE` asks them of
one file.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import io
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import nn

from explorer import draws
from explorer.contract.cases import Case, fitting, make
from explorer.contract.networks import snapshot
from explorer.knobs import KnobBase, knob_infos
from explorer.methods._card import SECTIONS, Card
from explorer.methods._guard import guard
from explorer.methods._method import READABLE, Answer, Method, Request
from explorer.recording import prepare, record, state_of
from explorer.records import Trajectory
from explorer.spec.own_methods import knob_fault

SEED = 7
YIELDS = 3
MLP, BOTH = ("mlp",), ("mlp", "conv")


@dataclass(frozen=True)
class Subject:
    """A method and its card."""

    method: Method
    card: Card


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        title: what must be so.
        fault: returns what is wrong with a method on a network, or "".
        nets: the networks that it is asked of; of a method for the linear model only the first, without hidden layers.
    """

    title: str
    fault: Callable[[Subject, str], str]
    nets: tuple[str, ...]

    def nets_of(self, method: Method) -> tuple[str, ...]:
        """Return the networks on which a method is asked to keep it."""
        return self.nets if method.networks == "any" else self.nets[:1]


# --- running a method ---------------------------------------------------------------------------------------------


def case_for(method: Method, net: str = "mlp") -> Case:
    """Return a case of the most usual kind that a method answers."""
    kinds = fitting(method)
    shown: list[Answer] = [kind for kind in kinds if net == "mlp" or kind != "erase_feature"]
    return case_of(method, (shown or kinds)[0], net)


def case_of(method: Method, kind: Answer, net: str = "mlp") -> Case:
    """Return a case of a kind; "mlp" has no hidden layer for a method that answers for the linear model only."""
    return make(kind, "linear" if method.networks == "linear" else net)


def short(method: Method) -> KnobBase:
    """Return knobs of a method with the `steps` it has cut down to three."""
    fewer = {name: YIELDS for name in ("steps",) if name in method.knobs.model_fields}
    return method.knobs(**fewer)


def start_of(method: Method, case: Case, knobs: KnobBase) -> nn.Module:
    """Return the model from which a method starts."""
    if method.own_original is None:
        return case.original
    ready = prepare(method, case.original, case.request, knobs, draws.generator(SEED)).prepared
    return method.own_original(copy.deepcopy(case.original), case.request, knobs, draws.generator(SEED), ready)


def run(method: Method, case: Case, knobs: KnobBase) -> Trajectory:
    """Return a method's recorded path."""
    # Prepared from the case's own original: a method that brings another one cannot prepare from that.
    ready = prepare(method, case.original, case.request, knobs, draws.generator(SEED))
    start, rng = start_of(method, case, knobs), draws.generator(SEED)
    return record(method, start, case.request, knobs, rng, case.probes, prepared=ready)


def generator(method: Method, case: Case, knobs: KnobBase, original: nn.Module | None = None) -> Iterator[nn.Module]:
    """Return a method's bare generator, under guard."""
    ready = prepare(method, case.original, case.request, knobs, draws.generator(SEED))
    opened = guard(case.request, method.title, method.reads)
    start = original if original is not None else copy.deepcopy(start_of(method, case, knobs))
    return method.unlearn(start, opened, knobs, draws.generator(SEED), *([ready.prepared] if method.prepare else []))


# --- what a file declares -----------------------------------------------------------------------------------------


def _card(subject: Subject, _: str) -> str:
    shown = subject.card
    missing = [name for name in SECTIONS if not shown.sections.get(name)]
    if missing:
        return (
            f"the docstring must have paragraphs that begin with {', '.join(SECTIONS)}; missing: {', '.join(missing)}"
        )
    if not shown.idea:
        return "the docstring must begin with the idea in words"
    return "" if shown.equation else "the docstring must have the equation as an indented block"


def _knobs(subject: Subject, _: str) -> str:
    for name, info in knob_infos(subject.method.knobs).items():
        if not info.title or info.title == name or not info.help.endswith((".", "?")):
            return f"`{name}` needs a title and a sentence of help"
    return knob_fault(subject.method.knobs)


def _declarations(subject: Subject, _: str) -> str:
    method = subject.method
    if not (method.title and method.answers and method.presets):
        return "METHOD needs a title, a kind of request that it answers, and a preset"
    steps = bool({"steps", "epochs"} & set(method.knobs.model_fields))
    if steps and not method.neutral and method.kind == "approximate":
        return "METHOD needs `neutral`, the knobs under which nothing changes"
    for name, preset in method.presets.items():
        if not preset.note:
            return f"the preset {name} needs a note"
        method.knobs(**preset.knobs)
    return ""


# --- what it must leave alone -------------------------------------------------------------------------------------


def _live_module(subject: Subject, net: str) -> str:
    method = subject.method
    case = case_for(method, net)
    original = copy.deepcopy(start_of(method, case, short(method)))
    models = list(islice(generator(method, case, short(method), original), YIELDS))
    if not models:
        return "it must yield at least once at its defaults"
    if any(model is not models[0] for model in models):
        return "it yielded another module than at first"
    return "it yielded the original itself: work on a copy" if models[0] is original else ""


def _original(subject: Subject, net: str) -> str:
    method = subject.method
    case = case_for(method, net)
    original = copy.deepcopy(start_of(method, case, short(method)))
    before, flags = snapshot(original), [module.training for module in original.modules()]
    wants = [parameter.requires_grad for parameter in original.parameters()]
    for _ in generator(method, case, short(method), original):
        pass
    after = original.state_dict()
    if not all(torch.equal(before[name], after[name]) for name in before):
        return "it changed weights or buffers of the original"
    if flags != [module.training for module in original.modules()]:
        return "it changed train() or eval() of the original"
    if wants != [parameter.requires_grad for parameter in original.parameters()]:
        return "it changed requires_grad of the original"
    clean = all(parameter.grad is None for parameter in original.parameters())
    return "" if clean else "it left gradients in the original"


def _request(subject: Subject, net: str) -> str:
    method = subject.method
    case = case_for(method, net)
    parts = {name: getattr(case.request, name) for name in ("forget", "retain", "before", "heldout", "corrected")}
    before = {name: (part.x.clone(), part.y.clone()) for name, part in parts.items()}
    for _ in generator(method, case, short(method)):
        pass
    for name, part in parts.items():
        if not (torch.equal(part.x, before[name][0]) and torch.equal(part.y, before[name][1])):
            return f"it changed {name} of the request"
        if part.x.requires_grad:
            return f"it made {name}.x ask for gradients"
    return ""


def _random_state(subject: Subject, net: str) -> str:
    method = subject.method
    case = case_for(method, net)
    before = _states()
    run(method, case, short(method))
    drawn = [name for name, state in _states().items() if state != before[name]]
    return f"it drew from the global generator of {', '.join(drawn)}: draw from `rng`" if drawn else ""


def _states() -> dict[str, object]:
    _, keys, *place = np.random.get_state(legacy=True)  # a small draw moves the place in the keys, and no key
    return {
        "torch": torch.get_rng_state().numpy().tobytes(), "random": random.getstate(),
        "numpy": (np.asarray(keys).tobytes(), *place),
    }  # fmt: skip


def _silent(subject: Subject, _: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        run(subject.method, case_for(subject.method), short(subject.method))
    return f"it printed {said.getvalue()}" if said.getvalue() else ""


# --- what it reads ------------------------------------------------------------------------------------------------


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


def _reads(subject: Subject, _: str) -> str:
    """Look over all kinds of request, and at each of its choices: nothing else, and nothing declared in vain."""
    method, touched, prepared = subject.method, set[str](), set[str]()
    opened = dataclasses.replace(method, prepare_reads=READABLE)  # so that the spy sees what `prepare` touches
    for kind in fitting(method):
        case = case_of(method, kind)
        for knobs in _variants(method):
            seen = _spied(case.request, prepared)
            ready = prepare(opened, case.original, seen, knobs, draws.generator(SEED)).prepared
            start = copy.deepcopy(start_of(method, case, knobs))
            extra = [ready] if method.prepare else []
            request = _spied(case.request, touched)
            for _model in islice(method.unlearn(start, request, knobs, draws.generator(SEED), *extra), YIELDS):
                pass
    return _differ("reads", touched, set(method.reads)) or _differ("prepare_reads", prepared, set(method.prepare_reads))


def _differ(what: str, touched: set[str], declared: set[str]) -> str:
    if touched - declared:
        return f"`{what}` must name {', '.join(sorted(touched - declared))}, which it touches"
    idle = ", ".join(sorted(declared - touched))
    return f"`{what}` names {idle}, which it never touches" if idle else ""


# --- what comes out -----------------------------------------------------------------------------------------------


def _neutral(subject: Subject, net: str) -> str:
    method = subject.method
    if not method.neutral:
        return ""  # a method of one jump has no neutral setting
    case, knobs = case_for(method, net), method.knobs(**method.neutral)
    start = state_of(start_of(method, case, knobs)).numpy()
    done = run(method, case, knobs)
    same = done.weights is not None and np.array_equal(done.weights[-1], start)
    return "" if same else "the weights change under the `neutral` knobs"


def _moves(subject: Subject, net: str) -> str:
    done = run(subject.method, case_for(subject.method, net), short(subject.method))
    still = done.weights is None or np.array_equal(done.weights[-1], done.weights[0])
    return "the weights stay as they are at the default knobs" if still else ""


def _answers(subject: Subject, _: str) -> str:
    for kind in fitting(subject.method):
        done = run(subject.method, case_of(subject.method, kind), short(subject.method))
        if done.trouble or len(done.step) < 2:
            return f"{kind}: {done.trouble or 'no step was made'}"
    return ""


def _presets(subject: Subject, _: str) -> str:
    method = subject.method
    named = {name: preset.knobs for name, preset in method.presets.items() if not preset.images}
    for name, knobs in {"defaults": {}, **named}.items():
        done = run(method, case_for(method), method.knobs(**knobs))
        if done.trouble or not np.isfinite(done.logits).all():
            return f"{name}: {done.trouble or 'outputs are not finite'}"
    return ""


def _ends(subject: Subject, net: str) -> str:
    method = subject.method
    case = case_for(method, net)
    for name, info in knob_infos(method.knobs).items():
        ends = (info.low, info.high) if info.kind in ("int", "float") else info.choices or (True, False)
        for end in ends:
            value = int(end) if info.kind == "int" and end is not None else end
            try:
                for _ in islice(generator(method, case, method.knobs(**{name: value})), YIELDS):
                    pass
            except Exception as error:
                raise RuntimeError(f"with {name} = {value}: {type(error).__name__}: {error}") from error
    return ""


def _undisturbed(subject: Subject, net: str) -> str:
    """The recorded path is, bit for bit, the one that the bare generator makes, batch statistics included."""
    method = subject.method
    case = case_for(method, net)
    *_, last = [state_of(model).numpy().copy() for model in generator(method, case, short(method))]
    done = run(method, case, short(method))
    if done.shadow:
        return ""  # its weights are recorded in the wide network's shape
    same = done.weights is not None and np.array_equal(done.weights[-1], last)
    return "" if same else "what is recorded is not what the bare generator makes"


def _repeats(subject: Subject, net: str) -> str:
    one, two = (run(subject.method, case_for(subject.method, net), short(subject.method)) for _ in range(2))
    return "" if _same(one, two) else "the same seed gives other weights"


def _threads(subject: Subject, _: str) -> str:
    method = subject.method
    case = case_for(method)
    alone, found = run(method, case, short(method)), list[Trajectory]()
    threads = [threading.Thread(target=lambda: found.append(run(method, case, short(method)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same = len(found) == 2 and all(_same(alone, other) for other in found)
    return "" if same else "two threads at once give other weights than one"


def _same(one: Trajectory, two: Trajectory) -> bool:
    return one.weights is not None and two.weights is not None and np.array_equal(one.weights, two.weights)


RULES = (
    Rule("its card has every section", _card, MLP),
    Rule("every knob has a title, help and a range that holds its default", _knobs, MLP),
    Rule("its declarations hold together", _declarations, MLP),
    Rule("it yields the same live module", _live_module, BOTH),
    Rule("the original is untouched", _original, BOTH),
    Rule("the request is untouched", _request, BOTH),
    Rule("neutral knobs change nothing", _neutral, BOTH),
    Rule("default knobs change the weights", _moves, BOTH),
    Rule("it answers every kind of request that it declares", _answers, MLP),
    Rule("it touches exactly what it declares to read", _reads, MLP),
    Rule("the global random state is the same before and after", _random_state, BOTH),
    Rule("it prints nothing", _silent, MLP),
    Rule("presets end finite", _presets, MLP),
    Rule("both ends of every knob run", _ends, BOTH),
    Rule("recording disturbs neither modes nor buffers", _undisturbed, BOTH),
    Rule("the same seed gives the same bits", _repeats, BOTH),
    Rule("two threads at once give the same bits", _threads, MLP),
)
