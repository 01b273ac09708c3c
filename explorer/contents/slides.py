"""Make what a slide shows: the player's bytes, with nothing around the picture; a table; or a few words.

A slide has the points, the lines, the panels' titles, how many forgotten points are right, and a short legend. A page
whose picture does not move (attacks, some audits) gives its main numbers as a table, each beside retrained's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from explorer import pipeline
from explorer.contents import attacks, audits, blobs
from explorer.contents.lessons import shown as lesson_shown
from explorer.contents.lessons.staged import staged
from explorer.contents.requests import told
from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, number
from explorer.decks import Deck, moves
from explorer.lessons import SKIPPED, Guess, lessons, place_of, standing
from explorer.player import Overlay, looking
from explorer.player.presenter import exported
from explorer.records import Band
from explorer.session.desk import SCREEN, Desk, Here, Wish, silent
from explorer.spec.catalog import CATALOG
from explorer.view import View

Tick = Callable[..., None]
Kind = Literal["player", "table", "text"]
#: What the legend of a slide says; what is not named here is said as on a page, "" leaves an entry out.
WORDS: Mapping[str, str] = {
    **lesson_shown.WORDS,
    "setForget": "forget",
    "numbers": "forget: share of the points to forget given their label",
    "cloud": "{count} more retrained",
}
READ_A = (
    "AUC. A: can forgotten points be told from unseen ones? B: can the model be told from a retrained one (above .5: "
    "it is less sure)?"
)
READ = "● lies in the range of the retrained models, ○ outside."


@dataclass(frozen=True)
class Content:
    """What a slide shows.

    Attributes:
        kind: "player" for its bytes; "table" for JSON {"heads", "rows", "reads"}; "text" for JSON {"text"}.
        body: that.
    """

    kind: Kind
    body: bytes


def content(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    """Return what the slide of a View shows.

    Args:
        view: what to show; on the page *lessons* the step at which it stands.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no picture.
    """
    by_page = {"lessons": _step, "attacks": _attacks, "audits": _audit, "streams": _stream}
    return by_page.get(view.page, _panels)(view, memo, tick)


def _panels(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    return _playing(view, blobs.whole(view, memo, tick))


def _playing(view: View, blob: bytes) -> Content:
    """Return a picture without controls, which plays once from its beginning unless the View names a step."""
    place = f"slide:{view.page}"
    words = {name: told(text, view.base.request.kind) for name, text in WORDS.items()}
    overlay = Overlay(place=place, sets=("forget",))
    return Content("player", looking(blob, overlay, controls=(), lines=(0, 0), ratio="", words=words))


def _step(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    """Return a step of a lesson; at its end what one can say now."""
    place = place_of(view, lessons())
    if place.trouble or place.lesson is None:
        raise ValueError(place.trouble or "`lesson` must name a lesson")
    step = place.step
    if step is None:
        return _json("text", {"text": place.lesson.goal})
    seen = standing(step, place.answer)
    *_, found = staged(step, seen, Here(memo), silent)
    blob = lesson_shown.blob(place, seen, found)
    words = {"setForget": "forget", "setRetain": "retain"}
    if isinstance(step, Guess) and place.answer is not None:
        words["told"] = lesson_shown.outcome(step, seen, SKIPPED, found)
    return Content("player", looking(blob, controls=(), lines=(0, 0), words=words))


# --- numbers ----------------------------------------------------------------------------------------------------------


def _attacks(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    """Return the attack looked at closely (question A) and all of question B, methods across."""
    wanted, asked = set(attacks.methods(view)), attacks.Asked()
    for asked in attacks.asking(view, memo, tick):
        if wanted <= {*asked.numbers, *asked.refused}:
            break  # the models on screen; the spread over other originals takes several times as long
    if not asked.numbers:
        raise ValueError(next(iter(asked.refused.values()), "no panel holds a method, so there is nothing to attack"))
    some, each = next(iter(asked.numbers.values())), list(asked.numbers.values())
    known = some.a.get("retrained", {})
    attack = next((one for one in (view.looks.attacks.attack, "loss") if one in known), next(iter(known), ""))
    rows = list[list[str]]()
    if attack:
        goal = known[attack]["auc"]
        mine = [one.a.get("unlearned", {}).get(attack, {}).get("auc", NOTHING) for one in each]
        rows.append([f"A: {CATALOG.attacks[attack].title}", _range(goal), *(_beside(one, goal) for one in mine)])
    for name, said in some.b_floor.items():
        mine = [one.b.get(name, {}).get("auc", NOTHING) for one in each]
        values = [number(one.mean) if one.finite else "–" for one in mine]
        rows.append([f"B: {CATALOG.attacks[name].title}", f"floor {_range(said['auc'])}", *values])
    titles = [CATALOG.methods[name.partition(":")[2]].title for name in asked.numbers]
    reads = told(f"{READ_A} {READ}", view.base.request.kind)
    return _table(["", "Retrained", *titles], rows, reads)


def _audit(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    """Return an audit that moves as a picture, another one as its numbers."""
    audit = CATALOG.audits[view.looks.audits.audit]
    *_, now = audits.auditing(view, memo, tick)
    if moves(view.looks.audits.audit):
        return _playing(view, audits.blob(view, now))
    titles = audits.titles(view, now)
    if not titles or "retrained" not in now.numbers:
        raise ValueError(next(iter(now.refused.values()), "no panel holds a method, so there is nothing to audit"))
    rows = list[list[str]]()
    for name, field in audit.fields.items():
        goal = now.numbers["retrained"].get(name, NOTHING)
        mine = [now.numbers[panel].get(name, NOTHING) for panel in titles]
        rows.append([field.title, _range(goal), *(_of_field(field.shared, one, goal) for one in mine)])
    return _table(["", "Retrained", *titles.values()], rows, READ)


def _stream(view: View, memo: pipeline.Memo, tick: Tick) -> Content:
    """Return methods that answer a stream of requests; the page's own words say what its rings and lines are."""
    overlay = Overlay(place="slide:streams", sets=("forget",))
    return Content("player", looking(blobs.whole(view, memo, tick), overlay, controls=(), lines=(0, 0), ratio=""))


