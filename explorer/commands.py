"""What each command does; `__main__` reads the command line.

A command prints what it found and returns None, or its exit status. Heavy rooms are imported where they are used, so
that a wrong word is answered at once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from explorer.experiments.store.store import Store
    from explorer.experiments.work.cluster import Cluster
    from explorer.spec import Spec
    from explorer.view import View

EXPORTS = ("html", "gif", "mp4", "png", "svg", "pdf", "csv")
REPORTS = ("html", "md")


class Wrong(Exception):
    """What was given cannot be used; the message is one sentence."""


def app(given: argparse.Namespace) -> int:
    """Run the app until it is stopped."""
    from explorer import launch

    try:
        return launch.start(given.host, given.port)
    except launch.CannotStart as error:
        raise Wrong(str(error)) from None


def list_all(given: argparse.Namespace) -> None:
    """Print what there is to choose from."""
    from explorer.experiments import listing

    _name_broken()
    if given.full and given.markdown is None:
        raise Wrong("`--full` goes with `--markdown`; without it, `list` prints everything as JSON")
    if given.markdown is None:
        _print(_json({**listing.listing(), "lessons": _lessons()}))
    elif not given.markdown:
        _print("\n\n".join(listing.tables(full=given.full).values()))
    else:
        try:
            _print(listing.filled(_read(given.markdown), full=given.full).rstrip("\n"))
        except ValueError as error:
            raise Wrong(str(error)) from None


def _lessons() -> list[dict[str, Any]]:
    """Return the lessons in the order of the story."""
    from explorer.lessons import lessons

    return [
        {"key": key, "title": lesson.title, "goal": lesson.goal, "minutes": lesson.minutes}
        for key, lesson in lessons().items()
    ]


def run(given: argparse.Namespace) -> None:
    """Print the numbers of one Spec, or of every panel of a View that holds a method."""
    content = _parsed(given.spec)
    from explorer.experiments.store.store import Store
    from explorer.experiments.work import tasks
    from explorer.spec import SpecError
    from explorer.view.runs import is_view, runs_of

    if content is None:  # in Python None means the default Spec; in a file it is a mistake
        raise Wrong("the Spec must be an object with named fields, got null")
    _name_broken()
    try:
        store = Store.default()
        found = [tasks.through(store, _with_file(spec)) for spec in runs_of(content)]
    except SpecError as error:
        raise Wrong(str(error)) from None
    _print(_json(found if is_view(content) else found[0]))


def sweep(given: argparse.Namespace) -> None:
    """Print one table row a Spec."""
    content = _parsed(given.file)
    from explorer.experiments.store.store import Store
    from explorer.experiments.sweeps import specs_of
    from explorer.experiments.sweeps import sweep as swept
    from explorer.experiments.table import Table
    from explorer.experiments.work.cluster import ClusterError
    from explorer.spec import SpecError

    if not 0 <= given.workers <= 256:
        raise Wrong(f"`--workers` must lie in [0, 256], got {given.workers}")
    _name_broken()
    try:
        specs = [_with_file(spec) for spec in specs_of(content)]
    except SpecError as error:
        raise Wrong(str(error)) from None
    table, store = Table(specs), Store.default()
    try:
        with _cluster(given.scheduler) if given.scheduler else contextlib.nullcontext() as cluster:
            _print(table.head())
            outcomes = swept(specs, store, executor=cluster, apart=cluster is not None, workers=given.workers)
            for line in table.in_order(outcomes):
                _print(line)
    except ClusterError as error:
        raise Wrong(str(error)) from None


def _cluster(address: str) -> Cluster:
    from explorer.experiments.work.cluster import connect

    cluster = connect(address)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said in one sentence
    if not cluster.workers():
        print(f"the scheduler at {address} has no workers yet; waiting for them", file=sys.stderr)
    return cluster


def export(given: argparse.Namespace) -> None:
    """Write what a View shows, or a deck, into a file."""
    from explorer.contents.export import exported

    _write(given, EXPORTS, exported, talk=_talk)


def report(given: argparse.Namespace) -> None:
    """Write the report on what was done about a request to delete into a file."""
    from explorer.contents.report.made import report_of, written

    _write(given, REPORTS, lambda view, kind, store: written(report_of(view, store.memo, store), kind))


def _write(
    given: argparse.Namespace,
    kinds: Sequence[str],
    make: Callable[[View, str, Store], bytes],
    *,
    talk: Callable[[dict[str, Any], str], bytes] | None = None,
) -> None:
    """Write a file of a View, or by `talk` of a deck; its ending says what."""
    file = Path(given.to)
    kind = file.suffix.lower().removeprefix(".")
    if kind not in kinds:
        *most, last = (f".{one}" for one in kinds)
        raise Wrong(f"`--to` must end in {', '.join(most)} or {last}, got {file.name}")
    if not file.parent.is_dir():
        raise Wrong(f"`--to` must name a file in a folder that is there, got {file}")
    content = _parsed(given.view)
    from explorer.experiments.store.store import Store
    from explorer.view import View
    from explorer.whole_files import whole_file

    if content is None:
        raise Wrong("a View must be an object with named fields, got null")
    _name_broken()
    try:
        if talk is not None and isinstance(content, dict) and "slides" in content:
            made = talk(content, kind)
        else:
            view = View.parse(content)
            view = replace(view, base=_with_file(view.base))
            made = make(_with_panel(view, given.panel), kind, Store.default())
    except ValueError as error:
        raise Wrong(str(error)) from None
    try:
        with whole_file(file) as stream:
            stream.write(made)
    except OSError as error:
        raise Wrong(f"{file} cannot be written: {error.strerror}") from None
    _print(f"{file}: {len(made):,} bytes")


def _talk(content: Any, kind: str) -> bytes:
    """Return a deck as one page."""
    from explorer.contents import slides
    from explorer.decks import Deck
    from explorer.experiments.store.store import Store
    from explorer.session.desk import Here

    if kind != "html":
        raise Wrong(f"a deck must be written as .html, got .{kind}")
    return slides.page(Deck.parse(content), Here(Store.default().memo)).encode()


def check(given: argparse.Namespace) -> int:
    """Print which rules a method's file keeps; return 1 where it breaks one."""
    from itertools import groupby

    from explorer.contract import check as found_in
    from explorer.contract import method_in

    file, rules, broken = Path(given.file), 0, 0
    try:
        subject = method_in(file)
    except ImportError as error:
        raise Wrong(str(error)) from None
    _print(f"{file}: {subject.method.title}")
    for rule, findings in groupby(found_in(subject), key=lambda finding: finding.rule):
        wrong = [finding for finding in findings if finding.fault]
        where = f" ({', '.join(finding.net for finding in wrong)})" if len(rule.nets) > 1 else ""
        _print(f"broken  {rule.title}{where}: {wrong[0].fault}" if wrong else f"ok      {rule.title}")
        rules, broken = rules + 1, broken + bool(wrong)
    _print(f"{file} breaks {broken} of {rules} rules." if broken else f"{file} keeps all {rules} rules.")
    return 1 if broken else 0


