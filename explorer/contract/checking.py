"""Check one method: every rule, on every network that the rule is about."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from explorer.contract.rules import RULES, Rule, Subject
from explorer.knobs import shorten
from explorer.methods._card import card
from explorer.methods._method import Method
from explorer.spec.own_methods import load

MOST = 20_000  # yields of one run; what ships makes some hundreds on these requests
LONG = 300.0  # seconds of one rule on one network; what ships takes some seconds


class Endless(Exception):
    """A method went on for more than MOST yields, or a rule for more than LONG seconds."""


@dataclass(frozen=True)
class Finding:
    """Whether a rule is kept on one network.

    Attributes:
        rule: the rule.
        net: "mlp" or "conv".
        fault: "" where it is kept, else what is wrong, in one line.
    """

    rule: Rule
    net: str
    fault: str


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is found of each rule; what a method raises breaks the rule under which it does.

    A method that does not end is asked no further rules.
    """
    subject = replace(subject, method=_bounded(subject.method))
    for rule in RULES:
        for net in rule.nets_of(subject.method):
            try:
                with _alarm(LONG):
                    fault = rule.fault(subject, net)
            except Endless as error:
                yield Finding(rule, net, str(error))
                return
            except Exception as error:  # whatever a file of the user's own may raise
                fault = f"{type(error).__name__}: {error}"
            yield Finding(rule, net, shorten(fault, 300) if fault else "")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """End a block that takes longer, a loop without a yield too; only in the main thread of a system with alarms."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise Endless(f"it must end: one rule took more than {seconds:g} s, so no further rule was asked")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _bounded(method: Method) -> Method:
    """Return a method that raises where the given one does not end."""

    def unlearn(*given: Any) -> Iterator[nn.Module]:  # `Any`: as the method is called
        for number, model in enumerate(method.unlearn(*given)):
            if number == MOST:
                raise Endless(f"it must end: it yielded more than {MOST:,} times, so no further rule was asked")
            yield model

    return replace(method, unlearn=unlearn)


def method_in(file: Path) -> Subject:
    """Return the method that a file declares.

    Raises:
        ImportError: one sentence with the file's name, if it cannot be loaded or declares none.
    """
    module = load(file)
    method = getattr(module, "METHOD", None)
    if not isinstance(method, Method):
        raise ImportError(f"{file} must declare METHOD = Method(...)")
    return Subject(method, card(module.__doc__ or ""))
