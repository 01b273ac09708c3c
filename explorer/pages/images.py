"""*CIFAR*: recorded runs on real images: the regions around an image move, and the numbers stand beside the papers'."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explorer import pipeline
from explorer.contents.recorded import grown, moved, picture, tuned
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import (
    Choice,
    Opened,
    at_first,
    by_network,
    choice,
    listed,
    network_of,
    open_runs,
)
from explorer.contents.requests import told
from explorer.contents.tables import formats, papers, tiles
from explorer.contents.tables.cells import number
from explorer.contents.words import MOVED, method_title
from explorer.experiments.cifar import files, known
from explorer.experiments.cifar.in_training import Growing
from explorer.pages.controls import own_run, own_sidebar
from explorer.pages.frame import player
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.frame.progress import progress, watched
from explorer.pages.parts import (
    about,
    attack_cards,
    claims,
    image_audits,
    image_u_lira,
    run_figures,
    said,
    stage,
    trials,
)
from explorer.records import ImageRun
from explorer.session import store
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG, GIVEN
from explorer.view import MAX_RUNS, View

LOOK_PLAYER = (
    "The plane through three real images: every point of it is an image, a mixture of the three. Look at whether the "
    "region around the image to forget changes as in the retrained panel."
)
NOT_PLAYER = (
    "What it does not show: any other direction. One unit is one standardised pixel value in length; a new seed moves "
    "these boundaries too (switch on More retrained)."
)
MOVED_JOB = "moved"
PLANE_HELP = "Each goes through another image to forget; one of them lies near the original's boundary."


def sidebar(tab: Tab) -> None:
    """Draw this page's own controls: what to train; found by the shell."""
    own_sidebar.sidebar(tab, *_looked_at(tab.view))


def _looked_at(view: View) -> tuple[ImageRun | None, Spec | None]:
    """Return the recorded run that is looked at closely, if there is one, and the Spec whose knobs can be moved."""
    found = about.all_runs()
    name = _name(view, found)
    try:
        opened = open_runs(name, found[name]) if found else None
    except files.Unreadable:
        return None, None
    if opened is None:
        return None, None
    shown = _choice(view, opened).shown
    return opened.methods.get(shown), moved.movable(view, opened, shown)


def _name(view: View, found: Mapping[str, Path]) -> str:
    """Return the name of the recorded runs that are shown: those asked for, or the first there are."""
    return view.looks.images.folder if view.looks.images.folder in found else at_first(found)


def _choice(view: View, opened: Opened) -> Choice:
    wished = view.looks.images
    return choice(opened, wished.runs, wished.shown, wished.cut, method_title)


def show() -> None:
    """Draw the page."""
    tab = current()
    with st.container(key="page"):
        if own_run.under_way() is not None and _watching():
            own_run.status(tab, lambda growing: _under_way(current(), growing))
            return
        own_run.status(tab)
        found = about.all_runs()
        if not found:
            st.info(
                "No recorded runs are here: `python -m explorer record` makes them, and Train your own on the left "
                "makes one.",
                icon=":material/folder_off:",
            )
            return
        name = _folder(tab.view, found)
        opened = about.opened(name, found[name])
        if opened is not None:
            _runs(tab, opened)


def _watching() -> bool:
    """Draw the switch between the run that is trained here and the recorded ones; say whether it is on."""
    return st.toggle("Watch your run", value=True, key="own:watch", help="Off: the recorded runs, while yours goes on.")


def _under_way(tab: Tab, growing: Growing) -> None:
    """Draw a run of one's own as far as it is."""
    opened, chosen = tab.kept("images:own", (growing, tab.view.looks.images.cut), lambda: grown.laid_out(
        growing, tab.view.looks.images.cut
    ))  # fmt: skip
    st.caption(grown.sentence(growing))
    _planes(tab, opened, chosen)
    run_figures.show(tab, opened, chosen)


def _runs(tab: Tab, opened: Opened) -> None:
    view = tab.view
    chosen = _choice(view, opened)
    _methods(opened, chosen)
    for sentence in (*opened.damaged, *chosen.ignored):
        st.warning(about.sentence(sentence), icon=":material/info:")
    _facts(opened)
    spec = moved.moved(view, opened, chosen.shown)
    if spec is None:
        tab.jobs.forget(MOVED_JOB)
        _shown(tab, opened, chosen)
    else:
        _moved(tab, opened, chosen, spec)
    said.titles(run.partition(MOVED)[0] for run in chosen.runs)
    if "numbers" not in view.hidden:
        claims.show()


