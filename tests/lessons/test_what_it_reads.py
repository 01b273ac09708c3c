"""What *What a method may look at* says of its pictures and of its methods holds."""

import pytest

from explorer.spec.catalog import CATALOG
from tests.lessons._staged import accuracy, apart, shown

KEY = "what_it_reads"


def test_what_each_method_is_handed():
    reads = {key: CATALOG.methods[key].reads for key in ("jit", "gradient_ascent", "fine_tune", "scrub")}
    assert reads["jit"] == {"forget.x"}
    assert {part.partition(".")[0] for part in reads["gradient_ascent"]} == {"forget"}
    assert {part.partition(".")[0] for part in reads["fine_tune"]} == {"retain"}
    assert {part.partition(".")[0] for part in reads["scrub"]} == {"forget", "retain"}


def test_scrub_ends_nearest_and_gradient_ascent_breaks():
    found = shown(KEY, 1)
    assert found.truth == ("scrub", "fine_tune", "jit", "gradient_ascent")
    # A processor of another kind rounds otherwise, so the shares are held to one per cent.
    shares = [100 * apart(found, key) for key in found.truth]
    assert shares == sorted(shares) == pytest.approx([5, 7, 8, 27], abs=1)
    assert accuracy(found, "gradient_ascent", "retain") < 0.7


def test_jit_does_not_break_though_it_sees_no_more_than_gradient_ascent():
    found = shown(KEY, 2)
    assert accuracy(found, "jit", "retain") > 0.98 > accuracy(found, "gradient_ascent", "retain")
    assert apart(found, "jit") < apart(found, "gradient_ascent") / 2
