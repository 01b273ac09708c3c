"""Uploaded points never reach the disk."""

from explorer.session import store
from explorer.spec import Spec


def test_results_of_uploaded_points_stay_in_memory():
    mine = Spec.parse({"method": None, "data": {"name": "csv", "sha256": "0" * 64}, "request": {"choose": "random"}})
    assert store.store_of(mine).place is None
    assert store.store_of(mine) is not store.store_of(Spec.default(None))
    assert store.store_of(Spec.default(None)) is store.store()