def _moved(tab: Tab, opened: Opened, chosen: Choice, spec: Spec) -> None:
    """Draw the runs with one whose knobs were moved beside them, again while it grows."""
    given = opened.place, spec, str(store.store().place or "")
    job = tab.jobs.job(
        MOVED_JOB,
        (opened.name, known.moved_name(opened.place, spec)),
        lambda tick: tab.desk.stream(spec, known.growing, *given, tick=tick),
    )

    def draw() -> None:
        st.caption(f"{method_title(chosen.shown + MOVED)}, run from the recorded original; nothing is trained.")
        progress(job, MOVED_JOB)
        version = job.version  # before what it found is read: runs hold arrays, which are not compared
        run: ImageRun | None = job.partial
        if run is None:
            _shown(tab, opened, chosen)
        else:
            made_of = (opened, chosen, job, version)
            _shown(tab, *tab.kept("images:moved", made_of, lambda: moved.beside(opened, chosen, run)))

    watched(job, "images:moved", draw)


def _shown(tab: Tab, opened: Opened, chosen: Choice) -> None:
    view = tab.view
    _planes(tab, opened, chosen)
    _gallery(tab, opened, chosen)
    if "numbers" not in view.hidden:
        _table(view, opened, chosen)
        for part in (image_audits, image_u_lira):
            part.show(opened, export="export" not in view.hidden)
        trials.show(tab, opened, chosen.shown.partition(MOVED)[0])
    if chosen.runs:
        run_figures.show(tab, opened, chosen)


# --- what is looked at --------------------------------------------------------------------------------------------


def _folder(view: View, found: Mapping[str, Path]) -> str:
    """Draw the choice of recorded runs; return the one shown."""
    name, wished = _name(view, found), view.looks.images.folder
    if wished and wished not in found:
        st.warning(
            f"There are no recorded runs named {wished} here; shown are the first there are.",
            icon=":material/link_off:",
        )
    networks, network = by_network(found), network_of(name)
    first = {one: at_first({name: found[name] for name in names}) for one, names in networks.items()}
    with st.container(horizontal=True, key="of_network"):
        if len(networks) > 1:
            st.segmented_control(
                "Network", list(networks), default=network, required=True, key=controlled("network", network),
                help="VGG-11 and ResNet-18 are of the papers' kinds; compact is ours, small enough for all requests.",
                **on_change("network", lambda view, one: _opening(view, first[one]), networks),
            )  # fmt: skip
        among = networks[network]
        titles = {one: listed(one, found[one], in_network=len(networks) > 1) for one in among}
        st.selectbox(
            "Recorded runs", among, index=among.index(name), key=controlled(f"folder:{network}", name),
            format_func=titles.__getitem__,
            help="Request, data and recipe; yours are those that were trained here.",
            **on_change(f"folder:{network}", _opening, among),
        )  # fmt: skip
    return name


def _opening(view: View, name: str) -> View:
    return view.looking("images", folder=name, runs=(), shown="", cut=0)


def _methods(opened: Opened, chosen: Choice) -> None:
    offered = list(opened.methods)
    left, right = st.container(key="stacks_runs").columns([3, 1])
    left.multiselect(
        "Methods side by side", offered, default=list(chosen.runs), max_selections=MAX_RUNS,
        key=controlled(f"runs:{opened.name}", list(chosen.runs)), format_func=method_title,
        placeholder="Choose methods" if offered else "No method is recorded yet",
        help=f"At most {MAX_RUNS}; the table below has all that were recorded.",
        **on_change(f"runs:{opened.name}", lambda view, runs: view.looking("images", runs=tuple(runs))),
    )  # fmt: skip
    if chosen.runs:
        right.selectbox(
            "Looked at closely", chosen.runs, index=chosen.runs.index(chosen.shown),
            key=controlled(f"shown:{'~'.join(chosen.runs)}", chosen.shown), format_func=method_title,
            help="In the gallery, the curves and the cloud of features.",
            **on_change(
                f"shown:{'~'.join(chosen.runs)}", lambda view, shown: view.looking("images", shown=shown), chosen.runs
            ),
        )  # fmt: skip


def _facts(opened: Opened) -> None:
    said = [papers.how_made(opened), papers.at_stake(opened)]
    st.html(f'<div class="ue-facts">{"<br>".join(part for part in said if part)}</div>')
    before, _ = papers.leak(opened)
    if abs(before - 0.5) < pipeline.LITTLE and not opened.corrects:
        st.warning(
            f"The original hardly remembers: with AUC {number(before)} there is little that an attack could find.",
            icon=":material/blur_on:",
        )


# --- the planes ---------------------------------------------------------------------------------------------------


