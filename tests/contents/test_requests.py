"""The words of requests that correct labels or erase a feature."""

import pytest

from explorer.contents.exposure import sentence
from explorer.contents.requests import told
from explorer.contents.tables import numbers
from explorer.contents.tables.cells import reads
from explorer.contents.tradeoff import COLUMNS, axis
from explorer.contents.words import FAINT_WARNING, PLAYER_WORDS, hardness_lines, ratio_sentence
from explorer.metrics import METRICS
from explorer.pages import attacks, images, tradeoff
from explorer.pipeline import Exposure

OTHERS = ("correct_labels", "erase_feature")
TEXTS = {
    **{f"title of {key}": reading.title for key, reading in METRICS.items() if key != "forgetting_quality"},
    **{f"reading of {key}": reads(key) for key in METRICS if key != "forgetting_quality"},  # over shadow models only
    **{f"column {key}": title for key, title in COLUMNS.items()},
    **{f"careful {key}": text for key, text in tradeoff.CAREFUL.items()},
    "how to read": numbers.HOW_TO_READ,
    "ratio": ratio_sentence(3.0),
    "faint": FAINT_WARNING,
    "exposure": sentence(Exposure(0.28, "loss", 5)),
    "question B": attacks.QUESTION_B,
    "roc": attacks.ROC_LOOK,
    "player": images.LOOK_PLAYER,
    "plane": images.PLANE_HELP,
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_word_of_forgetting_stays_where_rows_are_corrected(kind: str, text: str):
    assert "forg" not in told(text, kind).lower()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_requests_to_forget_keep_their_words(text: str):
    assert told(text, "forget") == text


@pytest.mark.parametrize("kind", OTHERS)
def test_the_goal_of_corrected_rows_is_not_said_to_differ_from_0(kind: str):
    assert "0 is not the goal" not in told(reads("forget"), kind)
    assert "retrained's share is the goal" in told(reads("forget"), kind)


def test_rows_are_called_by_what_is_done_to_them():
    assert axis("forget", "correct_labels").title == "Accuracy on corrected rows"
    assert axis("forget", "erase_feature").title == "Accuracy on erased rows"
    assert [PLAYER_WORDS[kind]["setForget"] for kind in OTHERS] == ["corrected", "erased"]
    known = {"near_boundary": 0.25, "loss_unseen": 1.234}
    assert hardness_lines(known, 3, 60, "erase_feature") == (
        "3 of 60 points have a feature that is to be erased; 25% of them lie next to the boundary.",
        "Models trained on the erased rows have loss 1.23 on them.",
    )


@pytest.mark.parametrize(
    ("auc", "said"),
    [
        (0.71, "with AUC .710."),
        (0.46, "hardly anything"),
        (0.54, "hardly anything"),
        (0.28, "as surely as with .720"),
    ],
)
def test_an_auc_far_from_half_is_something_on_either_side(auc: float, said: str):
    exposure = Exposure(auc, "loss", 5)
    assert said in exposure.sentence
    assert exposure.little == ("hardly anything" in exposure.sentence)
