"""Measure what a report says of points of a plane, and draw its picture."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np

from explorer import pipeline
from explorer.contents import picture
from explorer.contents.attacks import quick
from explorer.contents.report.answers import Accuracy, Attacked, Distance, Measured, Told, answers
from explorer.contents.report.parts import Among, Report
from explorer.contents.report.said import asked, did, own_files, untested
from explorer.contents.requests import told
from explorer.contents.tables.cells import NOTHING, first
from explorer.contents.words import FAINT_WARNING, PLAYER_WORDS, faint, hardness_lines, ratio_sentence
from explorer.experiments.store.provenance import commit, versions
from explorer.figures.sheet import Sheet
from explorer.figures.still import sheet
from explorer.player import Look, pack
from explorer.player.still import still
from explorer.records import AttackNumbers, Band, Comparison
from explorer.session.desk import Here, silent
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, View

ADDRESS = "http://127.0.0.1:8501"  # where `python -m explorer app` serves, unless it is told otherwise
WIDEST = 205.0  # pixels of a picture: three of them and their legend are as wide as a page of A4
LOOK = (
    "Look at whether the solid line in the middle lies where the line on the right does. The picture does not show "
    "what an attacker could find."
)


def report(view: View, panel: Panel, memo: pipeline.Memo) -> Report:
    """Return the report on one panel.

    Args:
        view: the picture at hand.
        panel: one of its panels, with a method.
        memo: where results are kept.

    Raises:
        ValueError: one sentence, where nothing can be computed, or the method cannot answer the request.
    """
    spec = with_attacks(view.base.with_method(panel.method))
    run = pipeline.Run(spec, memo)
    pipeline.path(run)  # what cannot run is refused here
    facts = _facts(view, memo)
    found = measured(run)
    title = CATALOG.methods[panel.name].title
    kept = replace(view, page="watch", panels=(Panel("original"), panel, Panel("retrained")), focus=1, step=1.0)
    return Report(
        asked=(*facts, *asked(spec)),
        method=title,
        did=did(spec),
        picture=drawn(view, panel, memo),
        look=told(LOOK, spec.request.kind),
        answers=answers(found),
        untested=untested(_untested(run, found)),
        link=f"{ADDRESS}/watch?{urlencode(kept.outside().to_query())}",
        command="python -m explorer run spec.json",
        spec=json.dumps(spec.as_json(), separators=(",", ":")),
        hash=spec.key(),
        versions=made(),
        files=own_files(spec),
    )


def made() -> dict[str, str]:
    """Return what wrote the report: versions, and the commit where it is known."""
    return {**versions(), **({"commit": commit()[:10]} if commit() else {})}


def with_attacks(spec: Spec) -> Spec:
    """Return a run that asks the quick attacks, where the Spec names none."""
    if spec.evaluation.attacks is not None:
        return spec
    return spec.with_part(evaluation={**spec.evaluation.model_dump(exclude_none=True), "attacks": quick()})


def _facts(view: View, memo: pipeline.Memo) -> tuple[str, ...]:
    pieces = picture.Pieces(view.base, Here(memo), silent)
    facts: picture.Facts = pieces.one(*pieces.facts())
    said = [*hardness_lines(facts.hardness, facts.forgotten, facts.points, facts.kind)]
    said.append(told(ratio_sentence(facts.ratio), facts.kind))
    if faint(facts.ratio) and not facts.paired:
        said.append(told(FAINT_WARNING, facts.kind))
    return tuple(filter(None, [*said, *facts.notes]))


def measured(run: pipeline.Run) -> Measured:
    """Return the numbers of a run on points."""
    numbers = pipeline.compare(run, spread=False)
    attacks = pipeline.attack_numbers(run, spread=False)
    return Measured(
        kind=run.spec.request.kind,
        seeds=run.seeds,
        accuracy={name: _accuracy(numbers, name) for name in ("forget", "retain", "test")},
        distances={name: _distance(numbers, name) for name in ("js_divergence", "disagreement_area")},
        attacks=[_attacked(attacks, name) for name in _first_loss(attacks.a.get("unlearned", {}))],
        both=[Told(CATALOG.attacks[name].title, _folded(b["auc"]), Among.of(attacks.b_floor[name]["auc"]))
              for name, b in attacks.b.items()],
        left_out=list(attacks.left_out.values()),
        work=_work(numbers),
        seconds=numbers.seconds["unlearn"] + numbers.seconds["prepare"],
        retraining=numbers.seconds["retrain"],
    )  # fmt: skip


def _first_loss(names: object) -> list[str]:
    found = [str(name) for name in names]  # type: ignore[attr-defined]
    return sorted(found, key=lambda name: (not CATALOG.attacks[name].leads, name))


def _accuracy(numbers: Comparison, name: str) -> Accuracy:
    before, after = (first(numbers.accuracy[role].get(name, NOTHING)) for role in ("original", "unlearned"))
    return Accuracy(before, after, Among.of(numbers.accuracy["retrained"].get(name, NOTHING)))


def _distance(numbers: Comparison, name: str) -> Distance:
    before, after = (found.get(name, NOTHING).mean for found in (numbers.untouched, numbers.to_retrained))
    return Distance(before, after, Among.of(numbers.floor.get(name, NOTHING)))


def _attacked(found: AttackNumbers, name: str) -> Attacked:
    own = found.a["unlearned"][name]
    low, high = (first(own.get(end, NOTHING)) for end in ("auc_low", "auc_high"))
    return Attacked(
        CATALOG.attacks[name].title, first(found.a["original"][name]["auc"]), first(own["auc"]), low, high,
        Among.of(found.a["retrained"][name]["auc"]),
    )  # fmt: skip


def _folded(band: Band) -> float:
    """Return the mean over pairs of max(a, 1 - a), as the floor is counted."""
    return float(np.mean([max(value, 1 - value) for value in band.finite])) if band.finite else math.nan


def _work(numbers: Comparison) -> float:
    spent = numbers.example_gradients
    return (spent["unlearn"] + spent["prepare"]) / spent["retrain"] if spent["retrain"] else math.nan


def _untested(run: pipeline.Run, found: Measured) -> list[str]:
    over = [attack.title for attack in CATALOG.attacks.values() if "shadows" in attack.needs]
    said = [
        f"Attacks that judge each point by itself, with many models trained for it: {'; '.join(sorted(over))}.",
        "What shows only in the weights: whether training on brings the points back, or a probe of the hidden layer "
        "finds them (the page Audits asks that).",
        "Other requests, and the same request from another original model: the numbers are of one model.",
    ]
    return said + [f"{one}." for one in found.left_out]


def drawn(view: View, panel: Panel, memo: pipeline.Memo) -> Sheet:
    """Return before, after and retrained side by side."""
    shown = replace(view, panels=(Panel("original"), panel, Panel("retrained")), focus=1)
    pieces = picture.Pieces(view.base, Here(memo), silent)
    scene = pieces.one(*pieces.scene())
    titles = ("Before", f"After: {panel.title}", "Retrained without them" if view.base.request.kind == "forget" else
              "Retrained, corrected")  # fmt: skip
    frames = [
        replace(
            pieces.one(*pieces.panel(one)), name=name, title=title, accuracy={}, cost=math.nan, note="", unmoved="",
            several=0,
        )
        for name, one, title in zip(picture.panel_names(shown), shown.panels, titles, strict=True)
    ]  # fmt: skip
    layers = ("confidence", "boundary", "original", "retrained")
    look = Look(step=1.0, layers=layers, words=PLAYER_WORDS[view.base.request.kind])
    return sheet(replace(still(pack(scene, frames, look), ""), columns=3, widest=WIDEST, steps=False))
