"""Knobs of every method on images, and how they were found."""

from __future__ import annotations

from typing import Any

from explorer.spec import Spec


def knobs_of(method: str, base: Spec) -> tuple[dict[str, Any], str]:
    """Return the knobs (those that differ from the defaults) of a method for a request, and how they were found."""
    return {}, "defaults"
