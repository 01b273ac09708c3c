"""Compute what the page *attacks* shows: attacks on every method, and further scores of one.

The generators are the work of jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from explorer import pipeline
from explorer.contents import exposure as how_exposed
from explorer.contents.picture import panel_names
from explorer.contents.words import reason
from explorer.records import AttackNumbers, Comparison, ModelScores, PairNumbers
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View

Tick = Callable[..., None]


@dataclass(frozen=True)
class Asked:
    """What is ready.

    Attributes:
        exposure: how much there is to forget; None until known.
        numbers: panel name -> what the attacks say of its method.
        compared: panel name -> its accuracies and distances.
        refused: panel name -> why its method cannot be asked.
        complete: whether this is the last piece.
    """

    exposure: pipeline.Exposure | None = None
    numbers: Mapping[str, AttackNumbers] = field(default_factory=dict[str, AttackNumbers])
    compared: Mapping[str, Comparison] = field(default_factory=dict[str, Comparison])
    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    complete: bool = False


def every() -> list[str]:
    """Return the attacks that need one model only."""
    return [name for name, attack in CATALOG.attacks.items() if "logits" in attack.needs]


def quick() -> list[str]:
    """Return the attacks on one model that run by default."""
    return [name for name in every() if not CATALOG.attacks[name].slow]


def per_point() -> list[str]:
    """Return the attacks over many models."""
    return _leaders_first([name for name, attack in CATALOG.attacks.items() if "shadows" in attack.needs])


def population() -> list[str]:
    """Return the attacks with one rule for all points that are fitted on nothing.

    Of attacks that score alike, and so rank alike, only the first by key.
    """
    plain = {name: attack for name, attack in CATALOG.attacks.items() if "logits" in attack.needs and not attack.fits}
    first = {attack.score: name for name, attack in reversed(plain.items())}
    return _leaders_first([name for name in plain if name in first.values()])


def judging_unseen() -> list[str]:
    """Return the attacks over many models that can judge points which none of the models saw."""
    return [name for name in per_point() if CATALOG.attacks[name].judges_unseen]


def _leaders_first(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (not CATALOG.attacks[name].leads, name))


def chosen(view: View) -> list[str]:
    """Return the attacks on one model that a view asks for."""
    named = view.base.evaluation.attacks
    return quick() if named is None else [name for name in every() if name in named]


def asked_of(spec: Spec, attacks: list[str], shadows: int = 0) -> Spec:
    """Return the run with these attacks."""
    evaluation = {**spec.evaluation.model_dump(exclude_none=True), "attacks": attacks, "shadows": shadows}
    return spec.with_part(evaluation=evaluation)


def methods(view: View) -> dict[str, Spec]:
    """Return the run of every panel that holds a method, by panel name."""
    attacks = chosen(view)
    return {
        name: asked_of(view.base.with_method(panel.method), attacks)
        for name, panel in zip(panel_names(view), view.panels, strict=True)
        if panel.method
    }


def focus(view: View) -> str:
    """Return the name of the panel whose method is looked at closely, or "" where there is none."""
    names = list(methods(view))
    here = panel_names(view)[view.focus]
    return here if here in names else next(iter(names), "")


def run_key(view: View) -> str:
    """Return the key of the run of the method in focus, or "" where there is none."""
    spec = methods(view).get(focus(view))
    return spec.key(*pipeline.PATH_PARTS) if spec else ""


def live_key(view: View) -> tuple[str, int, int]:
    """Return the key of the live attack that a view asks for; it asks the retrained models on screen too."""
    return run_key(view), view.looks.attacks.shadow_models, view.base.evaluation.retrained_seeds


def asking(view: View, memo: pipeline.Memo, tick: Tick) -> Iterator[Asked]:
    """Yield the numbers of the attacks, piece by piece.

    Raises:
        ValueError: one sentence, if no attack can run at all.
    """
    known, base = methods(view), view.base
    tick(0, 1, "Training original and retrained models")
    _ = pipeline.Run(base, memo, lambda done, total: tick(done, total)).references
    now = Asked(how_exposed.found(base, memo, tick))
    yield now
    steps = [(spread, name) for spread in (False, True) for name in known]
    for done, (spread, name) in enumerate(steps):
        if name in now.refused:
            continue
        title = CATALOG.methods[name.partition(":")[2]].title
        sentence = f"Asking the attacks about {title}" + (" from the other originals" if spread else "")
        tick(done, len(steps), sentence)
        now = _one(now, name, known[name], memo, spread, _still(tick, done, len(steps), sentence))
        yield now
    yield replace(now, complete=True)


def _still(tick: Tick, done: int, total: int, sentence: str) -> Tick:
    """Return a tick that says the same whatever it is told."""

    def tell(*_: object) -> None:
        tick(done, total, sentence)

    return tell


def _one(now: Asked, name: str, spec: Spec, memo: pipeline.Memo, spread: bool, tick: Tick) -> Asked:
    try:
        pipeline.path(pipeline.Run(spec, memo, tick))
        compared = pipeline.compare(pipeline.Run(spec, memo), spread=spread)
        numbers = pipeline.attack_numbers(pipeline.Run(spec, memo, tick), spread=spread)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        return replace(now, refused={**now.refused, name: reason(error)})
    return replace(
        now, numbers={**now.numbers, name: numbers}, compared={**now.compared, name: compared}
    )  # fmt: skip


def scores_key(spec: Spec) -> tuple[str, int]:
    """Return what the further scores of a method depend on."""
    return spec.key(*pipeline.PATH_PARTS), spec.evaluation.retrained_seeds


def scoring(spec: Spec, memo: pipeline.Memo, tick: Tick) -> Iterator[ModelScores]:
    """Yield the further scores and distances of a method."""
    tick(0, 0, "Computing scores and distances")
    yield pipeline.scores(pipeline.Run(spec, memo))


def pairing(spec: Spec, memo: pipeline.Memo, tick: Tick) -> Iterator[PairNumbers]:
    """Yield question B over many models."""
    sentence = f"Unlearning {pipeline.PAIRS} and retraining {2 * pipeline.PAIRS} models"
    yield pipeline.many_models(pipeline.Run(spec, memo, lambda done, total: tick(done, total, sentence)))