def _planes(tab: Tab, opened: Opened, chosen: Choice) -> None:
    view = tab.view
    cut = tab.kept("images:cut", (opened, chosen.cut, chosen.runs), lambda: Cut(opened, chosen.cut, chosen.runs))
    left, right = st.container(key="stacks_plane").columns([3, 1], vertical_alignment="center")
    with right:
        if len(opened.scene.planes) > 1:
            planes = range(len(opened.scene.planes))
            st.selectbox(
                "Plane", planes, index=chosen.cut, key=controlled(f"cut:{opened.name}", chosen.cut),
                format_func=lambda at: _plane_name(opened, at),
                help=told(PLANE_HELP, opened.kind),
                **on_change(f"cut:{opened.name}", lambda view, at: view.looking("images", cut=at), planes),
            )  # fmt: skip
    left.html(tab.kept("images:three", (opened, chosen.cut), lambda: tiles.three(cut)))
    made_of = (chosen, view.layout, view.hidden, view.layers, tab.shown.get("images:jump"))
    blob = tab.kept("images:player", (opened, made_of), lambda: picture.blob(opened, chosen, view, cut))
    player.mount(
        blob, key="player:images", on_step=tab.set_step, on_layers=stage.switched, on_focus=_focused,
        on_capture=stage.filmed,
    )  # fmt: skip
    st.caption(told(f"{LOOK_PLAYER} {NOT_PLAYER}", opened.kind))
    if "export" not in view.hidden:
        stage.take_away(tab, blob, opened.scene.title)


def _plane_name(opened: Opened, at: int) -> str:
    scene = opened.scene
    row = int(scene.planes[at].rows[0])
    where = int(np.flatnonzero(scene.probes.forget == row)[0])
    return f"{at + 1}: around {scene.names[scene.probes.after_y[where]]} (row {row})"


def _focused(name: str) -> None:
    if name in (GIVEN, *CATALOG.methods):
        act(lambda view: view.looking("images", shown=name))


# --- gallery ------------------------------------------------------------------------------------------------------


def _gallery(tab: Tab, opened: Opened, chosen: Choice) -> None:
    title = method_title(chosen.shown) if chosen.shown else ""
    now = mode()
    shown = tab.kept("images:tiles", (opened, chosen.shown, now), lambda: _tiles(opened, chosen.shown, now))
    what = "Images to correct" if opened.corrects else "Images to forget"
    st.html(f"<h2 class='ue-head'>{what}</h2>{tiles.key(now, title)}")
    st.html(shown)
    said = (
        "Look for images whose middle bar (after) ends where the lowest (retrained) does. What the gallery does not "
        "show: whether anything else was damaged; the table does."
    )
    if opened.corrects:
        said = (
            "Struck through is the wrong label on which the original was trained; the bars are the confidence in the "
            f"true one. {said}"
        )
    st.caption(said)


def _tiles(opened: Opened, shown: str, now: Any) -> str:
    return tiles.gallery(tiles.tiles(opened, shown), now)


# --- numbers ------------------------------------------------------------------------------------------------------


def _table(view: View, opened: Opened, chosen: Choice) -> None:
    asked = papers.attacks(opened)
    st.html("<h2 class='ue-head'>Numbers, in the layout of papers</h2>")
    wished = view.looks.images.table_attack
    attack = papers.attack_shown(opened, wished)
    if wished not in (attack, papers.ATTACK):
        st.warning(
            f"{_attack_title(wished)} was not asked of these runs: the table shows {_attack_title(attack)}.",
            icon=":material/info:",
        )
    if asked:
        st.selectbox(
            "Attack", asked, index=asked.index(attack), key=controlled(f"table_attack:{opened.name}", attack),
            format_func=_attack_title, width=360,
            help=told("Its AUC on forgotten against unseen images stands in the table.", opened.kind),
            **on_change(
                f"table_attack:{opened.name}", lambda view, name: view.looking("images", table_attack=name), asked
            ),
        )  # fmt: skip
    rate = CATALOG.attacks[attack].paper_rate_reads if attack in CATALOG.attacks else ""
    shown = papers.columns(opened, attack, _attack_title(attack), rate)
    st.html(papers.html(opened, shown, attack, method_title, chosen.runs) + papers.readings(shown))
    said = [papers.note(opened), papers.HOW_TO_READ, papers.careful(opened), tuned.cost(opened),
            papers.NOT_SHOWN]  # fmt: skip
    st.caption(" ".join(part for part in said if part))
    if attack in CATALOG.attacks:
        attack_cards.show([attack], label=f"What the attack looks at, and needs: {_attack_title(attack)}")
    if "export" in view.hidden:
        return
    heads = papers.heads(shown)
    caption = f"{opened.scene.title}. Mean and range over {len(opened.retrained.snapshots)} retrained models."
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Table as CSV", lambda: formats.as_csv(papers.exported(opened, attack, method_title), heads),
            f"{opened.scene.folder}.csv", "text/csv", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Table as LaTeX",
            lambda: formats.as_latex(papers.exported(opened, attack, method_title), heads, caption=caption),
            f"{opened.scene.folder}.tex", "text/plain", type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _attack_title(key: str) -> str:
    return CATALOG.attacks[key].title if key in CATALOG.attacks else key.replace("_", " ")
