"""Make the content of a file from what a View shows: a page that plays by itself, a still, a film, or the table.

    exported(view, "png", store) -> bytes

The page and the table are those of the buttons of the View's page. Stills and films are drawn here, without a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from explorer import pipeline
from explorer.contents import audits, picture, streams
from explorer.contents.poster_still import poster_still
from explorer.contents.recorded import picture as recorded_picture
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import Opened, at_first, choice, open_runs, places
from explorer.contents.requests import told
from explorer.contents.tables import papers
from explorer.contents.tables.by_page import panel_table, poster_of, recorded_table
from explorer.contents.words import FAINT_WARNING, faint, hardness_lines, method_title
from explorer.experiments.cifar import files, own
from explorer.experiments.store.store import Store
from explorer.figures import raster
from explorer.figures.pdf import pdf
from explorer.figures.sheet import Sheet
from explorer.figures.still import Still, sheet
from explorer.figures.svg import svg
from explorer.player import movie, standalone
from explorer.player.still import FPS, film, still
from explorer.session.desk import Here, silent
from explorer.spec.catalog import CATALOG
from explorer.view import View

STILLS = ("png", "svg", "pdf")
SHARP = 2.0  # pixels of a still, for one of its layout
NO_MP4 = "an .mp4 needs the extra `export` (pip install 'unlearning-explorer[export]'); a .gif needs nothing"


class CannotExport(ValueError):
    """The View has nothing of this kind to show; the message is one sentence."""


@dataclass(frozen=True)
class _Shown:
    """What the player shows: its bytes, the name of the page, and a still's title and sentences."""

    blob: bytes
    name: str
    title: str
    sentences: tuple[str, ...]

    def still(self, one: Still) -> Sheet:
        return sheet(replace(one, sentences=(*self.sentences, *one.sentences)))


def exported(view: View, kind: str, store: Store) -> bytes:
    """Return what a file holds.

    Args:
        view: what to show.
        kind: "html", "gif", "mp4", "png", "svg", "pdf" or "csv".
        store: where results are kept.

    Raises:
        CannotExport: one sentence.
        ValueError: one sentence, where nothing can be computed.
    """
    if kind == "mp4" and not movie.can_mp4():
        raise CannotExport(NO_MP4)
    if view.page == "method":
        view = view.alone(view.focus)
    if kind == "csv":
        return _table(view, store).encode()
    if view.page == "compare":
        if kind not in STILLS:
            raise CannotExport(
                f"`page` compare is a poster, which must be written as .png, .svg, .pdf or .csv, got .{kind}"
            )
        return _drawn(sheet(poster_still(poster_of(view, store), view)), kind)
    of_page = {"images": _recorded, "audits": _audited, "streams": _streamed}
    shown = of_page.get(view.page, _panels)(view, store)
    if kind == "html":
        return standalone.page(shown.blob, f"Unlearning Explorer: {shown.name}").encode()
    if kind in STILLS:
        return _drawn(shown.still(still(shown.blob, shown.title)), kind)
    images = [raster.raster(shown.still(one)) for one in film(shown.blob, shown.title)]
    return movie.gif(images, fps=FPS) if kind == "gif" else movie.mp4(images, fps=FPS)


def _drawn(drawing: Sheet, kind: str) -> bytes:
    if kind == "pdf":
        return pdf(drawing)
    return svg(drawing).encode() if kind == "svg" else raster.png(raster.raster(drawing, SHARP))


def _table(view: View, store: Store) -> str:
    if view.page == "images":
        return recorded_table(opened_of(view, store), view)
    found = panel_table(view, store)
    if not found:
        raise CannotExport("no panel of the View holds a method with numbers, so there is no table")
    return found


def _panels(view: View, store: Store) -> _Shown:
    """Return the panels of a View, as soon as they and what is said of the choice of points are known."""
    pieces = picture.pictures(view, Here(store.memo), silent)
    found = next(piece for piece in pieces if piece.facts is not None)
    facts = found.facts
    assert facts is not None
    said = hardness_lines(facts.hardness, facts.forgotten, facts.points, facts.kind)
    careful = [told(FAINT_WARNING, facts.kind)] if faint(facts.ratio) and not facts.paired else []
    data = view.base.data.name
    sentences = tuple(filter(None, [" ".join(said), *careful, *facts.notes]))
    return _Shown(picture.blob(found, view), data, CATALOG.data_titles[data], sentences)


def _audited(view: View, store: Store) -> _Shown:
    """Return the player of an audit; a figure that stands still has none."""
    audit = CATALOG.audits[view.looks.audits.audit]
    if not audit.way:
        moving = ", ".join(key for key, one in CATALOG.audits.items() if one.way)
        raise CannotExport(
            f"`audit` must be one that moves ({moving}) or be written as .csv, got {view.looks.audits.audit}"
        )
    *_, now = audits.auditing(view, store.memo, silent)
    title = f"{audit.title}: {CATALOG.data_titles[view.base.data.name]}"
    return _Shown(audits.blob(view, now), view.base.data.name, title, (audit.look, audit.not_shown))


def _streamed(view: View, store: Store) -> _Shown:
    """Return the player of a stream of requests."""
    *_, now = streams.streaming(view, Here(store.memo), silent)
    title = f"One request after another: {CATALOG.data_titles[view.base.data.name]}"
    return _Shown(streams.blob(view, now), view.base.data.name, title, ())


def recorded_blob(view: View, store: Store) -> bytes:
    """Return the player's bytes of a plane of recorded runs.

    Raises:
        CannotExport: one sentence, if there are no such runs.
    """
    return _recorded(view, store).blob


def _recorded(view: View, store: Store) -> _Shown:
    """Return a plane of recorded runs."""
    opened = opened_of(view, store)
    wished = view.looks.images
    chosen = choice(opened, wished.runs, wished.shown, wished.cut, method_title)
    blob = recorded_picture.blob(opened, chosen, view, Cut(opened, chosen.cut, chosen.runs))
    said = [*opened.damaged, *chosen.ignored, papers.at_stake(opened), papers.how_made(opened)]
    return _Shown(blob, opened.scene.title, opened.scene.title, tuple(filter(None, said)))


def opened_of(view: View, store: Store) -> Opened:
    """Return the folder of recorded runs that a View names, or the first there is.

    Raises:
        CannotExport: if there is none of that name.
        Unreadable: if it cannot be read.
    """
    found = places(files.SHIPPED, own.own_root(store))
    name = view.looks.images.folder or at_first(found)
    if name not in found:
        there = ", ".join(found) or "none"
        raise CannotExport(f"`folder` must name recorded runs that are here ({there}), got {name or 'none'}")
    return open_runs(name, found[name])


def filming(data_urls: Sequence[str], fps: float, memo: pipeline.Memo, tick: Callable[..., None]) -> dict[str, bytes]:
    """Return the films of a canvas's pictures, as a desk asks for them; arguments and errors as of `movie.films`."""
    del memo, tick  # it is made anew each time, in a second or two
    return movie.films(data_urls, fps)
