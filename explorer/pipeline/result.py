"""Make the one JSON object of a run, on points or on images."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.pipeline.attacks.one_model import attack_numbers
from explorer.pipeline.audits.numbers import audit_numbers, audits_of_original, refuse_audits
from explorer.pipeline.memo import Json
from explorer.pipeline.numbers.compare import compare
from explorer.pipeline.numbers.scores import scores
from explorer.pipeline.paths import path_on_screen
from explorer.pipeline.run import Run
from explorer.pipeline.streams.drift import drift_json
from explorer.pipeline.streams.requests import refuse
from explorer.records import Band, defined


def result(run: Run) -> Json:
    """Return what `python -m explorer run` prints; what is not defined is None. Scores and spread are of points only.

    Of a stream of requests, "stream" has the numbers of answering one after another; all others are of answering all at
    once.

    Raises:
        SpecError: if the Spec cannot be run, or an audit that it names cannot be made.
    """
    _ = run.method  # where the Spec names none, that is refused before anything is trained
    refuse_audits(run)
    if run.spec.request.sequence:
        refuse(run)
    numbers, attacks = compare(run), attack_numbers(run, spread=False)
    more = None if run.of_images else scores(run)
    values, to_retrained, floor = (more.values, more.to_retrained, more.floor) if more else ({}, {}, {})
    audits, named = audit_numbers(run), run.spec.evaluation.audits
    spread = {"accuracy": _json(numbers.accuracy["unlearned"]), "to_retrained": _json(numbers.spread)}
    one_model = {
        "original": audits_of_original(named or []),
        "unlearned": {name: _first(found) for name, found in audits.values["unlearned"].items()},
    }
    return {
        "spec": run.spec.as_json(),
        "models": {
            **{
                role: {
                    "accuracy": _first(numbers.accuracy[role]),
                    "attacks": {name: _first(found) for name, found in attacks.a[role].items()},
                    **({"audits": one_model[role]} if named else {}),
                    **_first(values.get(role, {})),
                }
                for role in ("original", "unlearned")
            },
            "retrained": {
                "accuracy": _json(numbers.accuracy["retrained"]),
                "attacks": _each(attacks.a["retrained"]),
                **({"audits": _each(audits.values["retrained"])} if named else {}),
                **_json(values.get("retrained", {})),
            },
        },
        "to_retrained": {**_json(numbers.to_retrained), **_json(to_retrained), "attacks": _each(attacks.b)},
        "floor": {**_json(numbers.floor), **_json(floor), "attacks": _each(attacks.b_floor)},
        **({} if run.of_images else {"spread": spread}),
        "signal_to_floor": defined(numbers.signal_to_floor),
        "cost": {
            what: {name: defined(value) for name, value in found.items()}
            for what, found in (("seconds", numbers.seconds), ("example_gradients", numbers.example_gradients))
        },
        **({"stream": drift_json(run)} if run.spec.request.sequence else {}),
        "trouble": path_on_screen(run).trouble,
    }


def _json(bands: Mapping[str, Band]) -> dict[str, dict[str, float | int | None]]:
    return {name: band.as_json() for name, band in bands.items()}


def _each(attacks: Mapping[str, Mapping[str, Band]]) -> dict[str, dict[str, dict[str, float | int | None]]]:
    return {name: _json(statistics) for name, statistics in attacks.items()}


def _first(bands: Mapping[str, Band]) -> dict[str, float | None]:
    """Return the numbers of the model on screen."""
    return {name: defined(band.values[0]) for name, band in bands.items()}
