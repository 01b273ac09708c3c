"""Say what an unlearning method is; the rules stand in CONTRIBUTING and are held by explorer/contract.

A method is one file of this folder: a docstring with its card, a frozen set of knobs, a generator that yields the live
model after every update, and `METHOD = Method(...)`. The file's name is its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor, nn

from explorer.knobs import KnobBase, KnobInfo, knob_infos
from explorer.methods._images import Images
from explorer.ranges import Range, Searched
from explorer.records import Certificate
from explorer.training import Examples, TrainingRecord

Kind = Literal["exact", "certified", "approximate"]
Networks = Literal["any", "linear"]
Mark = Literal["hollow", "easy", "hard"]
Answer = Literal["forget", "forget_class", "correct_labels", "erase_feature"]
Demonstration = Literal["", "one_sigmoid"]
MAIN = 3  # knobs that a page shows before all others
ALWAYS_SEARCHED = ("batchnorm",)  # on images, wherever a method has such a knob
READABLE = frozenset(
    [f"{part}.{name}" for part in ("forget", "retain", "before", "heldout", "corrected") for name in ("x", "y")]
    + ["record"]
)


@dataclass(frozen=True)
class TensorSpace:
    """Constants of the inputs: mean, std, low, high, each broadcastable against x, in data units."""

    mean: Tensor
    std: Tensor
    low: Tensor
    high: Tensor


class Meter:
    """Counts the example-gradients of a method; the recorder reads it.

    Forward passes through the model count by themselves (with gradients 1 a row, without 1/3). What they cannot show is
    charged by hand: each further backward pass through the same forward (1 a row), a Hessian- or Gauss-Newton product
    (2 a row), the rows that `vmap` hides.
    """

    def __init__(self) -> None:
        self.total = 0.0

    def charge(self, amount: float) -> None:
        """Add some example-gradients."""
        self.total += amount


class Remarks:
    """What a method has to say of its run: sentences, and helper points that depend on the request.

    The recorder shows them beside the path; nothing is ever read back from here.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.points: list[HelperPoints] = []

    def say(self, sentence: str) -> None:
        """Add a sentence, without its full stop."""
        self.sentences.append(sentence)

    def show(self, points: HelperPoints) -> None:
        """Add helper points."""
        self.points.append(points)


@dataclass(frozen=True)
class Request:
    """What a method is given. All x are standardised, on the run's device.

    Attributes:
        forget: the rows the request names, as the original saw them.
        retain: all other training rows.
        before: the whole training set as the original saw it, for `prepare` steps that requests share.
        heldout: labelled points of the same kind that no model has seen.
        corrected: the rows of `forget` as they should have been, in the same order (kinds *correct_labels* and
            *erase_feature*); empty for *forget*.
        space: constants of the inputs; free to read.
        classes: number of classes; free to read.
        kind: the kind of request; free to read. *forget* with a whole class named is *forget_class*.
        erased: column that *erase_feature* erases, -1 otherwise; free to read.
        rows: (m,) int64, which rows of `before` (and of the record's batches) `forget` holds; free to read.
        earlier: (t, m) int64, rows of `before` that each earlier request of a stream has removed, in their order, for
            methods with an original of their own; None where there is but one request; free to read.
        record: what training left behind, for methods that name a training record in `reads`.
        meter: to charge example-gradients that forward passes do not show; free to use.
        remarks: to say a sentence and show points beside the path; free to use.
    """

    forget: Examples
    retain: Examples
    before: Examples
    heldout: Examples
    corrected: Examples
    space: TensorSpace
    classes: int
    kind: Answer
    erased: int = -1
    rows: Tensor | None = None
    earlier: Tensor | None = None
    record: TrainingRecord | None = None
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)
    remarks: Remarks = field(default_factory=Remarks, compare=False, repr=False)


@dataclass(frozen=True)
class HelperPoints:
    """Points that a method invents: legend text, x (m, d) standardised, y (m,), origin (m,) row of forget or -1.

    Attributes:
        mark: what the player draws: "hollow", the symbol of the class; "easy" or "hard", what a method takes a point to
            be: filled on forget points, hollow on others.
        value: (m,) float32, a number a point, or None; for "easy" and "hard" the probability of easy.
    """

    kind: str
    x: Tensor
    y: Tensor
    origin: Tensor
    mark: Mark = "hollow"
    value: Tensor | None = None


@dataclass(frozen=True)
class Prepared:
    """What `prepare` leaves for `unlearn`: anything in `state`, and helper points that the player can draw."""

    state: Any = None
    helpers: tuple[HelperPoints, ...] = ()


@dataclass(frozen=True)
class Preset:
    """Named values of some knobs.

    Attributes:
        knobs: the values that differ from the defaults.
        note: one sentence: where the values come from.
        collapses: the preset is there to show a collapse and is exempt from floors on accuracy.
        images: meant for image models; the toy pages do not offer it.
    """

    knobs: Mapping[str, Any]
    note: str = ""
    collapses: bool = False
    images: bool = False


