"""Say which knobs are tried next: first settings that somebody stands for, then Optuna's draws.

A search is a pure function of what a method's file declares, of the trials so far and of a seed. So a search that was
killed goes on with the very trials that it would have made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from explorer.knobs import knob_infos
from explorer.ranges import Range, Searched
from explorer.seeds import child_seed
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG

RANDOM = 8  # draws before the sampler looks at what trials showed
WORST = 9.0  # stands for a model that broke down; no finite judge is as bad
ATTEMPTS = 50  # draws until knobs fit together
FIGURES = 3  # of a drawn number

Knobs = dict[str, Any]  # JSON values


def start_of(method: str, base: Spec) -> Knobs:
    """Return the knobs (those that differ from the defaults) with which a method is first tried on a request."""
    return {**CATALOG.methods[method].images.start, **held_at(method, base)}


def held_at(method: str, base: Spec) -> Knobs:
    """Return the knobs that hold in every trial on a data set of this size."""
    return dict(CATALOG.methods[method].images.start_at.get(_size(base), {}))


def _size(base: Spec) -> str:
    return f"{base.data.name}-{base.data.options.model_dump().get('n')}"


def _authors_preset(method: str, base: Spec) -> str:
    """Return the name of the preset with the authors' own setting for a request; "" where there is none."""
    images = CATALOG.methods[method].images
    return images.authors_for.get(base.request.choose, images.authors_for.get(_size(base), images.authors))


def authors_of(method: str, base: Spec) -> Knobs | None:
    """Return the authors' own setting, cut where it would cost more than a trial may; None where there is none."""
    declared = CATALOG.methods[method]
    images = declared.images
    name = _authors_preset(method, base)
    if not name:
        return None
    preset = declared.presets[name]
    knobs = dict(preset.knobs) if preset.images else {**images.start, **preset.knobs}
    most = {one: values.high for one, values in images.search.items() if isinstance(values, Range) and values.whole}
    defaults = _defaults(method)
    for one, limit in {**most, **images.cut}.items():
        value = knobs.get(one, defaults[one])
        if value is not None and value > limit:
            knobs[one] = int(limit)
    return knobs


def cut_of(method: str, base: Spec) -> dict[str, tuple[Any, Any]]:
    """Return what of the authors' setting was cut: knob -> (theirs, what is tried)."""
    declared, tried = CATALOG.methods[method], authors_of(method, base)
    if tried is None:
        return {}
    name = _authors_preset(method, base)
    theirs = {**_defaults(method), **({} if declared.presets[name].images else declared.images.start)}
    theirs |= declared.presets[name].knobs
    return {one: (theirs[one], value) for one, value in tried.items() if value != theirs[one]}


def complete(method: str, base: Spec, knobs: Mapping[str, Any]) -> Knobs:
    """Return a setting that names every knob that is searched or that the method's start names, by name.

    So it means the same whether it is laid over the defaults or over the start.
    """
    declared = CATALOG.methods[method]
    defaults, named = _defaults(method), {*declared.images.knobs() - set(declared.images.cut), *declared.searched}
    found = {**{name: defaults[name] for name in named}, **knobs, **held_at(method, base)}
    return {name: found[name] for name in defaults if name in found}


def space_of(method: str, base: Spec, settings: Sequence[Mapping[str, Any]] = ()) -> dict[str, Searched]:
    """Return what each searched knob is drawn from, widened so that it holds the values of some settings."""
    fixed, defaults = held_at(method, base), _defaults(method)
    space = {name: values for name, values in CATALOG.methods[method].searched.items() if name not in fixed}
    for name, values in space.items():
        for setting in settings:
            values = _widened(values, setting.get(name, defaults[name]))
        space[name] = values
    return space


def draw(method: str, base: Spec, history: Sequence[tuple[Mapping[str, Any], float]], first: int, number: int) -> Knobs:
    """Return the knobs of a trial that nobody named.

    Args:
        method: its key.
        base: the request, without a method.
        history: (complete knobs, honest judge) of the trials so far, in order, with those of a similar request.
        first: how many of them were named, 0 where a similar request's are among them; after so many and `RANDOM` more
            the sampler looks at what they showed.
        number: of the trial; with the Spec's seed it decides what is drawn.

    Raises:
        SpecError: if no draw fits together.
    """
    space = space_of(method, base, [knobs for knobs, _ in history])
    error: SpecError | None = None
    for attempt in range(ATTEMPTS):
        seed = child_seed(base.seed, "trial", method, number, attempt) % 2**32
        drawn = complete(method, base, {**start_of(method, base), **_asked(space, history, first + RANDOM, seed)})
        try:
            base.with_part(method={"name": method, "knobs": drawn})
        except SpecError as refused:
            error = refused
        else:
            return drawn
    raise error or SpecError(f"{method} has nothing to search")


def _asked(
    space: Mapping[str, Searched], history: Sequence[tuple[Mapping[str, Any], float]], random: int, seed: int
) -> Knobs:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=random, multivariate=True)
    study, distributions = optuna.create_study(sampler=sampler), dict(_distributions(space))
    for knobs, judge in history:
        params = {name: knobs.get(name) for name in space}
        if all(_holds(values, params[name]) for name, values in space.items()):
            study.add_trial(
                optuna.trial.create_trial(params=params, distributions=distributions, value=min(judge, WORST))
            )
    return {name: _rounded(space[name], value) for name, value in study.ask(distributions).params.items()}


def _distributions(space: Mapping[str, Searched]) -> Iterator[tuple[str, Any]]:
    from optuna import distributions

    for name, values in space.items():
        if not isinstance(values, Range):
            yield name, distributions.CategoricalDistribution(values)
        elif values.whole:
            yield name, distributions.IntDistribution(int(values.low), int(values.high), log=values.log)
        else:
            yield name, distributions.FloatDistribution(values.low, values.high, log=values.log)


def _rounded(values: Searched, value: Any) -> Any:
    if not isinstance(values, Range) or values.whole:
        return value
    return min(max(float(f"{value:.{FIGURES}g}"), values.low), values.high)


def _widened(values: Searched, value: Any) -> Searched:
    """Return a range or choices that hold a value too; as they are where no such range can."""
    if not isinstance(values, Range):
        return values if value in values else (*values, value)
    if value is None or (values.log and value <= 0):
        return values
    return Range(min(values.low, value), max(values.high, value), values.log, values.whole)


def _holds(values: Searched, value: Any) -> bool:
    if isinstance(values, Range):
        return value is not None and values.holds(value)
    return value in values


def _defaults(method: str) -> Knobs:
    return {name: info.default for name, info in knob_infos(CATALOG.methods[method].knobs).items()}
