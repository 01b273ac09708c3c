"""The picture that is on screen before torch is imported shows what the default View computes to."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.player import SHIPPED, START, unpack
from tests.pictures.shipped import fresh, fresh_start


@pytest.mark.parametrize(("file", "made"), [(SHIPPED, fresh), (START, fresh_start)], ids=["default", "start"])
def test_a_shipped_picture_is_what_is_computed_now(file: Path, made: Callable[[], bytes]):
    shipped, now = unpack(file.read_bytes()), unpack(made())
    assert shipped.header["look"] == now.header["look"], "run python -m tests.pictures.shipped"
    names = [panel["name"] for panel in now.header["panels"]]
    assert [panel["name"] for panel in shipped.header["panels"]] == names
    # Other machines round differently, so keyframes may lie elsewhere; the ends are the same picture.
    for name in names:
        ends = [packed.blocks[f"{name}/grids"][-1, 0].astype(int) >= 128 for packed in (shipped, now)]
        assert np.mean(ends[0] != ends[1]) < 0.02, name
    np.testing.assert_array_equal(shipped.blocks["forget"], now.blocks["forget"])


def test_pages_open_without_torch():
    opened = "explorer.pages.shell, explorer.pages.frame.player, explorer.pages.start"
    script = f"import sys; import {opened}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=120).returncode == 0
