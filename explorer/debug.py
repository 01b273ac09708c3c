"""Write a log that one can attach to a report: versions, what was asked, what was logged, and what went wrong.

No data and no environment beyond the names of the explorer's own variables go into it; the home folder is written ~.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

FILE = "explorer-debug.log"
_FORM = "%(asctime)s %(threadName)s %(levelname)s %(name)s: %(message)s"


class _Homeless(logging.Formatter):
    """Writes the home folder as ~, also in tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(str(Path.home()), "~")


@contextlib.contextmanager
def log(given: argparse.Namespace) -> Iterator[Path]:
    """Write the log of what runs inside into `FILE` of the current folder.

    Args:
        given: the words of the command line.
    """
    file = Path(FILE).absolute()  # the app leaves this folder
    handler = logging.FileHandler(file, mode="w", encoding="utf-8")
    handler.setFormatter(_Homeless(_FORM))
    root, ours = logging.getLogger(), logging.getLogger("explorer")
    root.addHandler(handler)
    level = ours.level
    ours.setLevel(logging.DEBUG)
    logging.captureWarnings(True)
    try:
        _about(ours, given)
        yield file
    except BaseException:
        ours.exception("the command ended with")
        raise
    finally:
        print(f"the log is in {file}", file=sys.stderr)
        logging.captureWarnings(False)
        ours.setLevel(level)
        root.removeHandler(handler)
        handler.close()


def _about(ours: logging.Logger, given: argparse.Namespace) -> None:
    from explorer.experiments.store import provenance

    asked = {name: value for name, value in vars(given).items() if name != "command"}
    named = sorted(name for name in os.environ if name.startswith("EXPLORER_"))
    ours.info("command %s, %s", given.command.__name__, asked)
    ours.info("versions %s, commit %s", dict(provenance.versions()), provenance.commit())
    ours.info("hardware %s; python %s on %s", provenance.hardware(), sys.version.split()[0], sys.platform)
    ours.info("variables that are set: %s", ", ".join(named) or "none")