@dataclass(frozen=True)
class Method:
    """An unlearning method.

    Attributes:
        title: name on screen.
        knobs: the frozen set of knobs; its defaults are the toy preset.
        unlearn: (original, request, knobs, rng[, prepared]) -> iterator over the live model.
        kind: "exact" (the result is distributed as a retrained model), "certified" (it proves how nearly it is) or
            "approximate".
        answers: kinds of request it can answer.
        reads: parts of the request it touches, to the field; anything else raises.
        neutral: knob values under which nothing changes.
        presets: name -> Preset.
        bibtex: one BibTeX entry, written by us from the paper's public data; "" for folklore.
        badges: short honest labels shown on the card, for instance "exact", "our choice: squared form".
        prepare: work that requests can share; its result is handed to `unlearn` last.
        prepare_reads: parts of the request that `prepare` touches; where these are only `before` and `heldout`, the
            result is shared by all requests on the same original.
        prepare_knobs: knobs that `prepare` depends on.
        own_original: (original, request, knobs, rng, prepared) -> the model from which an exact method starts.
        images: how it is run and recorded on images, or why it cannot be.
        demonstration: a figure that its card shows beside the text; "" for none.
        long: what the title is short for, where it is; "" where it says what it is.
        main: the knobs that matter most, at most MAIN; pages show these first. None means the first ones declared.
        networks: which networks it answers for: "any", or "linear" (no hidden layer).
        certificate: (original, request, knobs, rng, prepared) -> the account of the path that `unlearn` takes with a
            generator in the same state; what kind "certified" must have, and no other.
    """

    title: str
    knobs: type[KnobBase]
    unlearn: Callable[..., Iterator[nn.Module]]
    kind: Kind
    answers: frozenset[Answer] | set[Answer]
    reads: frozenset[str] | set[str]
    neutral: Mapping[str, Any]
    presets: Mapping[str, Preset] = field(default_factory=dict)
    bibtex: str = ""
    badges: tuple[str, ...] = ()
    prepare: Callable[..., Prepared] | None = None
    prepare_reads: frozenset[str] | set[str] = frozenset()
    prepare_knobs: frozenset[str] | set[str] = frozenset()
    own_original: Callable[..., nn.Module] | None = None
    images: Images = field(default_factory=Images)
    demonstration: Demonstration = ""
    long: str = ""
    main: tuple[str, ...] = ()
    networks: Networks = "any"
    certificate: Callable[..., Certificate] | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration that names what does not exist."""
        unknown = (set(self.reads) | set(self.prepare_reads)) - READABLE
        if unknown:
            raise ValueError(f"`reads` of {self.title} must name parts of a request, got {sorted(unknown)}")
        for name, preset in {"neutral": Preset(self.neutral), **self.presets}.items():
            stray = set(preset.knobs) - set(self.knobs.model_fields)
            if stray:
                raise ValueError(f"`{name}` of {self.title} must name its knobs, got {sorted(stray)}")
        if (self.kind == "certified") != (self.certificate is not None):
            raise ValueError(f"`kind` of {self.title} must be certified where it has a `certificate`, and only there")
        if len(self.main) > MAIN or set(self.main) - set(self.knobs.model_fields):
            raise ValueError(f"`main` of {self.title} must name at most {MAIN} of its knobs, got {list(self.main)}")
        self._check_images()

    @property
    def main_knobs(self) -> tuple[str, ...]:
        """Return the knobs that matter most, in the order in which they are shown."""
        return self.main or tuple(self.knobs.model_fields)[:MAIN]

    def _check_images(self) -> None:
        for what, named, known in (
            ("knobs", self.images.knobs(), self.knobs.model_fields),
            ("presets", self.images.presets(), self.presets),
            ("kinds of request", set(self.images.recorded_for), self.answers),
        ):
            if named - set(known):
                raise ValueError(f"`images` of {self.title} must name its {what}, got {sorted(named - set(known))}")
        infos = knob_infos(self.knobs)
        for name, values in self.images.search.items():
            if not _lies_within(values, infos[name]):
                raise ValueError(f"`search` of {self.title} must lie within the bounds of `{name}`, got {values}")

    @property
    def searched(self) -> Mapping[str, Searched]:
        """Return what trials on images draw each knob from: `search`, and whether batch statistics move if it can say.

        Empty where nothing is searched.
        """
        if not self.images.search:
            return {}
        infos = knob_infos(self.knobs)
        free = {name: infos[name].choices for name in ALWAYS_SEARCHED if name in infos}
        return {**free, **self.images.search}

    @property
    def needs_heldout(self) -> bool:
        """Return whether it needs labelled points that no model has seen."""
        return any(part.startswith("heldout.") for part in (*self.reads, *self.prepare_reads))

    @property
    def needs_record(self) -> bool:
        """Return whether training must keep its path for this method."""
        return "record" in set(self.reads) | set(self.prepare_reads)


def _lies_within(values: Searched, info: KnobInfo) -> bool:
    """Say whether all values that trials may draw are values of a knob."""
    if isinstance(values, Range):
        fits = info.kind == ("int" if values.whole else "float")
        return fits and all(_in_bounds(end, info) for end in (values.low, values.high))
    if info.choices or info.kind == "bool":
        return set(values) <= set(info.choices or (False, True))
    return all(_in_bounds(value, info) for value in values)


def _in_bounds(value: Any, info: KnobInfo) -> bool:
    if value is None:
        return info.optional
    inside = (info.low is None or value >= info.low) and (info.high is None or value <= info.high)
    return inside and (info.kind == "float" or isinstance(value, int) or value == int(value))
