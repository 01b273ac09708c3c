"""Read the runs that a file asks for: a Spec is one, a View one for each panel that holds a method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from explorer.spec import Spec, SpecError
from explorer.spec.values import is_object
from explorer.view.view import View


def is_view(content: Any) -> bool:
    """Say whether JSON values are those of a View."""
    return is_object(content) and ("base" in content or "panels" in content)


def runs_of(content: Any) -> list[Spec]:
    """Return one Spec a run; of a View of the page about images, the run on images that it asks for.

    Of a View of the page about streams, each run answers the stream of requests.

    Raises:
        SpecError: one sentence, if the values are neither, or a View holds no method.
    """
    if not is_view(content):
        return [Spec.parse(content)]
    view = View.parse(content)
    own = [view.own] if view.page == "images" and view.own else []
    if view.page == "streams":
        view = replace(view, base=view.stream())
    found = own or [spec for spec in view.specs() if spec.method is not None]
    if not found:
        raise SpecError("no panel of the View holds a method, so there is nothing to run")
    return found
