"""Get the data that a Spec asks for."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from explorer.data import build
from explorer.knobs import KnobBase
from explorer.pipeline.memo import Memo
from explorer.records import Data
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG


def data(spec: Spec, memo: Memo) -> Data:
    """Return the sets that a Spec asks for.

    Raises:
        SpecError: if they cannot be had (an upload that is not there).
    """
    try:
        if spec.data.name in CATALOG.images:  # too large to keep; the files themselves are read once
            return _images(spec.data.name, cast(Hashable, spec.data.options))
        return memo(f"data-{spec.key('data')}", lambda: build(spec.data.name, spec.data.options))
    except ValueError as error:
        raise SpecError(str(error)) from None


@lru_cache(maxsize=2)
def _images(name: str, options: Hashable) -> Data:  # frozen, as all options are
    return build(name, cast(KnobBase, options))
