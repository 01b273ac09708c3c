"""All classrooms: codes that are not found by trying, and how many there may be."""

from __future__ import annotations

import pytest

from explorer.classroom import LETTERS, LONGEST, MOST_ROOMS, Classrooms, Refusal
from tests.classroom._rooms import Clock


def opened() -> tuple[Classrooms, Clock]:
    clock = Clock()
    return Classrooms(clock), clock


def why(rooms: Classrooms, code: str, address: str = "10.0.0.1") -> str:
    with pytest.raises(Refusal) as caught:
        rooms.enter(code, address)
    return caught.value.why


def wrong(rooms: Classrooms) -> str:
    """Return a code of no class."""
    return next(code for letter in LETTERS if (code := letter * 4) not in rooms._rooms)


def test_a_code_is_four_letters_that_spell_no_word_and_are_not_mistaken():
    rooms, _ = opened()
    codes = {rooms.open().code for _ in range(MOST_ROOMS)}
    assert len(codes) == MOST_ROOMS and all(len(code) == 4 and set(code) <= set(LETTERS) for code in codes)
    assert not set(LETTERS) & set("AEIOU0123456789") and len(LETTERS) ** 4 == 194_481


@pytest.mark.parametrize("write", [str.upper, str.lower, "  {}  ".format])
def test_a_code_is_read_as_people_type_it(write):
    rooms, _ = opened()
    room = rooms.open()
    found, token = rooms.enter(write(room.code), "10.0.0.1")
    assert found is room and room.holds(token) and rooms.of_phone(token) is room


def test_ten_wrong_codes_a_minute_of_one_address_are_too_many_and_right_ones_do_not_count():
    rooms, clock = opened()
    room = rooms.open()
    for _ in range(30):
        rooms.enter(room.code, "10.0.0.1")
    assert [why(rooms, wrong(rooms)) for _ in range(11)] == ["code"] * 10 + ["codes"]
    assert why(rooms, room.code) == "codes"  # a right one too, or trying would go on
    assert rooms.enter(room.code, "10.0.0.2")[0] is room
    clock.now = 60
    assert rooms.enter(room.code, "10.0.0.1")[0] is room


def test_two_hundred_wrong_codes_a_minute_of_all_addresses_are_too_many():
    rooms, clock = opened()
    room = rooms.open()
    for k in range(200):
        assert why(rooms, wrong(rooms), f"10.0.1.{k}") == "code"
    assert why(rooms, room.code, "10.0.2.1") == "codes"
    clock.now = 61
    assert rooms.enter(room.code, "10.0.2.1")[0] is room


def test_a_code_tried_a_thousand_times_is_held_in_little_memory():
    rooms, clock = opened()
    rooms.open()
    for k in range(1000):
        clock.now = k / 100
        assert why(rooms, wrong(rooms)) in ("code", "codes")
    assert len(rooms._wrong._noted) == 10


def test_a_scanned_ticket_enters_also_where_too_many_codes_were_wrong():
    rooms, _ = opened()
    room = rooms.open()
    for _ in range(11):
        why(rooms, wrong(rooms))
    assert rooms.enter(room.ticket, "10.0.0.1")[0] is room
    assert len(room.ticket) >= 16 and len(room.key) >= 24


def test_a_phone_that_scans_again_is_the_same_phone():
    rooms, _ = opened()
    room, other = rooms.open(), rooms.open()
    _, token = rooms.enter(room.code, "10.0.0.1")
    assert rooms.enter(room.ticket, "10.0.0.1", token) == (room, token)
    assert rooms.enter(other.ticket, "10.0.0.1", token)[1] != token
    assert (room.counts()[0], other.counts()[0]) == (1, 1)


def test_where_all_rooms_are_taken_an_empty_one_makes_way_and_one_with_people_does_not():
    rooms, _ = opened()
    first = rooms.open()
    for _ in range(MOST_ROOMS - 1):
        rooms.open().join()
    last = rooms.open()
    assert first.over and not last.over and len(rooms) == MOST_ROOMS
    last.join()
    with pytest.raises(Refusal, match="20 classes are open"):
        rooms.open()


def test_a_class_that_made_way_was_not_ended_by_its_time():
    rooms, clock = opened()
    first, *_ = [rooms.open() for _ in range(MOST_ROOMS + 1)]
    assert first.over and not rooms.timed_out(first)
    last = rooms.open()
    clock.now = LONGEST
    assert last.over and rooms.timed_out(last)


def test_an_ended_class_is_found_no_more_by_code_by_phone_or_by_its_lecturer():
    rooms, clock = opened()
    room = rooms.open()
    _, token = rooms.enter(room.code, "10.0.0.1")
    assert rooms.of_lecturer(room.key) is room
    clock.now = LONGEST
    assert rooms.of_lecturer(room.key) is None and len(rooms) == 0
    assert why(rooms, room.code) == "code"
    with pytest.raises(Refusal, match="This class has ended"):
        rooms.of_phone(token)


def test_a_token_that_was_never_given_is_of_no_class():
    rooms, _ = opened()
    rooms.open()
    with pytest.raises(Refusal, match="This class has ended"):
        rooms.of_phone("made-up")


@pytest.mark.parametrize("code", ["", "B", "BCDFG", "ÄÖÜß", "B" * 10_000, "\x00\x00\x00\x00"])
def test_what_is_no_code_is_a_wrong_code(code: str):
    rooms, _ = opened()
    rooms.open()
    assert why(rooms, code) == "code"