def _of_field(shared: bool, value: Band, goal: Band) -> str:
    return (number(cells.first(value)) if value.finite else "–") if shared else _beside(value, goal)


def _beside(value: Band, goal: Band) -> str:
    """Return the number of the model on screen, and whether it lies in retrained's range."""
    if not value.finite:
        return "–"
    return {"in": "● ", "out": "○ ", "": ""}[cells.within(cells.first(value), goal)] + number(cells.first(value))


def _range(band: Band) -> str:
    return f"{number(band.mean)} ({cells.span(band.low, band.high)})" if band.finite else "–"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], reads: str) -> Content:
    return _json("table", {"heads": list(heads), "rows": [list(row) for row in rows], "reads": reads})


def _json(kind: Kind, value: Any) -> Content:
    return Content(kind, json.dumps(value, ensure_ascii=False).encode())


# --- a whole deck -----------------------------------------------------------------------------------------------------


def page(deck: Deck, desk: Desk) -> str:
    """Return a deck as one page that plays without a server; a slide that cannot be shown says so in its place.

    Args:
        deck: its slides.
        desk: who computes them.
    """
    made = [_made(slide.view, slide.trouble, desk) for slide in deck.slides]
    return exported(deck.as_json(), [(one.kind, one.body) for one in made])


def _made(view: View | None, trouble: str, desk: Desk) -> Content:
    if view is None:
        return _json("text", {"trouble": trouble})
    if view.base.data.name == "csv":
        return _json("text", {"trouble": "data: uploaded points are shown to their own tab only"})
    try:
        return asked(view, desk)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return _json("text", {"trouble": " ".join(str(error).split())})


def asked(view: View, desk: Desk) -> Content:
    """Return what the slide of a View shows, computed by a desk; errors as of `content`."""
    return desk.first([wished(view, desk)], silent).result()


def wished(view: View, desk: Desk) -> Wish:
    """Return the wish for what the slide of a View shows; its Future holds the errors."""
    return desk.ask(_key(view), view.base, content, view, urgency=SCREEN, tick=silent)


def _key(view: View) -> str:
    return f"slide-{view.page}-" + "&".join(f"{name}={text}" for name, text in view.to_query().items())
