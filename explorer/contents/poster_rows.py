"""Say which rows and columns the poster of the page *compare* has: what there is to choose, names, each row's Spec.

A row is a data set or a request; a column is a method.
"""

from __future__ import annotations

from collections.abc import Iterable

from explorer import pipeline
from explorer.knobs import knob_infos
from explorer.spec import Named, RequestSpec, Spec, changed_knobs, parse_data, parse_request
from explorer.spec.catalog import CATALOG
from explorer.view import REFERENCES, Panel, Row, View

DEFAULT_DATA = ("moons", "circles", "blobs", "xor")
MAX_METHODS = 7
PICKED = "points picked by hand belong to one data set"


def rows_of(view: View) -> tuple[Row, ...]:
    """Return the rows of a view; the page's own choice where it names none."""
    return view.rows or default_rows(view)


def default_rows(view: View) -> tuple[Row, ...]:
    """Return the data sets on which the page opens: the base's own, as it is, and four."""
    own = Row("data", view.base.data)
    others = [Row("data", parse_data({"name": name})) for name in DEFAULT_DATA if name in CATALOG.data]
    kept = [own if row.value.as_json()["name"] == view.base.data.name else row for row in others]
    return tuple(kept) if own in kept else (own, *kept)


def choices(view: View, given: Iterable[str] = ()) -> tuple[Row, ...]:
    """Return every row that can be chosen: data sets, the base's own, requests, and what the view names already.

    Args:
        view: the view.
        given: SHA-256 of points that the tab was given.
    """
    base = view.base
    data = [Row("data", parse_data({"name": name})) for name in CATALOG.planes if name != "csv"]
    own = Row("data", base.data)
    data += [Row("data", parse_data({"name": "csv", "sha256": sha256})) for sha256 in given]
    requests = [Row("request", base.request)]
    for name, chooser in CATALOG.choosers.items():
        if name != "points" and "toy" in chooser.kinds:
            requests.append(Row("request", parse_request({"choose": name}, base.data)))
    every = [*data, own, *requests, *view.rows]
    return tuple(row for index, row in enumerate(every) if row not in every[:index])


def title(row: Row, base: Spec) -> str:
    """Return the name of a row on screen."""
    if isinstance(row.value, Named):
        return CATALOG.data_titles[row.value.name] + _options(row.value)
    if row.value.choose == "points":
        return f"{_picked(row.value)} of {CATALOG.data_titles[base.data.name].lower()}"
    return CATALOG.choosers[row.value.choose].title + _options(row.value)


def _picked(request: RequestSpec) -> str:
    """Return which points were picked by hand; the chooser of rows tells requests apart by their names."""
    rows = [str(row) for row in request.options.model_dump()["index"]]
    listed = ", ".join(rows if len(rows) <= 6 else [*rows[:4], "…", rows[-1]])
    return f"Point {listed}" if len(rows) == 1 else f"Points {listed}" + (f" ({len(rows)})" if len(rows) > 6 else "")


def _options(value: Named | RequestSpec) -> str:
    """Return in brackets what differs from a choice's defaults."""
    if isinstance(value, Named) and value.name == "csv":
        return ""
    infos = knob_infos(type(value.options))
    given = {name: getattr(value.options, name) for name in infos}
    changed = [f"{infos[n].title.lower()} {v}" for n, v in given.items() if v != infos[n].default]
    return f" ({', '.join(changed)})" if changed else ""


def columns(view: View) -> tuple[tuple[str, Panel], ...]:
    """Return the methods of the view's panels with a name that tells two settings of one method apart."""
    panels = [panel for panel in view.panels if panel.name not in REFERENCES][:MAX_METHODS]
    titles = [panel.title for panel in panels]
    return tuple((panel.title + (_knobs(panel) if titles.count(panel.title) > 1 else ""), panel) for panel in panels)


def _knobs(panel: Panel) -> str:
    changed = changed_knobs(panel.method) if panel.method else {}
    return f" ({', '.join(f'{name} {value}' for name, value in changed.items())})" if changed else " (preset)"


def base_of(view: View, row: Row, memo: pipeline.Memo) -> tuple[Spec, str]:
    """Return the row's Spec, which is the base with the row's part, and why its request is not the base's.

    A request that names nothing in the row's data set (picked points, a sub-cluster that is not there) gives way to the
    default request; the reason is then one sentence without its full stop, else "".

    Raises:
        ValueError: if the row's data set cannot be had, or the row's request cannot be asked.
    """
    base = view.base
    if row.part == "request":
        return base.with_part(request=row.value.as_json()), ""
    data = row.value.as_json()
    if row.value == base.data:
        return base, ""
    if base.request.choose == "points":
        return base.with_part(data=data, request={}), PICKED
    try:
        spec = base.with_part(data=data)
        _ = pipeline.Run(spec, memo).sets
    except ValueError as error:
        return base.with_part(data=data, request={}), str(error)
    return spec, ""
