"""Say how a method is run and recorded on images.

Every value that a person declares stands in the method's own file. What trials chose among them is no declaration but
a finding: it stands beside the recorded runs, in recorded/chosen.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, tuple[float, ...]]  # knob -> the values that are tried
LAST = 100


@dataclass(frozen=True)
class Images:
    """What a method declares of itself on images.

    Knobs are named where they differ from the defaults. Their values are for `compact` on 10,000 images. A run may cost
    five epochs' worth of passes, `prepare` included; where it costs more, `dear` says why.

    Attributes:
        cannot: why the method cannot run on images, a clause that follows "it"; "" where it can.
        start: knobs with which it is first tried.
        start_at: data set and number of images, such as cifar10-50000 -> knobs that differ from `start` there.
        search: the one knob that trials vary -> at most four values. The best is chosen on validation images.
        search_at: folder of recorded runs -> other values of that knob.
        borrows: where nothing was tried on a request, the value chosen for a similar request is taken.
        dear: why a run costs more than five epochs' worth of passes; "" where it does not.
        recorded_for: kinds of request for which it is recorded; empty for all that it answers.
        published: source of a published table -> the preset with its knobs there; "" for `start`.
        rank: its place when the page opens, where the first few methods stand side by side: the smallest first, equal
            ones by key.
    """

    cannot: str = ""
    start: Mapping[str, Any] = field(default_factory=dict)
    start_at: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    search: Values = field(default_factory=dict)
    search_at: Mapping[str, Values] = field(default_factory=dict)
    borrows: bool = True
    dear: str = ""
    recorded_for: frozenset[str] | set[str] = frozenset()
    published: Mapping[str, str] = field(default_factory=dict)
    rank: int = LAST

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        if self.cannot and (self.start or self.search):
            raise ValueError("`images` must say either why the method cannot run, or how it does; got both")
        for where, values in {"search": self.search, **self.search_at}.items():
            if len(values) > 1 or set(values) - set(self.search):
                raise ValueError(f"`images` must vary one knob, the same everywhere; got {sorted(values)} in {where}")

    def knobs(self) -> set[str]:
        """Return the names of all knobs that are declared."""
        return {name for values in (self.start, *self.start_at.values(), self.search) for name in values}
