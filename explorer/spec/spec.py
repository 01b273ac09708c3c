"""Describe one run as a small frozen value; each part is checked against the file that declares it.

A Spec is data, request, model, training, method, evaluation and seed. Its JSON is flat by part, for instance
{"data": {"name": "moons", "n": 400}}; anything may be left out. `Spec.parse` reads it and refuses what is wrong with
one sentence: field, rule, value. Two Specs with the same content have the same `key`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from explorer.knobs import KnobBase, knob, knob_infos, one_sentence, shorten, without_later
from explorer.spec.catalog import CATALOG, GIVEN
from explorer.spec.sequence import Sequence
from explorer.spec.values import is_object

RequestKind = Literal["forget", "correct_labels", "erase_feature"]
REQUEST_KINDS: tuple[RequestKind, ...] = ("forget", "correct_labels", "erase_feature")
PARTS = ("data", "request", "model", "training", "method", "evaluation", "seed")
MAX_SEED = 2**31 - 1
_K = TypeVar("_K", bound=KnobBase)


class SpecError(ValueError):
    """A Spec or View that cannot be; the message is one sentence for the user."""


@dataclass(frozen=True)
class Named:
    """A choice by name with its options: a data set, a model."""

    name: str
    options: KnobBase

    def as_json(self) -> dict[str, Any]:
        """Return name and options side by side, without what is not set."""
        return {"name": self.name, **_set(self.options)}


@dataclass(frozen=True)
class RequestSpec:
    """What is to be unlearned.

    Attributes:
        kind: forget, correct_labels or erase_feature.
        choose: key of the chooser; of a stream of requests its order, which is named as the chooser that it follows.
        options: the chooser's options; of a stream a Sequence.
        flip: correct_labels: share of the chosen rows whose label was flipped in `before`.
        erase_column: erase_feature: the input column erased.
        fill: erase_feature: the value, in data units, that the column becomes.
    """

    kind: RequestKind
    choose: str
    options: KnobBase
    flip: float = 1.0
    erase_column: int = 1
    fill: float = 0.0

    @property
    def sequence(self) -> Sequence | None:
        """Return the stream of requests; None where there is but one request."""
        return self.options if isinstance(self.options, Sequence) else None

    def as_json(self) -> dict[str, Any]:
        """Return the request as it stands in a Spec's JSON."""
        if self.sequence is not None:
            return {"kind": self.kind, "sequence": self.sequence.as_json()}
        extra: dict[str, Any] = {}
        if self.kind == "correct_labels":
            extra = {"flip": self.flip}
        if self.kind == "erase_feature":
            extra = {"erase_column": self.erase_column, "fill": self.fill}
        return {"kind": self.kind, "choose": self.choose, **_set(self.options), **extra}


class _Correction(KnobBase):
    flip: float = knob(1.0, ge=0.0, le=1.0, title="Flipped share", help="Share of the chosen rows with a wrong label.")


class _Erasure(KnobBase):
    erase_column: int = knob(1, ge=0, le=1, title="Erased column", help="0 is x1, 1 is x2.")
    fill: float = knob(
        0.0, ge=-100.0, le=100.0, title="Fill value", help="What the erased column becomes, in data units."
    )


_KIND_FIELDS: dict[RequestKind, type[KnobBase]] = {
    "forget": KnobBase, "correct_labels": _Correction, "erase_feature": _Erasure,
}  # fmt: skip


def kind_fields(kind: RequestKind) -> type[KnobBase]:
    """Return the fields that a kind of request has beside its chooser's options."""
    return _KIND_FIELDS[kind]


class Evaluation(KnobBase):
    """How many references are trained, and which attacks and audits run."""

    retrained_seeds: int = knob(5, ge=2, le=20, title="Retrained models", help="Seeds of the reference band.")
    shadows: int = knob(0, ge=0, le=256, title="Shadow models", help="Models for per-example attacks; 0 for none.")
    attacks: list[str] | None = knob(None, title="Attacks", help="Keys; by default every attack that needs no shadows.")
    audits: list[str] | None = knob(None, title="Audits", help="Keys; by default none.")


@dataclass(frozen=True)
class MethodSpec:
    """A method's key and all of its knobs."""

    name: str
    knobs: KnobBase

    def as_json(self) -> dict[str, Any]:
        """Return the method with every knob filled in."""
        return {"name": self.name, "knobs": self.knobs.model_dump(mode="json")}


