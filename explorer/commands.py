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
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from explorer.experiments.work.cluster import Cluster
    from explorer.spec import Spec

EXPORTS = ("html", "gif", "mp4", "png", "svg", "csv")


class Wrong(Exception):
    """What was given cannot be used; the message is one sentence."""


def app(given: argparse.Namespace) -> int:
    """Run the app until it is stopped."""
    from explorer import launch

    try:
        return launch.start(given.host, given.port)
    except launch.CannotListen as error:
        raise Wrong(str(error)) from None


def list_all(given: argparse.Namespace) -> None:
    """Print what there is to choose from."""
    from explorer.experiments import listing

    if given.full and given.markdown is None:
        raise Wrong("`--full` goes with `--markdown`; without it, `list` prints everything as JSON")
    if given.markdown is None:
        _print(_json(listing.listing()))
    elif not given.markdown:
        _print("\n\n".join(listing.tables(full=given.full).values()))
    else:
        try:
            _print(listing.filled(_read(given.markdown), full=given.full).rstrip("\n"))
        except ValueError as error:
            raise Wrong(str(error)) from None


def run(given: argparse.Namespace) -> None:
    """Print the numbers of one Spec."""
    content = _parsed(given.spec)
    from explorer.experiments.store.store import Store
    from explorer.experiments.work import tasks
    from explorer.spec import Spec, SpecError

    if content is None:  # in Python None means the default Spec; in a file it is a mistake
        raise Wrong("the Spec must be an object with named fields, got null")
    try:
        _print(_json(tasks.through(Store.default(), _with_file(Spec.parse(content)))))
    except SpecError as error:
        raise Wrong(str(error)) from None


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
    """Write what a View shows into a file."""
    file = Path(given.to)
    kind = file.suffix.lower().removeprefix(".")
    if kind not in EXPORTS:
        *most, last = (f".{one}" for one in EXPORTS)
        raise Wrong(f"`--to` must end in {', '.join(most)} or {last}, got {file.name}")
    if not file.parent.is_dir():
        raise Wrong(f"`--to` must name a file in a folder that is there, got {file}")
    content = _parsed(given.view)
    from explorer.contents.export import exported
    from explorer.experiments.store.store import Store
    from explorer.view import View
    from explorer.whole_files import whole_file

    if content is None:
        raise Wrong("a View must be an object with named fields, got null")
    try:
        view = View.parse(content)
        made = exported(replace(view, base=_with_file(view.base)), kind, Store.default())
    except ValueError as error:
        raise Wrong(str(error)) from None
    try:
        with whole_file(file) as stream:
            stream.write(made)
    except OSError as error:
        raise Wrong(f"{file} cannot be written: {error.strerror}") from None
    _print(f"{file}: {len(made):,} bytes")


def record(given: argparse.Namespace) -> None:
    """Make the recorded runs on CIFAR that ship."""
    from explorer.experiments.cifar import files, plan, time_share
    from explorer.experiments.cifar import record as recorder
    from explorer.experiments.store.store import Store
    from explorer.experiments.work.executors import Processes
    from explorer.spec import SpecError

    if not 1 <= given.workers <= 256:
        raise Wrong(f"`--workers` must lie in [1, 256], got {given.workers}")
    root, executor = Path(given.to) if given.to else files.SHIPPED, Processes(given.workers)
    try:
        failed = recorder.record(plan.PLAN, root, Store.default().place, executor, _print, given.only)
    except (SpecError, OSError) as error:
        raise Wrong(str(error)) from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    for line in time_share.lines(root, files.folders(root)):
        _print(line)
    if failed:
        raise Wrong(f"{failed} of the runs could not be made; each is named above")


def _with_file(spec: Spec) -> Spec:
    """Return the Spec with the files that it names by path read; what comes from an address bar never passes here."""
    from explorer.data import resolve
    from explorer.pipeline import resolve_weights
    from explorer.spec import Named, SpecError

    try:
        points, weights = resolve(spec.data.options), resolve_weights(spec.model.options)
    except ValueError as error:
        raise SpecError(str(error)) from None
    return replace(
        spec, data=Named(spec.data.name, points), model=Named(spec.model.name, weights), _keys={}
    )  # fmt: skip


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
