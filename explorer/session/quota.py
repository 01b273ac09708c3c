"""Say what of a View a public demo does not compute."""

from __future__ import annotations

from typing import Any

from explorer import public
from explorer.spec import Named
from explorer.view import View


def over_quota(view: View) -> str:
    """Return why a view is too large for a public demo, in one sentence; "" where it is not, or where this is none."""
    if not public.is_public():
        return ""
    base = view.base
    sets = [base.data, *(row.value for row in view.rows if isinstance(row.value, Named))]
    asked = [
        *(("points", _number(data.options, "n"), public.POINTS) for data in sets),
        ("training steps", _number(base.training, "steps"), public.STEPS),
        ("retrained models", base.evaluation.retrained_seeds, public.SEEDS),
        ("shadow models", max(view.looks.attacks.shadow_models, base.evaluation.shadows), public.SHADOWS),
        ("neurons", sum(getattr(base.model.options, "widths", [])), public.WIDTHS),
    ]
    return next((_said(*one) for one in asked if one[1] > one[2]), "")


# `Any`: options of data sets and recipes are of many types, some without the field.
def _number(options: Any, name: str) -> int:
    return int(getattr(options, name, 0) or 0)


def _said(what: str, number: int, most: int) -> str:
    return f"This public demo takes at most {most:,} {what}, and this asks for {number:,}."