@dataclass(frozen=True)
class Spec:
    """One run: what one panel, one store entry, one command or one sweep point is.

    Build it with `Spec.parse`; change it with `with_part`. `training` is a `training.Training`; `method` is None for
    the base of a View.
    """

    data: Named
    request: RequestSpec
    model: Named
    training: KnobBase
    method: MethodSpec | None
    evaluation: Evaluation
    seed: int = 0
    _keys: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str], compare=False, repr=False)

    @classmethod
    def parse(cls, given: Mapping[str, Any] | None = None) -> Spec:
        """Read a Spec from JSON values; what is left out takes its default ("method": null means none).

        Raises:
            SpecError: one sentence, for instance: `data.noise` must lie in [0, 2], got 99
        """
        given = _mapping({} if given is None else given, "the Spec")
        for name in given:
            if name not in PARTS:
                raise SpecError(f"`{shorten(name)}` is not known here; known are: {', '.join(PARTS)}")
        data = parse_data(given.get("data", {}))
        model = parse_model(given.get("model", {}), data)
        method = None if given.get("method", {}) is None else parse_method(given.get("method", {}))
        _check_given(method, data)
        return cls(
            data=data,
            request=parse_request(given.get("request", {}), data),
            model=model,
            training=parse_training(given.get("training", {}), model),
            method=method,
            evaluation=parse_evaluation(given.get("evaluation", {}), data),
            seed=parse_seed(given.get("seed", 0)),
        )

    @classmethod
    def default(cls, method: str | None = "jit") -> Spec:
        """Return the default Spec, with a method at its toy preset or with none."""
        return cls.parse({"method": {"name": method} if method else None})

    def as_json(self) -> dict[str, Any]:
        """Return the full Spec, defaults filled in; `parse` reads it back."""
        return {
            "data": self.data.as_json(),
            "request": self.request.as_json(),
            "model": self.model.as_json(),
            "training": self.training.model_dump(mode="json"),
            "method": self.method.as_json() if self.method else None,
            "evaluation": self.evaluation.model_dump(mode="json", exclude_none=True),
            "seed": self.seed,
        }

    def key(self, *parts: str) -> str:
        """Return the hash (hex) of some parts' sorted JSON; of the whole Spec if none is named."""
        if parts not in self._keys:
            content = self.as_json()
            if self.method:
                content["method"]["knobs"] = without_later(self.method.knobs, content["method"]["knobs"])
            chosen = {name: content[name] for name in parts or PARTS}
            text = json.dumps(chosen, sort_keys=True, separators=(",", ":"), allow_nan=False)
            self._keys[parts] = hashlib.sha256(text.encode()).hexdigest()[:32]
        return self._keys[parts]

    def with_part(self, **parts: Any) -> Spec:
        """Return a copy with some parts replaced, each given as JSON values.

        Raises:
            SpecError: as `parse`.
        """
        changed: dict[str, Any] = {}
        for name, value in parts.items():
            if name not in PARTS:
                raise SpecError(f"`{shorten(name)}` is not known here; known are: {', '.join(PARTS)}")
            changed[name] = value
        return Spec.parse({**self.as_json(), **changed})

    def with_method(self, method: MethodSpec | None) -> Spec:
        """Return the same run with another method."""
        return replace(self, method=method, _keys={})


def parse_data(given: Any) -> Named:
    """Read the part `data`."""
    given = _mapping(given, "`data`")
    name = _choice(given.get("name", "moons"), CATALOG.data, "data.name")
    return Named(name, _options(CATALOG.data[name], given, "data", {"name"}))


def parse_model(given: Any, data: Named) -> Named:
    """Read the part `model`: a network for images where the data are images, one for points where they are not."""
    given = _mapping(given, "`model`")
    images = data.name in CATALOG.images
    fitting = [name for name in CATALOG.models if is_for_images(name) == images]
    name = _choice(given.get("name", "compact" if images else "mlp"), fitting, "model.name")
    options = _options(CATALOG.models[name].Options, given, "model", {"name"})
    _check_deviations(options, data, "model")
    return Named(name, options)


def is_for_images(model: str) -> bool:
    """Say whether a network reads images; those have recipes of their own."""
    return hasattr(CATALOG.models[model], "RECIPES")


def parse_training(given: Any, model: Named) -> KnobBase:
    """Read the part `training`; a recipe fills the fields that are not given, as the network means it."""
    from explorer.training import RECIPES, ImageTraining, Training

    given = _mapping(given, "`training`")
    images = is_for_images(model.name)
    recipes: Mapping[str, Mapping[str, Any]] = CATALOG.models[model.name].RECIPES if images else RECIPES
    recipe = _choice(given.get("recipe", "standard"), recipes, "training.recipe")
    kind = ImageTraining if images else Training
    return _options(kind, {"recipe": recipe, **recipes[recipe], **given}, "training", set())


def parse_evaluation(given: Any, data: Named) -> Evaluation:
    """Read the part `evaluation`; images have three retrained models where nothing is said."""
    given = _mapping(given, "`evaluation`")
    fewer = {"retrained_seeds": 3} if data.name in CATALOG.images else {}
    evaluation = _options(Evaluation, {**fewer, **given}, "evaluation", set())
    for name in evaluation.attacks or []:
        _choice(name, CATALOG.attacks, "evaluation.attacks")
    for name in evaluation.audits or []:
        _choice(name, CATALOG.audits, "evaluation.audits")
    return evaluation


