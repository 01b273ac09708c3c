"""The table of claims says of each what the paper says, what we see, and how the verdict came about."""

import re
from pathlib import Path

from explorer.contents.tables import claims
from explorer.experiments.cifar import files
from explorer.experiments.claims.judged import judged, rows, rules, text
from explorer.experiments.claims.said import CLAIMS
from explorer.records import Band


def test_every_claim_has_its_heading_and_every_setting_its_line():
    found = judged(files.SHIPPED)
    table = claims.html(found)
    assert table.count('class="ue-claim"') == len(CLAIMS)
    assert table.count('class="ue-verdict"') == sum(len(claim.settings) for claim in CLAIMS)
    assert table.count("Rule: Holds where") == len(CLAIMS)


def test_the_claims_of_a_method_are_its_own():
    assert {one.claim.method for one in judged(files.SHIPPED, "camu")} == {"camu"}
    assert judged(files.SHIPPED, "scrub") == ()


def test_without_runs_each_line_says_why_nothing_is_tested(tmp_path: Path):
    found = judged(tmp_path)
    assert claims.counted(found) == f"not tested: {len(found)}"
    assert claims.html(found).count("<small>because ") == len(found)


def test_counts_name_each_kind_of_verdict_once():
    said = claims.counted(judged(files.SHIPPED))
    counts = re.findall(r"(holds in part|holds|does not hold here|not tested): (\d+)", said)
    assert len({kind for kind, _ in counts}) == len(counts)
    assert sum(int(count) for _, count in counts) == sum(len(claim.settings) for claim in CLAIMS)


def test_a_row_of_the_readme_has_its_claim_once_and_each_claim_its_rule():
    found = rows(files.SHIPPED)
    assert len([row for row in found if row[1]]) == len(CLAIMS) == len(rules().splitlines())
    assert all(row[4] and row[6].startswith("**") for row in found)


def test_numbers_are_a_mean_with_its_range_and_what_is_lost_is_counted():
    assert text(Band((0.5,))) == text(Band((0.5, 0.5))) == ".500"
    assert text(Band((-0.25, 0.75))) == ".250 (−.250 to .750)"
    assert text(Band((1.0, float("nan"), 1.0))) == "1.00, none on 1 of 3"
    assert text(Band((float("nan"),))) == "none"
    assert text(Band((float("nan"), float("nan")))) == "none on 2 of 2"
    assert text(Band((-0.0001,))) == ".000"


def test_the_verdict_of_a_screen_reader_has_no_sign():
    table = claims.html(judged(files.SHIPPED))
    assert all(f'<span aria-hidden="true">{mark}</span>' in table or mark not in table for mark in "●◐○")
