"""The words of the field: each term, one sentence on it, and where it is first met. Texts are marked up with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Term:
    """One word of the field.

    Attributes:
        word: as it is said.
        says: one sentence, for somebody who has not met it before.
        met: the lesson in which it is first met, by key; "" for none.
        forms: other forms that mean the same.
    """

    word: str
    says: str
    met: str = ""
    forms: tuple[str, ...] = ()


TERMS: tuple[Term, ...] = (
    Term(
        "machine unlearning",
        "Changing a trained model until it behaves as if it had never seen some of its training data.",
        "never_saw",
        ("unlearning",),
    ),
    Term("training set", "The points that a model has learnt from.", "be_the_attacker"),
    Term("forget set", "The training points that a model is asked to forget.", "right_anyway", ("points to forget",)),
    Term("retain set", "All other training points: what the model may go on knowing.", "right_anyway"),
    Term("original model", "The model before unlearning, trained on all points.", "never_saw", ("original",)),
    Term(
        "retrained model",
        "A model trained again from the beginning, in the same way, without the points to forget.",
        "never_saw",
        ("retrained models", "retrained"),
    ),
    Term("boundary", "The line on which a model's answer changes from one class to another.", "never_saw"),
    Term("method", "A recipe that changes the original model so that it forgets.", "never_saw", ("methods",)),
    Term("knob", "A number of a method that one can set.", "right_anyway", ("knobs",)),
    Term(
        "forget accuracy",
        "The share of the points to forget to which a model still gives the right label.",
        "right_anyway",
    ),
    Term("learning rate", "How far each step moves the model.", "cliff"),
    Term(
        "Streisand effect",
        "Forgetting so hard that the model stands out from a retrained one, and so gives away what it forgot.",
        "too_much",
    ),
    Term("entropy", "How undecided an answer is: 0 where the model is sure, highest where it cannot tell.", "too_much"),
    Term(
        "seed",
        "The number from which all chance in a training is drawn: its first weights and the order of the points.",
        "seeds",
        ("seeds",),
    ),
    Term("floor", "How much two retrained models differ among themselves, by their seeds alone.", "seeds"),
    Term(
        "membership inference attack",
        "Guessing from a model's answers whether a point was in its training set.",
        "be_the_attacker",
        ("membership inference attacks", "membership attack"),
    ),
    Term("member", "A point that was in a model's training set.", "", ("members",)),
    Term(
        "loss",
        "How wrong a model is on a point: minus the log of the probability that it gives the right label.",
        "what_it_reads",
    ),
    Term("margin", "How much surer a model is of a point's label than of the others: the log of their odds."),
    Term("exact unlearning", "Unlearning that ends as a retrained model would, not only near it.", "exact"),
    Term(
        "certified unlearning",
        "Unlearning with a proof of how hard its outcome is to tell from a retrained model's, by epsilon and delta.",
    ),
    Term("approximate unlearning", "Unlearning that ends near a retrained model, without a guarantee.", "exact"),
    Term("confidence", "How sure a model is of its answer, from 0 to 1."),
    Term("step", "One small change of a model, called an update.", "seeds"),
)


def marked(text: str, terms: Sequence[Term] = TERMS, *, seen: set[str] | None = None) -> str:
    """Return a text as HTML: the first time that a term stands in it, the term can be pointed at for its sentence.

    Args:
        text: plain.
        terms: the longest word wins where several fit.
        seen: words of terms that texts before it have met; what this one meets is added.
    """
    by_form = {form.lower(): term for term in terms for form in (term.word, *term.forms)}
    forms = "|".join(re.escape(form) for form in sorted(by_form, key=len, reverse=True))
    seen = set() if seen is None else seen
    found, at = list[str](), 0
    for match in re.finditer(rf"\b({forms})\b", text, re.IGNORECASE):
        term = by_form[match[1].lower()]
        found.append(escape(text[at : match.start()]))
        said = escape(match[1])
        tip = f'<span class="ue-tip"> ({escape(term.says)})</span>'
        found.append(said if term.word in seen else f'<span class="ue-term" tabindex="0">{said}{tip}</span>')
        seen.add(term.word)
        at = match.end()
    return "".join([*found, escape(text[at:])])
