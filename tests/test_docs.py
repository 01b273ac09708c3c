"""The README and CONTRIBUTING say what is so."""

import re
import sys
import types
from pathlib import Path

import pytest

from explorer.decks import known
from explorer.experiments.listing import filled, first_sentence, tables, year
from explorer.lessons import lessons
from explorer.view.presets import PRESETS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_tables_are_those_of_today():
    assert filled(README) == README, "python -m explorer list --markdown README.md > new && mv new README.md"


def test_a_text_without_the_places_is_refused():
    with pytest.raises(ValueError, match="the text must hold the lines <!-- methods"):
        filled("# nothing")


@pytest.mark.parametrize("full", [False, True])
def test_the_tables_name_every_method_with_its_year_or_source(full: bool):
    rows = tables(full=full)["methods"].splitlines()[2:]
    assert all(len(row.strip("| ").split(" | ")) == 5 for row in rows)


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("Graves, AAAI 2021, arXiv:2010.10981, code", "2021"),
        ("Ji et al., 2024, arXiv:2408.11433, and Niu et al., 2025", "2024"),
        ("folklore; as a baseline in Golatkar, 2020.", "2020"),
        ("ours, as an example.", "–"),
        ("arXiv:2010.10981", "–"),
    ],
)
def test_year(source: str, first: str):
    assert year(source) == first


@pytest.mark.parametrize(
    ("text", "first"), [("One. Two.", "One"), ("One\nline.\n\nMore.", "One line"), ("", ""), (None, "")]
)
def test_first_sentence(text: str | None, first: str):
    assert first_sentence(text) == first


def test_the_readme_starts_with_the_commands():
    screen = README.splitlines()[:25]
    words = (
        "# Unlearning Explorer",
        "![",
        "make run",
        "make test",
        "pip install -r requirements.txt",
        "streamlit run app",
    )
    order = [next(i for i, line in enumerate(screen) if line.startswith(word)) for word in words]
    assert order == sorted(order)


def test_every_place_that_is_named_is_there():
    for name in re.findall(r"`((?:explorer|tests|toy_data|\.ci)/[\w./]*)`", README + CONTRIBUTING):
        if "noise" not in name:  # the example
            assert (ROOT / name).exists(), name
    for name in re.findall(r"\]\(([^)#:]+)", README + CONTRIBUTING):
        assert (ROOT / name).exists(), name


def test_the_method_in_contributing_runs():
    torch = pytest.importorskip("torch")
    from explorer import draws
    from explorer.contract.cases import make
    from explorer.methods._card import card
    from explorer.methods._method import Method
    from explorer.recording import record

    source = CONTRIBUTING.partition("```python\n")[2].partition("```")[0]
    module = types.ModuleType("explorer.methods.noise")
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, "noise.py", "exec"), module.__dict__)
        method = module.METHOD
        assert isinstance(method, Method)
        assert set(card(module.__doc__ or "").sections) == {"Reads", "Watch", "Fails", "Source", "Differs"}
        assert card(module.__doc__ or "").equation
        case = make("forget", "mlp")
        before = [weight.clone() for weight in case.original.parameters()]
        path = record(method, case.original, case.request, method.knobs(), draws.generator(0), case.probes)
        assert path.step.tolist()[0] == 0 and path.step[-1] == 10
        assert all(torch.equal(a, b) for a, b in zip(before, case.original.parameters(), strict=True))
    finally:
        del sys.modules[module.__name__]


@pytest.mark.parametrize("kind", ["lesson", "deck", "preset"])
def test_a_lecture_names_what_is_there(kind: str):
    table = README.partition("### A lecture of 90 minutes")[2].partition("\n### ")[0]
    there = {
        "lesson": {lesson.title for lesson in lessons().values()},
        "deck": {deck.title for deck in known().values()},
        "preset": {preset.title for preset in PRESETS},
    }[kind]
    named = re.findall(rf"{kind} \*(.+?)\*", table)
    assert named and set(named) <= there


def test_a_lecture_takes_ninety_minutes_without_a_gap():
    table = README.partition("### A lecture of 90 minutes")[2].partition("\n### ")[0]
    spans = [(int(low), int(high)) for low, high in re.findall(r"^\| (\d+)-(\d+) \|", table, re.MULTILINE)]
    assert [low for low, _ in spans] == [0, *(high for _, high in spans[:-1])] and spans[-1][1] == 90
