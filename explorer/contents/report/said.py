"""Say in plain words what was asked, what a method looked at, and what a report leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from explorer.contents.report.parts import careful
from explorer.experiments.listing import first_sentence
from explorer.experiments.overview_table import parts_read
from explorer.knobs import knob_infos
from explorer.pipeline import by_looking
from explorer.spec import Spec, changed_knobs
from explorer.spec.catalog import CATALOG, GIVEN
from explorer.spec.values import is_list
from explorer.uploads import FileOptions

_PARTS: Mapping[str, str] = {
    "forget": "the points to forget",
    "retain": "the other training points",
    "before": "the whole training set",
    "heldout": "points that no model was trained on",
    "corrected": "the corrected rows",
}
_COLUMNS = {"data": " (and `data.columns` the three that were taken, where it has more)"}
#: What no number of a report speaks of.
ALWAYS = (
    "Copies elsewhere: files, backups, logs, and other models that were made from the same data.",
    "Points that stayed and are nearly the same as those that were asked about.",
    "Whether this answers what a law or a contract asks: that is not for a measurement to say.",
)


def asked(spec: Spec) -> tuple[str, ...]:
    """Return sentences on what was asked of which model.

    Args:
        spec: the run.
    """
    data, request = spec.data, spec.request
    options = {name: value for name, value in request.as_json().items() if name not in ("kind", "choose")}
    listed = [f"{name} {_short(value)}" for name, value in options.items() if value is not None]
    how = CATALOG.choosers[request.choose].title
    how = how[:1].lower() + how[1:]
    network = {name: value for name, value in spec.model.as_json().items() if name not in ("name", "path")}
    of = [f"{name} {_short(value)}" for name, value in network.items()]
    return (
        f"Chosen by this rule: {how}{_in_brackets(listed)}.",
        f"Data: {CATALOG.data_titles[data.name]}{_size(data.as_json())}. Network: {spec.model.name}{_in_brackets(of)}.",
    )


def _in_brackets(parts: list[str]) -> str:
    return f" ({', '.join(parts)})" if parts else ""


def _size(data: Mapping[str, object]) -> str:
    return f", {data['n']:,} for training" if isinstance(data.get("n"), int) else ""


# `Any`: values of JSON.
def _short(value: Any) -> str:
    """Return a value as text; of a long list only how long it is."""
    if is_list(value):
        return f"{len(value)} values" if len(value) > 8 else ", ".join(map(str, value))
    return str(value)


def did(spec: Spec) -> tuple[str, ...]:
    """Return sentences on what the method of a run is, what it looked at, and with which knobs."""
    assert spec.method is not None
    name = spec.method.name
    if name == GIVEN:
        return ("The unlearned model came from a file; how it was made is not known here.",)
    method, idea = CATALOG.methods[name], first_sentence(CATALOG.card(name).idea)
    return careful(
        (
            f"{method.title} is short for {method.long}." if method.long else "",
            f"{idea}." if idea else "",
            _kind(spec, method.kind),
            looked_at(name),
            _knobs(spec),
        )
    )


def _kind(spec: Spec, kind: str) -> str:
    if kind == "exact":
        return "It is exact: what had seen the points was trained again without them."
    if kind == "certified" and by_looking(spec):
        return (
            "It is certified, not exact, but only for points that are chosen without looking at the model. These were "
            "chosen by looking, so that nothing is promised here."
        )
    if kind == "certified":
        assert spec.method is not None
        knobs = spec.method.knobs.model_dump()
        return (
            "It is certified, not exact: its outcomes are nearly as likely as those of retraining (epsilon "
            f"{knobs['epsilon']:g}, delta {knobs['delta']:g}), for points chosen without looking at the model."
        )
    return "It is approximate: no proof says that nothing of the points is left; what follows was measured."


def looked_at(name: str) -> str:
    """Return one sentence on what a method was handed, as it declares it; touching more stops a run."""
    labels = {"xy": "", "x": " (not their labels)", "y": " (their labels alone)"}
    found = [
        _PARTS[part] + labels[fields] if fields else "a record that training had kept"
        for part, fields in parts_read(name).items()
    ]
    if not found:
        return "It looked at nothing but the model."
    return f"It looked at the model and at {_joined(found)}, and was handed nothing else."


def _joined(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _knobs(spec: Spec) -> str:
    assert spec.method is not None
    changed = changed_knobs(spec.method)
    if not changed:
        return "Its knobs stood at their defaults."
    infos = knob_infos(type(spec.method.knobs))
    return (
        f"Its knobs stood at their defaults but for: {', '.join(f'{infos[k].title} {v}' for k, v in changed.items())}."
    )


def own_files(spec: Spec) -> str:
    """Return one sentence on what a run on files of one's own takes to be had again; "" where it takes nothing more."""
    options = {"data": spec.data.options, "model": spec.model.options}
    options |= {"method.knobs": spec.method.knobs} if spec.method else {}
    files = {part: one for part, one in options.items() if isinstance(one, FileOptions) and one.named}
    needed = [f"for the command `{part}.path` must name it{_COLUMNS.get(part, '')}"
              for part, one in files.items() if one.path is None]  # fmt: skip
    if "data" in files:
        needed.append("whoever opens the link must give it again")
    return f"The run takes a file of one's own: {', and '.join(needed)}." if needed else ""


def untested(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return what was not tested: some sentences, then what never is."""
    return (*sentences, *ALWAYS)
