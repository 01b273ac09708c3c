"""Use the explorer from the command line: `python -m explorer list`, `run SPEC.json`, `sweep FILE` and `record`.

What is wrong with what was given is said in one line on stderr, with exit status 2.
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

# Heavy rooms are imported where they are used, so that a wrong word is answered at once.


class Wrong(Exception):
    """What was given cannot be used; the message is one sentence."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Wrong(f"{message}; see python -m explorer --help")


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    try:
        given = _parser().parse_args(argv)
        text = given.command(given)
        if text is not None:
            _print(text)
        return 0
    except Wrong as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m explorer", description="Run unlearning methods without the page.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lister = commands.add_parser("list", help="print every method, data set, chooser, model and attack as JSON")
    lister.add_argument("--markdown", metavar="README", help="print this file with its generated tables renewed")
    lister.set_defaults(command=_list)
    runner = commands.add_parser("run", help="run one Spec and print its numbers as JSON")
    runner.add_argument("spec", metavar="SPEC.json", help="a file with a Spec, or - for standard input")
    runner.set_defaults(command=_run)
    sweeper = commands.add_parser("sweep", help="run many Specs and print one table row a Spec")
    sweeper.add_argument(
        "file", metavar="FILE", help="{'base': Spec, 'grid': {field: [...]}} or a list of Specs; - too"
    )
    place = sweeper.add_mutually_exclusive_group()
    place.add_argument("--workers", type=int, default=2, help="processes side by side; 0 runs in this one (default 2)")
    place.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster's scheduler, such as tcp://10.0.0.1:8786")
    sweeper.set_defaults(command=_sweep)
    recorder = commands.add_parser("record", help="make the recorded runs on CIFAR that ship; what exists is skipped")
    recorder.add_argument("--only", default="", metavar="WORD", help="only folders and methods whose name holds it")
    recorder.add_argument("--to", default="", metavar="FOLDER", help="where they go (default explorer/recorded)")
    recorder.add_argument("--workers", type=int, default=2, help="processes side by side (default 2)")
    recorder.set_defaults(command=_record)
    return parser


def _list(given: argparse.Namespace) -> str:
    from explorer.experiments.listing import filled, listing

    if given.markdown:
        try:
            return filled(_read(given.markdown)).rstrip("\n")
        except ValueError as error:
            raise Wrong(str(error)) from None
    return _json(listing())


def _run(given: argparse.Namespace) -> str:
    content = _parsed(given.spec)
    from explorer.experiments.store.store import Store
    from explorer.experiments.work import tasks
    from explorer.spec import Spec, SpecError

    if content is None:  # in Python None means the default Spec; in a file it is a mistake
        raise Wrong("the Spec must be an object with named fields, got null")
    try:
        return _json(tasks.through(Store.default(), _with_file(Spec.parse(content))))
    except SpecError as error:
        raise Wrong(str(error)) from None


def _sweep(given: argparse.Namespace) -> None:
    content = _parsed(given.file)
    from explorer.experiments.store.store import Store
    from explorer.experiments.sweeps import specs_of, sweep
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
            outcomes = sweep(specs, store, executor=cluster, apart=cluster is not None, workers=given.workers)
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


def _record(given: argparse.Namespace) -> None:
    from explorer.experiments.cifar import files, plan, record, time_share
    from explorer.experiments.store.store import Store
    from explorer.experiments.work.executors import Processes
    from explorer.spec import SpecError

    if not 1 <= given.workers <= 256:
        raise Wrong(f"`--workers` must lie in [1, 256], got {given.workers}")
    root, executor = Path(given.to) if given.to else files.SHIPPED, Processes(given.workers)
    try:
        failed = record.record(plan.PLAN, root, Store.default().place, executor, _print, given.only)
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
    from explorer.pipeline import images
    from explorer.spec import Named, SpecError

    try:
        points, weights = resolve(spec.data.options), images.resolve_weights(spec.model.options)
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


if __name__ == "__main__":
    sys.exit(main())