def record(given: argparse.Namespace) -> None:
    """Make what ships: recorded runs on CIFAR, their audits, and what is measured on the plane."""
    from explorer.experiments import overview
    from explorer.experiments.cifar import audited, files, many, plan, time_share
    from explorer.experiments.cifar import record as recorder
    from explorer.experiments.claims import kept as claims
    from explorer.experiments.store.store import Store
    from explorer.experiments.work.executors import Processes
    from explorer.spec import SpecError

    if not 1 <= given.workers <= 256:
        raise Wrong(f"`--workers` must lie in [1, 256], got {given.workers}")
    if not many.FEWEST <= given.models <= many.MOST:
        raise Wrong(f"`--models` must lie in [{many.FEWEST}, {many.MOST}], got {given.models}")
    root, executor = Path(given.to) if given.to else files.SHIPPED, Processes(given.workers)
    try:
        failed = claims.record(root, executor, _print) if given.only in claims.NAME else 0
        failed += overview.record(root, executor, _print) if given.only in overview.NAME else 0
        place = Store.default().place
        failed += recorder.record(plan.PLAN, root, place, executor, _print, given.only)
        failed += audited.record(root, place, executor, _print) if given.only in audited.NAME else 0
        failed += many.record(root, place, executor, _print, given.models) if given.only in many.NAME else 0
    except (SpecError, OSError) as error:
        raise Wrong(str(error)) from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    for line in time_share.lines(root, files.folders(root)):
        _print(line)
    if failed:
        raise Wrong(f"{failed} of the runs could not be made; each is named above")


def tune(given: argparse.Namespace) -> None:
    """Search for the knobs of methods on a request of images."""
    from importlib.util import find_spec

    from explorer.experiments.cifar import files, tuning
    from explorer.experiments.store.store import Store
    from explorer.experiments.work.executors import Processes
    from explorer.spec import SpecError

    if not 1 <= given.workers <= 256:
        raise Wrong(f"`--workers` must lie in [1, 256], got {given.workers}")
    if given.trials is not None and given.trials < 1:
        raise Wrong(f"`--trials` must be at least 1, got {given.trials}")
    if find_spec("optuna") is None:
        raise Wrong("`tune` needs Optuna; install it with: pip install 'unlearning-explorer[tune]'")
    _name_broken()
    root, executor = Path(given.to) if given.to else files.SHIPPED, Processes(given.workers)
    places = tuning.Places(root, str(Store.default().place or ""))
    try:
        failed = tuning.tune(
            given.folder, given.methods, places, executor, _print, workers=given.workers, most=given.trials
        )
    except (SpecError, OSError, files.Unreadable) as error:
        raise Wrong(str(error)) from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    if failed:
        raise Wrong(f"{failed} of the trials or trainings failed; each is named above")


def _with_panel(view: View, number: int | None) -> View:
    """Return the view with one of its panels alone, counted from 1; as it is without a number."""
    if number is None:
        return view
    if not 1 <= number <= len(view.panels):
        raise Wrong(f"`--panel` must lie in [1, {len(view.panels)}], got {number}")
    return view.alone(number - 1)


def _name_broken() -> None:
    """Say which methods of the user's own cannot be used."""
    from explorer.spec.catalog import CATALOG

    for sentence in CATALOG.broken:
        print(sentence, file=sys.stderr)


def _with_file(spec: Spec) -> Spec:
    """Return the Spec with its files read, and say how a table was."""
    from explorer.api import with_files
    from explorer.pipeline import read_as

    found = with_files(spec)
    for sentence in read_as(found.data):
        print(sentence, file=sys.stderr)
    return found


def _parsed(name: str) -> Any:
    """Return the JSON value in a file; `Any`: Spec.parse checks what it is."""
    text = _read(name)
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Wrong(f"{name} must hold JSON, got {error.msg} in line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{name} must hold JSON: {error}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"numbers must be finite, got {constant}")


def _read(name: str) -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8") if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise Wrong(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Wrong(f"{name} must be text in UTF-8") from None


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, allow_nan=False)


def _print(text: str) -> None:
    try:
        sys.stdout.buffer.write(f"{text}\n".encode())  # UTF-8 whatever the terminal's own
        sys.stdout.flush()
    except BrokenPipeError:  # `... | head` has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
