"""Measure every budget, beside the naive design: `make bench`, or `python -m tests.bench NAME ...` for some.

A budget is measured by the function of its name in one of the files `_*.py` here: no arguments, returns the number.
A function `<name>_naive` measures the same of the naive design (eager loops, plotly frames). Each file runs in a
process of its own. One JSON line a budget is printed as soon as it is known, a table at the end.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import re
import subprocess
import sys
import traceback
from pathlib import Path

from tests.bench.budgets import BUDGETS, Budget

HERE = Path(__file__).parent
MARK = "measured "  # begins a line by which a process reports
TIMEOUT = 900  # seconds a file may take


def files() -> dict[str, str]:
    """Return which file measures what, by reading their text."""
    found: dict[str, str] = {}
    for file in sorted(HERE.glob("_[a-z]*.py")):
        for name in re.findall(r"^def ([a-z]\w*)\(\)", file.read_text(encoding="utf-8"), re.MULTILINE):
            found[name] = file.stem
    return found


def measure(module: str, names: list[str]) -> None:
    """Measure some budgets in this process and report each on a line."""
    loaded = importlib.import_module(f"tests.bench.{module}")
    for name in names:
        try:
            value = float(getattr(loaded, name)())
        except Exception:  # reported, and the other budgets are still measured
            traceback.print_exc()
            value = math.nan
        print(f"{MARK}{name} {value!r}", flush=True)


def measured_apart(module: str, names: list[str]) -> dict[str, float]:
    """Measure some budgets of one file in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "--module", module, *names]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as late:
        print(f"{module} did not end within {TIMEOUT} s", file=sys.stderr)
        return _reported((late.stdout or b"").decode())
    return _reported(done.stdout)


def _reported(text: str) -> dict[str, float]:
    lines = (line.removeprefix(MARK).split() for line in text.splitlines() if line.startswith(MARK))
    return {name: float(value) for name, value in lines}


def row(budget: Budget, value: float, naive: float) -> tuple[str, ...]:
    """Return the cells of one line of the table."""
    sign = "<=" if budget.sense == "at most" else ">="
    ok = "-" if budget.limit is None else "yes" if budget.holds(value) else "NO"
    return (
        budget.name,
        _figure(value),
        budget.sense if budget.limit is None else f"{sign} {_figure(budget.limit)}",
        budget.unit,
        "not measured" if math.isnan(value) else ok,
        _figure(naive),
        budget.what,
    )


def _figure(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows as text in columns."""
    widths = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in rows
    )


def main(argv: list[str] | None = None) -> int:
    """Measure and print; return 1 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the budgets.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="budgets to measure; all if none is named")
    parser.add_argument("--module", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.module:
        measure(given.module, given.names)
        return 0
    known = {budget.name for budget in BUDGETS}
    if set(given.names) - known:
        parser.error(f"known budgets are {', '.join(sorted(known))}; got {', '.join(sorted(set(given.names) - known))}")
    wanted = [budget for budget in BUDGETS if not given.names or budget.name in given.names]
    rows = _measured(wanted)
    print(table([("name", "measured", "budget", "unit", "kept", "naive", "what"), *rows]))
    return 1 if any(cells[4] == "not measured" for cells in rows) else 0


def _measured(wanted: list[Budget]) -> list[tuple[str, ...]]:
    places = files()
    names = [name for budget in wanted for name in (budget.name, f"{budget.name}_naive") if name in places]
    values: dict[str, float] = {}
    for module in dict.fromkeys(places[name] for name in names):
        print(f"measuring {module.strip('_')} ...", file=sys.stderr, flush=True)
        values |= measured_apart(module, [name for name in names if places[name] == module])
        for budget in wanted:
            if places.get(budget.name) == module:
                _print_line(budget, values.get(budget.name, math.nan))
    for budget in wanted:
        if budget.name not in places:
            _print_line(budget, math.nan)
    nan = math.nan
    return [row(b, values.get(b.name, nan), values.get(f"{b.name}_naive", nan)) for b in wanted]


def _print_line(budget: Budget, value: float) -> None:
    line = {
        "name": budget.name,
        "measured": None if math.isnan(value) else value,
        "budget": budget.limit,
        "ok": budget.holds(value),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
