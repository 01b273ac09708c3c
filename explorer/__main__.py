"""Use the explorer from the command line: `python -m explorer COMMAND`, or `unlearning-explorer` once it is installed.

What is wrong with what was given is said in one line on stderr, with exit status 2.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from typing import NoReturn

from explorer import commands, debug

MODULE, INSTALLED = "python -m explorer", "unlearning-explorer"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise commands.Wrong(f"{message}; see {self.prog} --help")


def main(argv: list[str] | None = None, program: str = MODULE) -> int:
    """Run one command; return the exit status.

    Args:
        argv: the words after the program's name; by default those that the process was given.
        program: how the program was called, for help and errors.
    """
    try:
        given = _parser(program).parse_args(argv)
        with debug.log(given) if given.debug else contextlib.nullcontext():
            return given.command(given) or 0
    except commands.Wrong as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def installed() -> int:
    """Run the installed program: without a command it starts the app."""
    return main(sys.argv[1:] or ["app"], INSTALLED)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=program, description="See how machine unlearning moves a model, with the page or without.")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[[argparse.Namespace], int | None], says: str) -> argparse.ArgumentParser:
        added = parsers.add_parser(name, help=says, description=f"{says[:1].upper()}{says[1:]}.")
        added.set_defaults(command=do)
        added.add_argument("--debug", action="store_true", help=f"write {debug.FILE} here, to attach to a report")
        return added

    alone = "; without a command this is what happens" if program == INSTALLED else ""
    _app(command("app", commands.app, f"start the app and print its address{alone}"))
    _list(command("list", commands.list_all, "print every method, data set, chooser, model and attack as JSON"))
    _run(command("run", commands.run, "run one Spec, or each panel of a View, and print the numbers as JSON"))
    _sweep(command("sweep", commands.sweep, "run many Specs and print one table row a Spec"))
    _export(command("export", commands.export, "write what a View shows: a page, a still, a film or a table"))
    _report(command("report", commands.report, "write what was done about a request to delete, on at most two pages"))
    _check(command("check", commands.check, "check that a file with a method of your own keeps every rule"))
    _record(command("record", commands.record, "make the recorded runs on CIFAR that ship; what exists is skipped"))
    _tune(command("tune", commands.tune, "search for the knobs of methods on CIFAR; it goes on where it was"))
    return parser


def _app(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="where it listens; 0.0.0.0 is the whole network")
    parser.add_argument("--port", default="8501", help="a busy one gives the next free one (default 8501)")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--markdown", metavar="README", nargs="?", const="",
        help="print this file with its generated tables renewed; without a file, the tables",
    )  # fmt: skip
    parser.add_argument("--full", action="store_true", help="with --markdown: each method's source in full")


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", metavar="SPEC.json", help="a file with a Spec or a View, or - for standard input")


def _sweep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="{'base': Spec, 'grid': {field: [...]}} or a list of Specs; - too")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--workers", type=int, default=2, help="processes side by side; 0 runs in this one (default 2)")
    place.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster's scheduler, such as tcp://10.0.0.1:8786")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "view", metavar="VIEW.json", help="a file with a View, a Spec or a deck, or - for standard input"
    )
    kinds = ", ".join(f".{kind}" for kind in commands.EXPORTS)
    parser.add_argument("--panel", type=int, metavar="N", help="this panel alone, counted from 1")
    parser.add_argument("--to", required=True, metavar="FILE", help=f"what to write; its ending says what: {kinds}")


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("view", metavar="VIEW.json", help="a file with a View or a Spec, or - for standard input")
    parser.add_argument("--panel", type=int, metavar="N", help="the panel that it is about, counted from 1")
    parser.add_argument("--to", required=True, metavar="FILE", help="what to write: .html, or .md for Markdown")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file that declares METHOD, as CONTRIBUTING says")


def _record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", default="", metavar="WORD",
        help="only folders and methods whose name holds it; claims, overview: what is measured on the plane; audits, "
        "u_lira: what is asked of recorded runs",
    )  # fmt: skip
    parser.add_argument("--models", type=int, default=64, help="models that U-LiRA compares on images (default 64)")
    parser.add_argument("--to", default="", metavar="FOLDER", help="where they go (default explorer/recorded)")
    parser.add_argument("--workers", type=int, default=2, help="processes side by side (default 2)")


def _tune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="of recorded runs, such as cifar10-compact-memorise-class")
    parser.add_argument("methods", metavar="METHOD", nargs="*", help="keys of methods (default all that are recorded)")
    parser.add_argument("--trials", type=int, metavar="K", help="make at most so many a method, and stop there")
    parser.add_argument(
        "--to", default="", metavar="ROOT", help="where folders of runs lie (default explorer/recorded)"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes side by side (default 2)")


if __name__ == "__main__":
    sys.exit(main())
