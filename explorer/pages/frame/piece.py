"""Get what a page needs beside the picture of its job.

Results on generated points lie on disk, for every process: the page reads them there. Results on one's own points are
in the memory of the workers alone. There the page asks its desk; else this process would train every model anew.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

from explorer.contents import pieces
from explorer.pages.frame.binding import current
from explorer.session.desk import HAND, silent
from explorer.session.store import memo
from explorer.spec import Spec

T = TypeVar("T")


# `Any` below: the arguments are those of the function that is handed on.
def of_run(stage: Callable[..., T], spec: Spec, *args: Any) -> T:
    """Return stage(run, *args) of the run of a Spec."""
    return _piece(spec, pieces.of_run, stage, spec, args)


def of_memo(function: Callable[..., T], spec: Spec, *args: Any) -> T:
    """Return function(*args, memo), with the memo that keeps the results of a Spec."""
    return _piece(spec, pieces.of_memo, function, args)


def _piece(spec: Spec, function: Callable[..., Any], *args: Any) -> Any:
    if spec.data.name != "csv":
        return function(*args, memo(spec), silent)
    desk, key = current().desk, hashlib.sha256(pickle.dumps((function, args))).hexdigest()
    return desk.first([desk.ask(f"piece-{key}", spec, function, *args, urgency=HAND, tick=silent)], silent).result()
