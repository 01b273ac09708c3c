"""Judge all claims by what is recorded now, and lay them out in words, for pages and for the README."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from explorer.experiments.cifar import audited, files
from explorer.experiments.cifar.trials import FILE as TRIALS
from explorer.experiments.claims import kept
from explorer.experiments.claims.claim import CHECKED, Judged, judge
from explorer.experiments.claims.said import CLAIMS
from explorer.experiments.numerals import number
from explorer.records import Band
from explorer.spec.catalog import CATALOG

HEAD = ("method", "what the paper says", "where", "the paper's finding", "our setting", "our numbers", "verdict")


def judged(root: Path = files.SHIPPED, method: str = "") -> tuple[Judged, ...]:
    """Return every claim in every setting, judged by what lies under a root now.

    Args:
        root: folder of recorded runs.
        method: key of a method whose claims alone are wanted; "" for all.
    """
    return tuple(one for one in _judged(root, tuple(_files(root))) if method in ("", one.claim.method))


@lru_cache(maxsize=4)
def _judged(root: Path, state: tuple[tuple[str, int], ...]) -> tuple[Judged, ...]:
    return tuple(judge(claim, setting, root) for claim in CLAIMS for setting in claim.settings)


def _files(root: Path) -> Iterator[tuple[str, int]]:
    """Yield the files on which verdicts rest, with when they were written."""
    patterns = (kept.FILE, audited.FILE, "*/*.json", f"*/{files.ORACLE}/*.json", f"*/{TRIALS}")
    for file in sorted(file for pattern in patterns for file in root.glob(pattern)):
        yield str(file.relative_to(root)), file.stat().st_mtime_ns


def rows(root: Path = files.SHIPPED) -> list[tuple[str, ...]]:
    """Return the rows of the README's table; a claim's own columns are filled in its first row alone."""
    found: list[tuple[str, ...]] = []
    last = None
    for one in judged(root):
        claim = one.claim
        own = (
            f"**{CATALOG.methods[claim.method].title}**",
            claim.says,
            claim.place,
            f"{claim.paper} ({CHECKED[claim.checked]})",
        )
        first = own if claim is not last else ("",) * len(own)
        found.append((*first, one.setting.says, numbers(one), f"**{one.verdict}**{_reason(one)}"))
        last = claim
    return found


def rules() -> str:
    """Return each claim with its rule, as a list in Markdown."""
    return "\n".join(f"- *{claim.says}* {claim.rule.says}" for claim in CLAIMS)


def _reason(one: Judged) -> str:
    return f", because {one.because}" if one.because else ""


def numbers(one: Judged) -> str:
    """Return the numbers of a claim in words, in the order in which the claim names them; "" where there are none."""
    return "; ".join(f"{one.claim.shows[name]} {text(band)}" for name, band in one.numbers.items())


def text(band: Band) -> str:
    """Return mean and range; what is not defined is counted."""
    lost, count = len(band.values) - len(band.finite), len(band.values)
    if not band.finite:
        return f"none on {lost} of {count}" if count > 1 else "none"
    low, high = number(band.low), number(band.high)
    span = f" ({low} to {high})" if low != high else ""
    return f"{number(band.mean)}{span}" + (f", none on {lost} of {count}" if lost else "")
