"""Read what a report says of recorded runs on images, and draw its picture: a plane through three images."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from explorer.contents.recorded import player
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import Choice, Opened
from explorer.contents.report.answers import RETRAINED, Accuracy, Attacked, Distance, Further, Measured, Told, answers
from explorer.contents.report.parts import Among, Line, Report, Shot
from explorer.contents.report.points import ADDRESS, WIDEST, made
from explorer.contents.report.said import asked, did, own_files, untested
from explorer.contents.requests import told
from explorer.contents.tables import papers
from explorer.contents.tables.tiles import tiles
from explorer.contents.words import method_title
from explorer.experiments.cifar import audited, files, many
from explorer.figures.numerals import number, span
from explorer.figures.png import data_uri, png
from explorer.figures.sheet import Sheet
from explorer.figures.still import sheet
from explorer.player import Look, pack
from explorer.player.still import still
from explorer.records import ImageRun, Summary
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View

SHOTS = 6
PLANE = (
    "The plane goes through three real images: every point of it is a mixture of them. Look at whether the region "
    "around the image to forget has changed as on the right."
)


def report(opened: Opened, chosen: Choice, view: View) -> Report:
    """Return the report on the method that is looked at closely.

    Args:
        opened: the folder.
        chosen: its method and its plane.
        view: the picture at hand.

    Raises:
        ValueError: one sentence, where no method is recorded.
    """
    if not chosen.shown:
        raise ValueError(f"{opened.title()} has no recorded method, so there is nothing to report")
    run = opened.methods[chosen.shown]
    spec = Spec.parse(dict(run.spec))
    kept = replace(view, page="images", step=1.0).looking(
        "images", folder=opened.name, runs=(chosen.shown,), shown=chosen.shown, cut=chosen.cut
    )
    return Report(
        asked=(_count(opened, spec), papers.at_stake(opened), *asked(spec)),
        method=method_title(chosen.shown),
        did=(*did(spec), *_tuned(run)),
        picture=drawn(opened, chosen),
        look=told(PLANE, opened.kind),
        answers=answers(measured(opened, run)),
        untested=untested(_untested(opened, chosen.shown)),
        link=f"{ADDRESS}/images?{urlencode(kept.outside().to_query())}",
        command="python -m explorer run spec.json   (trains anew; needs the images in EXPLORER_DATA)",
        spec=json.dumps(spec.as_json(), separators=(",", ":")),
        hash=spec.key(),
        versions=_made(run),
        shots=shots(opened, chosen.shown),
        files=own_files(spec),
    )


def _count(opened: Opened, spec: Spec) -> str:
    members = next((one.attacks["loss"].members for one in opened.original.numbers.models if "loss" in one.attacks), 0)
    count = int(members) or len(opened.scene.probes.forget)
    verb = "have a wrong label that is to be corrected" if opened.corrects else "are to be forgotten"
    return f"{count:,} of {spec.data.as_json()['n']:,} images {verb}: {opened.scene.title}."


def _tuned(run: ImageRun) -> tuple[str, ...]:
    return (f"How its knobs were chosen: {run.numbers.tuned}.",) if run.numbers.tuned else ()


def _made(run: ImageRun) -> Mapping[str, str]:
    """Return what made the recording, and what wrote the report."""
    recorded = run.numbers.made
    if recorded is None:
        return made()
    by = {f"recorded with {name}": version for name, version in recorded.versions.items()}
    more = {"recorded at commit": recorded.commit[:10], "recorded on": recorded.hardware}
    return {**{name: one for name, one in made().items() if name in ("explorer", "commit")}, **by,
            **{name: one for name, one in more.items() if one}}  # fmt: skip


def measured(opened: Opened, run: ImageRun) -> Measured:
    """Return the numbers of a recorded run beside those of its folder."""
    numbers = run.numbers
    return Measured(
        kind=opened.kind,
        seeds=len(opened.retrained.numbers.models),
        accuracy={name: _accuracy(opened, run, name) for name in ("forget", "retain", "test")},
        distances=_distances(opened, run),
        attacks=[_attacked(opened, run, name) for name in papers.attacks(opened) if name in _attacks(run)],
        both=_both(opened, run),
        further=list(_further(opened, run.name).values()),
        work=numbers.example_gradients.work / opened.retrained.numbers.example_gradients.work,
        seconds=numbers.seconds.work,
        retraining=opened.retrained.numbers.seconds.work,
    )


def _accuracy(opened: Opened, run: ImageRun, name: str) -> Accuracy:
    """Return an accuracy; where a class goes, that on test images of what is kept."""
    column = "test_retain" if name == "test" and papers.band(run, "test_retain").finite else name
    before, after, goal = (papers.band(one, column) for one in (opened.original, run, opened.retrained))
    return Accuracy(before.mean, after.mean, Among.of(goal))


def _distances(opened: Opened, run: ImageRun) -> dict[str, Distance]:
    before, after, floor = (
        opened.original.numbers.to_retrained,
        run.numbers.to_retrained,
        opened.retrained.numbers.floor,
    )
    if after is None or floor is None:
        return {}
    start = before.js_divergence.mean if before else math.nan
    return {"js_divergence": Distance(start, after.js_divergence.mean, Among.of(floor.js_divergence))}


def _attacks(run: ImageRun) -> Mapping[str, object]:
    return run.numbers.models[0].attacks


def _attacked(opened: Opened, run: ImageRun, name: str) -> Attacked:
    own = run.numbers.models[0].attacks[name]
    before, goal = (papers.band(one, "attack", name) for one in (opened.original, opened.retrained))
    return Attacked(_title(name), before.mean, own.auc, own.auc_low, own.auc_high, Among.of(goal))


def _title(name: str) -> str:
    return CATALOG.attacks[name].title if name in CATALOG.attacks else name.replace("_", " ")


def _both(opened: Opened, run: ImageRun) -> list[Told]:
    after, floor = run.numbers.to_retrained, opened.retrained.numbers.floor
    if after is None or floor is None:
        return []
    return [
        Told(_title(name), _folded(found.auc), Among.of(floor.attacks[name].auc))
        for name, found in after.attacks.items()
        if name in floor.attacks
    ]


def _folded(found: Summary) -> float:
    return max(found.mean, 1 - found.mean)


_UNTESTED = {
    "u_lira": "Attacks with models trained for each image alone (LiRA, U-LiRA).",
    "relearning": "What shows only in the weights: whether training on brings the images back.",
}


def _further(opened: Opened, method: str) -> dict[str, Further]:
    """Return what is known of a method beside its recorded run, by the keys of `_UNTESTED`."""
    if opened.place.parent != files.SHIPPED:
        return {}
    found = dict[str, Further]()
    audits, (_, attacked) = audited.read(files.SHIPPED, opened.name), many.read(files.SHIPPED, opened.name)
    peaks = {name: one.get("relearning", {}).get("peak") for name, one in audits.items()}
    own, goal = peaks.get(method), peaks.get("retrained")
    if own is not None and goal is not None:
        among = Among.of(goal)
        found["relearning"] = Further(
            Line(
                "Points to forget that it gets right again after it was trained on with others, at the most",
                "", number(own.mean), among.text(), RETRAINED, among.covers(own.mean),
            ),
            "Training on with other images brings them back, though none of them is shown.",
            "Of training on: ● where it gets at most as many right as the retrained models do.",
        )  # fmt: skip
    if method in attacked and many.RETRAINED in attacked:
        before, (after, low, high), goals = (
            attacked[name].auc[many.ATTACK] for name in (many.ORIGINAL, method, many.RETRAINED)
        )
        mean, least, most = goals
        found["u_lira"] = Further(
            Line(
                "Points to forget against unseen ones: AUC of U-LiRA, over many models of other halves of the images",
                number(before[0]), f"{number(after)} [{span(low, high)}]", f"{number(mean)} [{span(least, most)}]",
                RETRAINED, Among(mean, least, most, 2).holds(after),
            ),
            f"Who trains many models like this one can tell them apart image by image (U-LiRA, AUC {number(after)}).",
            "Of U-LiRA: ● where its AUC lies in the interval of that of retrained models.",
        )  # fmt: skip
    return found


def _untested(opened: Opened, method: str) -> list[str]:
    return [
        *(sentence for name, sentence in _UNTESTED.items() if name not in _further(opened, method)),
        "Other requests, and the same request from another original model: the method was run once from one.",
        *(f"Not read: {one}." for one in opened.damaged),
    ]


def shots(opened: Opened, shown: str) -> tuple[Shot, ...]:
    """Return some of the images that were to be forgotten, with the confidence in their class of the three models."""
    return tuple(
        Shot(
            data_uri(png(one.image, level=9)), one.true,
            (number(one.confidence["original"]), number(one.confidence["unlearned"]),
             number(one.confidence["retrained"])),
        )
        for one in tiles(opened, shown)[:SHOTS]
    )  # fmt: skip


def drawn(opened: Opened, chosen: Choice) -> Sheet:
    """Return the plane before, after and retrained, side by side."""
    cut, run = Cut(opened, chosen.cut, (chosen.shown,)), opened.methods[chosen.shown]
    three = (
        ("original", "Before", opened.original, "reference"),
        (chosen.shown, f"After: {method_title(chosen.shown)}", run, "approximate"),
        ("retrained", "Retrained", opened.retrained, "reference"),
    )
    frames = [
        replace(cut.panel(*one), accuracy={}, cost=math.nan, note="", unmoved="", several=0, trouble="")
        for one in three
    ]
    look = Look(step=1.0, layers=("confidence", "boundary", "original", "retrained"), words=player.words_of(opened))
    return sheet(replace(still(pack(cut.scene(), frames, look), ""), columns=3, widest=WIDEST, steps=False))
