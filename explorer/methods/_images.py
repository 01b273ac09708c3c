"""Say how a method is run and recorded on images.

Every value that a person declares stands in the method's own file. What trials chose among them is no declaration but
a finding: it stands beside the recorded runs, in recorded/chosen.json and recorded/<folder>/trials.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.ranges import Range, Searched
from explorer.ranges import linear as linear  # these three for the files of methods
from explorer.ranges import log as log
from explorer.ranges import whole as whole

LAST = 100


@dataclass(frozen=True)
class Images:
    """What a method declares of itself on images.

    Knobs are named where they differ from the defaults. Their values are for `compact` on 10,000 images. A run may cost
    five epochs' worth of passes, `prepare` included; where it costs more, `dear` says why.

    Attributes:
        cannot: why the method cannot run on images, a clause that follows "it"; "" where it can.
        start: knobs with which it is first tried.
        start_at: data set and number of images, such as cifar10-50000 -> knobs that hold there in every trial.
        search: knob -> what trials draw it from, a range or choices. What is not searched stays as in `start`.
        authors: the preset with the authors' own setting, which is the first trial; "" where there is none. Of a
            preset that is not for images the rest is as in `start`, of one that is, the defaults.
        authors_for: way of choosing ("random", "class", ...), or data set and number of images as in `start_at`, ->
            another such preset.
        cut: knob -> the most that is left of it in the authors' setting, so that it fits the budget. Whole numbers
            that are searched are cut to the end of their range in any case.
        trials: how many trials it gets at most, whatever the request; None for as many as any method.
        borrows: where a request has little time of its own, the best trials of a similar one are taken over.
        dear: why a run costs more than five epochs' worth of passes; "" where it does not.
        recorded_for: kinds of request for which it is recorded; empty for all that it answers.
        published: source of a published table -> the preset with its knobs there; "" for `start`.
        full: whether it is recorded on a full network too, ResNet-18, where a run takes minutes.
        rank: its place when the page opens, where the first few methods stand side by side: the smallest first, equal
            ones by key.
    """

    cannot: str = ""
    start: Mapping[str, Any] = field(default_factory=dict)
    start_at: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    search: Mapping[str, Searched] = field(default_factory=dict)
    authors: str = ""
    authors_for: Mapping[str, str] = field(default_factory=dict)
    cut: Mapping[str, int] = field(default_factory=dict)
    trials: int | None = None
    borrows: bool = True
    dear: str = ""
    recorded_for: frozenset[str] | set[str] = frozenset()
    published: Mapping[str, str] = field(default_factory=dict)
    full: bool = False
    rank: int = LAST

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        if self.cannot and (self.start or self.search):
            raise ValueError("`images` must say either why the method cannot run, or how it does; got both")
        for name, values in self.search.items():
            if not isinstance(values, Range) and len(values) < 2:
                raise ValueError(f"`search` must give {name} a range or two choices at least, got {values}")

    def knobs(self) -> set[str]:
        """Return the names of all knobs that are declared."""
        return {name for values in (self.start, *self.start_at.values(), self.search, self.cut) for name in values}

    def presets(self) -> set[str]:
        """Return the names of all presets that are declared."""
        return {self.authors, *self.authors_for.values(), *self.published.values()} - {""}
