"""Uploaded points never reach the disk."""

from explorer.pages import _memo
from explorer.spec import Spec


def test_results_of_uploaded_points_stay_in_memory():
    mine = Spec.parse({"method": None, "data": {"name": "csv", "sha256": "0" * 64}, "request": {"choose": "random"}})
    assert _memo.store_of(mine).place is None
    assert _memo.store_of(mine) is not _memo.store_of(Spec.default(None))
    assert _memo.store_of(Spec.default(None)) is _memo.store()
