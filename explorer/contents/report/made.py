"""Make a report from a View, as HTML or Markdown.

written(report_of(view, memo), "html") -> bytes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from explorer.contents.recorded.runs import Choice, Opened, choice
from explorer.contents.report import images, markdown, page, points
from explorer.contents.report.parts import Report
from explorer.contents.words import method_title
from explorer.experiments.store.store import Store
from explorer.pipeline import Memo
from explorer.session import store
from explorer.view import Panel, View

KINDS = ("html", "md")


class NoReport(ValueError):
    """There is nothing to report; the message is one sentence."""


def panel_of(view: View) -> Panel:
    """Return the panel that a report is about: the one in focus, or the first that holds a method.

    Raises:
        NoReport: if no panel holds a method.
    """
    found = view.acting()
    if found is None:
        raise NoReport("no panel of the View holds a method, so there is nothing to report")
    return found


def about_images(view: View) -> bool:
    """Return whether a View asks for the report on recorded runs."""
    return view.page == "images" or (view.page == "report" and view.looks.report.about == "images")


def content(view: View) -> tuple[object, ...]:
    """Return what the report of a View depends on.

    Raises:
        NoReport: if no panel holds a method.
    """
    if about_images(view):
        wished = view.looks.images
        return ("images", wished.folder, wished.runs, wished.shown, wished.cut)
    panel = panel_of(view)
    return ("points", view.base.key(), view.base.with_method(panel.method).key(), view.base.evaluation)


def choice_of(view: View, found: Opened) -> Choice:
    """Return the method and the plane of recorded runs that a View looks at closely."""
    wished = view.looks.images
    return choice(found, wished.runs, wished.shown, wished.cut, method_title)


def report_of(view: View, memo: Memo, place: Store | None = None) -> Report:
    """Return the report on a View: of recorded runs on the method looked at closely, else on the panel in focus.

    Args:
        view: the picture at hand.
        memo: where results of points are kept.
        place: where one's own recorded runs lie; None for the store of this process.

    Raises:
        ValueError: one sentence, where there is nothing to report or nothing can be computed.
    """
    if about_images(view):
        from explorer.contents.export import opened_of

        found = opened_of(view, place or store.store())
        return images.report(found, choice_of(view, found), view)
    return points.report(view, panel_of(view), memo)


def reporting(view: View, memo: Memo, tick: Callable[..., None]) -> Iterator[Report]:
    """Yield the report of a View, the work of a job."""
    tick(0, 1, "Measuring for the report")
    yield report_of(view, memo)


def written(report: Report, kind: str) -> bytes:
    """Return a report as a file.

    Args:
        report: what it says.
        kind: one of KINDS.
    """
    return (page.page(report) if kind == "html" else markdown.markdown(report)).encode()


def made(ask: Callable[[], Report], kind: str) -> bytes:
    """Return a report as a file; where there is none, a file that says why in one sentence.

    Args:
        ask: returns the report; its ValueError says why there is none.
        kind: one of KINDS.
    """
    try:
        return written(ask(), kind)
    except ValueError as error:
        said = f"There is no report of this picture: {error}."
        return (
            f"<!doctype html><meta charset=utf-8><p>{escape(said)}</p>\n" if kind == "html" else f"{said}\n"
        ).encode()