def parse_method(given: Any) -> MethodSpec:
    """Read the part `method`."""
    given = _mapping(given, "`method`")
    for name in given:
        if name not in ("name", "knobs"):
            raise SpecError(f"`method.{shorten(name)}` is not known here; known are: name, knobs")
    name = given.get("name", "jit")
    name = name if name == GIVEN else _choice(name, CATALOG.methods, "method.name")
    knobs = _mapping(given.get("knobs", {}), "`method.knobs`")
    return MethodSpec(name, _options(CATALOG.methods[name].knobs, knobs, "method.knobs", set()))


def _check_given(method: MethodSpec | None, data: Named) -> None:
    """Refuse an unlearned model of one's own where it cannot be compared: weights are of networks for images."""
    if method is None or method.name != GIVEN:
        return
    if data.name not in CATALOG.images:
        raise SpecError(f"`method.name` {GIVEN} compares networks for images, and `data.name` is {data.name}")
    _check_deviations(method.knobs, data, "method.knobs")


def _check_deviations(options: KnobBase, data: Named, where: str) -> None:
    said = getattr(options, "deviations", None)
    if said is None:
        return
    if data.name != "cifar10":
        raise SpecError(f"`{where}.deviations` {said} are known of cifar10 only, got {data.name}")
    if not getattr(options, "named", True):
        raise SpecError(f"`{where}.deviations` are those of a file: name it by `{where}.path` or `{where}.sha256`")


def parse_seed(given: Any) -> int:
    """Read the part `seed`."""
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MAX_SEED:
        raise SpecError(f"`seed` must be a whole number in [0, {MAX_SEED}], got {shorten(given)}")
    return given


def parse_request(given: Any, data: Named) -> RequestSpec:
    """Read the part `request`, for the data set it is asked of."""
    given = dict(_mapping(given, "`request`"))
    if (sequence := given.pop("sequence", None)) is not None:
        return _stream(sequence, given, data)
    kind: RequestKind = _choice(given.pop("kind", "forget"), REQUEST_KINDS, "request.kind")  # type: ignore[assignment]
    images = data.name in CATALOG.images
    choose = _choice(given.pop("choose", "random" if images else "cluster"), CATALOG.choosers, "request.choose")
    if images and kind == "erase_feature":
        raise SpecError("`request.kind` must be forget or correct_labels for images, got erase_feature")
    fields = _KIND_FIELDS[kind]
    options = CATALOG.choosers[choose].options
    if kind == "erase_feature" and "column" in given and "column" not in options.model_fields:
        given.setdefault("erase_column", given.pop("column"))
    own = {name: given.pop(name) for name in list(given) if name in fields.model_fields}
    chosen = _options(options, given, "request", set())
    _check_classes(choose, chosen, data)
    return RequestSpec(kind, choose, chosen, **_options(fields, own, "request", set()).model_dump())


def _stream(sequence: Any, given: Mapping[str, Any], data: Named) -> RequestSpec:
    """Read a request that comes as a stream."""
    for name in given:
        if name != "kind":
            raise SpecError(f"`request.{shorten(name)}` must be left out where `request.sequence` names the points")
    if given.get("kind", "forget") != "forget":
        raise SpecError(f"`request.kind` must be forget where there is a sequence, got {shorten(given['kind'])}")
    if data.name in CATALOG.images:
        raise SpecError(f"`request.sequence` is for points of a plane, and `data.name` is {data.name}")
    found = _options(Sequence, _mapping(sequence, "`request.sequence`"), "request.sequence", set())
    if found.label is not None and found.order != "cluster":
        raise SpecError(f"`request.sequence.label` goes with the order cluster, got {found.order}")
    found = found.with_label()
    _check_classes(found.order, found, data, "request.sequence.label")
    return RequestSpec("forget", found.order, found)


def _check_classes(choose: str, options: KnobBase, data: Named, where: str = "request.label") -> None:
    from explorer.data import count_labels

    label, classes = getattr(options, "label", None), count_labels(data.name, data.options, choose)
    if label is not None and classes is not None and label >= classes:
        raise SpecError(f"`{where}` must lie in [0, {classes - 1}], got {label}")


def changed_knobs(method: MethodSpec) -> dict[str, Any]:
    """Return the knobs whose values differ from the method's defaults, as JSON values."""
    rest = {name: info.default for name, info in knob_infos(type(method.knobs)).items()}
    return {name: value for name, value in method.knobs.model_dump(mode="json").items() if value != rest[name]}


def _options(kind: type[_K], given: Mapping[str, Any], where: str, besides: set[str]) -> _K:
    try:
        return kind.model_validate({name: value for name, value in given.items() if name not in besides})
    except ValidationError as error:
        raise SpecError(one_sentence(error, kind, where)) from None


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if not is_object(given):
        raise SpecError(f"{where} must be an object with named fields, got {shorten(given)}")
    return given


def _choice(given: Any, known: Any, where: str) -> str:
    if not isinstance(given, str) or given not in known:
        raise SpecError(f"`{where}` must be one of {', '.join(known)}, got {shorten(given)}")
    return given


def _set(options: KnobBase) -> dict[str, Any]:
    return options.set_values()
