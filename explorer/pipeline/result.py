"""Make the one JSON object of a run."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.pipeline.attacks.one_model import attack_numbers
from explorer.pipeline.memo import Json
from explorer.pipeline.numbers.compare import compare
from explorer.pipeline.numbers.scores import scores
from explorer.pipeline.paths import path
from explorer.pipeline.run import Run
from explorer.records import Band, defined


def result(run: Run) -> Json:
    """Return what `python -m explorer run` prints; what is not defined is None.

    Raises:
        SpecError: if the Spec cannot be run.
    """
    numbers, more, attacks = compare(run), scores(run), attack_numbers(run, spread=False)
    accuracy = {role: _json(bands) for role, bands in numbers.accuracy.items()}
    screen = {role: _first(numbers.accuracy[role]) for role in ("original", "unlearned")}
    return {
        "spec": run.spec.as_json(),
        "models": {
            **{
                role: {
                    "accuracy": screen[role],
                    "attacks": {name: _first(found) for name, found in attacks.a[role].items()},
                    **_first(more.values[role]),
                }
                for role in screen
            },
            "retrained": {
                "accuracy": accuracy["retrained"],
                "attacks": _each(attacks.a["retrained"]),
                **_json(more.values["retrained"]),
            },
        },
        "to_retrained": {**_json(numbers.to_retrained), **_json(more.to_retrained), "attacks": _each(attacks.b)},
        "floor": {**_json(numbers.floor), **_json(more.floor), "attacks": _each(attacks.b_floor)},
        "spread": {"accuracy": accuracy["unlearned"], "to_retrained": _json(numbers.spread)},
        "signal_to_floor": defined(numbers.signal_to_floor),
        "cost": {"seconds": dict(numbers.seconds), "example_gradients": dict(numbers.example_gradients)},
        "trouble": path(run).trouble,
    }


def _json(bands: Mapping[str, Band]) -> dict[str, dict[str, float | int | None]]:
    return {name: band.as_json() for name, band in bands.items()}


def _each(attacks: Mapping[str, Mapping[str, Band]]) -> dict[str, dict[str, dict[str, float | int | None]]]:
    return {name: _json(statistics) for name, statistics in attacks.items()}


def _first(bands: Mapping[str, Band]) -> dict[str, float | None]:
    """Return the numbers of the model on screen."""
    return {name: defined(band.values[0]) for name, band in bands.items()}
