"""A deck is read, refused, written and packed; every group of presets and every lesson is one."""

import base64
import json
import subprocess
import sys
import zlib

import pytest

from explorer.decks import MAX_SLIDES, Deck, Slide, alone, first_sentence, known, of_lesson, slide_of_step, slides_of
from explorer.lessons import Guess, Look, lessons, place_of
from explorer.spec import SpecError
from explorer.view import View
from explorer.view.presets import PRESETS

OWN = {
    "deck": 1,
    "title": "My talk",
    "slides": [
        {"link": "watch?v=1&panels=jit~scrub", "title": "Two methods", "says": "Look left.", "note": "Slowly."},
        {"link": "lessons?v=1&lesson=cliff&at=1", "title": "", "says": "", "note": ""},
    ],
}


def view_of(slide: Slide) -> View:
    assert slide.view is not None, slide.trouble
    return slide.view


def test_a_deck_comes_back_as_it_was_written():
    deck = Deck.parse(OWN)
    assert deck.as_json() == OWN
    assert Deck.read(json.dumps(OWN).encode()) == deck
    assert [panel.name for panel in view_of(deck.slides[0]).panels] == ["jit", "scrub"]


def test_a_packed_deck_is_text_for_an_address():
    text = Deck.parse(OWN).packed()
    assert all(mark.isalnum() or mark in "-_" for mark in text)
    assert json.loads(zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))) == OWN


def test_a_slide_of_a_view_opens_that_view_again():
    view = View.parse({"base": {"seed": 3}, "panels": [{"method": "jit"}], "page": "audits", "audit": "completeness"})
    slide = Slide.of(view)
    assert (slide.view, slide.trouble) == (view, "")


@pytest.mark.parametrize("link", ["http://10.0.0.1:8501/watch?v=1&seed=3", "/watch?v=1&seed=3", "?v=1&seed=3"])
def test_any_address_of_the_app_is_a_link(link: str):
    assert view_of(Slide(link)).base.seed == 3


def test_a_view_as_json_is_a_slide():
    (slide,) = Deck.parse({"slides": [{"view": {"base": {"seed": 3}, "panels": [{"method": "jit"}]}}]}).slides
    assert slide.link == "watch?v=1&seed=3&panels=jit&focus=0"


def test_a_lesson_stands_for_all_of_its_slides():
    deck = Deck.parse({"slides": [{"lesson": "cliff", "note": "Ask the room."}]})
    assert [slide.link for slide in deck.slides] == [slide.link for slide in of_lesson("cliff").slides]
    assert deck.slides[0].note.startswith("Ask the room.\n")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "a deck must be an object with `title` and `slides`; this is none"),
        ({"base": {}, "panels": []}, "a deck must be an object with `title` and `slides`; this is none"),
        ({"deck": 2, "slides": []}, "this deck is of version 2, this explorer reads version 1"),
        ({"slides": [], "colour": 1}, "`colour` is not a field of a deck: deck, title, slides"),
        ({"title": 3, "slides": []}, "`title` must be text of at most 160 characters, got 3"),
        ({"slides": {}}, f"`slides` must be a list of at most {MAX_SLIDES}, got {{}}"),
        ({"slides": [OWN["slides"][0]] * 201}, f"`slides` must be a list of at most {MAX_SLIDES}, got 201"),
        ({"slides": ["watch"]}, "slide 1: a slide must be an object with named fields, got watch"),
        ({"slides": [{"note": "x"}]}, "slide 1: a slide must have either a `link` or a `view`"),
        ({"slides": [{"link": "watch", "note": 3}]}, "slide 1: `note` must be text of at most 4,000 characters, got 3"),
        (
            {"slides": [{"link": "watch", "x": 3}]},
            "slide 1: `x` is not a field of a slide: link, view, title, says, note",
        ),
        ({"slides": [{"lesson": "nowhere"}]}, f"slide 1: `lesson` must be one of {', '.join(lessons())}, got nowhere"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_deck_is_refused_in_one_sentence(given: object, sentence: str):
    with pytest.raises(SpecError) as refused:
        Deck.parse(given)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("content", "word"), [(b"\xff", "this is not JSON"), (b"[" * 10_000, "this is not JSON")])
def test_a_file_that_is_no_json_is_refused(content: bytes, word: str):
    with pytest.raises(ValueError, match=word):
        Deck.read(content)


def test_a_file_that_is_too_large_is_refused_unread():
    with pytest.raises(ValueError, match="at most 1,000,000 bytes, got 1,000,001"):
        Deck.read(b" " * 1_000_001)


@pytest.mark.parametrize(
    ("link", "trouble"),
    [
        ("watch?v=1&foo=3", "foo: it is not a part of a link"),
        ("watch?v=1&data=moons(noise:9)", "data.noise: `data.noise` must lie in [0, 2], got 9"),
        ("nowhere?v=1", "`link` must lead to a page with a picture, got nowhere?v=1"),
        ("start", "`link` must lead to a page with a picture, got start"),
        ("lessons?v=1", "`lesson` must name a lesson"),
        ("lessons?v=1&lesson=nowhere", "There is no lesson nowhere: choose one of these."),
    ],
)
def test_a_slide_that_cannot_be_shown_says_so_and_stays_in_the_deck(link: str, trouble: str):
    deck = Deck.parse({"slides": [{"link": link}, OWN["slides"][0]]})
    assert (deck.slides[0].view, deck.slides[0].trouble) == (None, trouble)
    assert deck.slides[1].trouble == ""


def test_a_deck_takes_no_more_slides_than_it_holds():
    full = Deck("", (Slide("watch"),) * MAX_SLIDES)
    with pytest.raises(SpecError, match=f"at most {MAX_SLIDES} slides, and this would be {MAX_SLIDES + 1}"):
        full.adding([Slide("watch")])


def test_every_preset_is_in_one_deck_with_its_title_and_all_of_its_words():
    for preset in PRESETS:
        homes = [deck for deck in known().values() for slide in deck.slides if slide.note == preset.sentence]
        assert len({id(deck) for deck in homes}) == 1, preset.key


def test_every_slide_of_every_known_deck_can_be_shown_and_says_something():
    for key, deck in known().items():
        assert deck.title and deck.slides, key
        for slide in deck.slides:
            assert slide.trouble == "" and slide.title and slide.says and slide.note, (key, slide)


def test_a_poster_is_shown_row_by_row_so_that_each_row_plays():
    jit = next(preset for preset in PRESETS if preset.key == "jit").view()
    slides = slides_of(jit, "JiT")
    assert [slide.title for slide in slides] == ["JiT (1 of 2)", "JiT (2 of 2)"]
    assert [view_of(slide).base.request.as_json()["index"] for slide in slides] == [[198], [199]]
    assert {view_of(slide).page for slide in slides} == {"watch"}


def test_a_question_stands_before_its_answer():
    lesson = lessons()["never_saw"]
    slides = of_lesson("never_saw").slides
    assert [isinstance(step, Look) for step in lesson.steps] == [True, False, True, True, False]
    places = [place_of(view_of(slide), lessons()) for slide in slides]
    assert [(place.at, place.answer) for place in places] == [
        (0, None), (1, None), (1, "skipped"), (2, None), (3, None), (4, None), (4, "skipped"), (5, None),
    ]  # fmt: skip
    asks = lesson.steps[1]
    assert isinstance(asks, Guess)
    assert slides[1].says == asks.ask and asks.why[:20] not in slides[1].says + slides[1].note
    assert slides[-1].says == lesson.goal


@pytest.mark.parametrize(
    ("at", "told", "number"), [(0, False, 0), (1, False, 1), (1, True, 2), (2, False, 3), (5, True, 7)]
)
def test_a_step_of_a_lesson_is_found_in_its_deck(at: int, told: bool, number: int):
    assert slide_of_step("never_saw", at, told=told) == number


def test_a_picture_alone_has_the_words_of_the_preset_that_it_is():
    preset = next(preset for preset in PRESETS if preset.key == "barely")
    (slide,) = alone(preset.view()).slides
    assert (slide.title, slide.note) == (preset.title, preset.sentence)
    (slide,) = alone(View.default()).slides
    assert slide.title == "Two moons" and "retrained" in slide.says and slide.note == ""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It moves 1.5 times as far. Look at it.", "It moves 1.5 times as far."),
        ("Which one? That one.", "Which one?"),
        ("No end", "No end"),
    ],
)
def test_a_slide_says_the_first_sentence(text: str, first: str):
    assert first_sentence(text) == first


def test_decks_need_no_streamlit():
    script = "import sys; from explorer.decks import known; known(); sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=120).returncode == 0
