"""The routes answer a View's picture, and refuse everything else in one line."""

import gc
import json
from itertools import groupby

import pytest

from explorer import pipeline
from explorer.player.frames import unpack
from explorer.service import START, answers
from explorer.service.query import LONGEST
from explorer.session import hands
from explorer.session.tab import Given, Tab
from explorer.view import PAGES, View
from tests.service._asked import Answer, app, ask

SMALL = "v=1&data=moons(n:40)&training=standard(steps:5)&evaluation=(retrained_seeds:2)"
TWO = f"{SMALL}&panels=retrained~gradient_ascent(steps:3)"

NO_QUERY = "a query must be name=value joined by &, at most 100 of them, in UTF-8"


def panels(answer: Answer) -> list[str]:
    return [panel["name"] for panel in unpack(answer.body).header["panels"]]


def test_a_picture_without_a_panel_is_the_whole_view():
    answer = ask("/picture", TWO)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
    assert panels(answer) == ["0:retrained", "1:gradient_ascent"]


def test_one_panel_is_bit_for_bit_that_of_the_whole_view():
    whole, alone = (unpack(ask("/picture", TWO + more).body) for more in ("", "&panel=1"))
    assert [panel["name"] for panel in alone.header["panels"]] == ["1:gradient_ascent"]
    assert alone.header["panels"][0]["id"] == whole.header["panels"][1]["id"]
    assert alone.header["scene"]["id"] == whole.header["scene"]["id"]


def test_a_picture_that_the_browser_holds_is_not_sent_again():
    first = ask("/picture", TWO)
    tag = first.headers["etag"]
    assert unpack(first.body).header["id"] in tag
    again = ask("/picture", TWO, headers={"if_none_match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask("/picture", TWO + "&step=.5", headers={"if_none_match": tag}).status == 200


@pytest.mark.parametrize("path", ["/picture", "/events"])
def test_no_other_page_may_sniff_frame_or_read_it(path: str):
    headers = ask(path, TWO, method="HEAD").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_player_alone_may_be_framed_and_fetches_nothing():
    answer = ask("/embed", TWO, headers={"sec_fetch_site": "cross-site"})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "x-frame-options" not in answer.headers
    assert "<canvas" in answer.text and "Unlearning Explorer: moons" in answer.text


@pytest.mark.parametrize("page", ["lessons", "quiz", "decks", "report"])
def test_a_page_without_a_picture_is_not_framed(page: str):
    answer = ask("/embed", f"{TWO}&page={page}")
    assert answer.status == 400
    assert answer.text == f"page: {page} has no picture of its own; name a page that has one, such as watch\n"


@pytest.mark.parametrize("page", ["lessons", "quiz", "decks", "report"])
def test_a_page_without_a_picture_has_no_panel_either(page: str):
    answer = ask("/picture", f"{TWO}&page={page}&panel=0")
    assert answer.status == 400
    assert answer.text == f"page: {page} has no picture of its own; name a page that has one, such as watch\n"


def test_recorded_runs_are_answered_whole_alone():
    answer = ask("/picture", "v=1&page=images&panel=0")
    assert answer.status == 400
    assert answer.text.startswith("panel: recorded runs are answered whole; leave `panel` out")


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("v=1&page=images", {"retrained", "jit"}),
        (f"{TWO}&page=streams&batches=2", {"retrained", "gradient_ascent"}),
        (f"{TWO}&page=method&focus=1", {"gradient_ascent"}),
    ],
    ids=["images", "streams", "method"],
)
def test_the_picture_of_a_link_is_that_of_its_page(query: str, holds: set[str]):
    blob = unpack(ask("/picture", query).body)
    names = {panel["name"].partition(":")[2] or panel["name"] for panel in blob.header["panels"]}
    assert holds <= names if "images" in query else holds == names


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("v=1&foo=3", "foo: it is not a part of a link"),
        ("v=1&foo=3&panel=0", "foo: it is not a part of a link"),
        ("v=2", "this link is of version 2, this explorer reads version 1"),
        ("v=1&step=2", "step: `step` must lie in [0, 1], got 2"),
        ("v=1&data=moons(noise:9)", "data.noise: `data.noise` must lie in [0, 2], got 9"),
        ("v=1&panels=jit&panel=1", "panel: it must lie in [0, 0], got 1"),
        ("v=1&panels=jit&panel=-1", "panel: it must lie in [0, 0], got -1"),
        ("v=1&panels=jit&panel=0x", "panel: it must lie in [0, 0], got 0x"),
        ("v=1&v=1", "v: it must be given once"),
        ("v=1&tab=../x", "tab: it must be 1 to 40 letters, digits, _ or -, got ../x"),
        ("v", NO_QUERY),
        ("v=%ff", NO_QUERY),
        (
            "&".join(f"a{n}=1" for n in range(101)),
            NO_QUERY,
        ),
        ("v=" + "1" * LONGEST, f"a query must have at most {LONGEST} bytes, got {LONGEST + 2}"),
        (f"v=1&data=csv(sha256:{'0' * 64})&request=random", "data: uploaded points are shown to their own tab only"),
    ],
    ids=lambda text: text[:30],
)
def test_a_query_that_cannot_be_read_is_refused_in_one_line(query: str, sentence: str):
    answer = ask("/picture", query)
    assert (answer.status, answer.text) == (400, sentence + "\n")
    assert answer.headers["content-type"].startswith("text/plain")


def test_uploaded_points_are_answered_to_their_own_tab_as_long_as_it_is_open():
    lines = [f"{number},{number % 7},{number % 2}" for number in range(40)]
    table = pipeline.csv_table("\n".join(["x1,x2,label", *lines]).encode())
    points = pipeline.csv_points(table)
    sha256 = pipeline.keep_csv(points)
    query = f"{SMALL.replace('data=moons(n:40)', f'data=csv(sha256:{sha256})')}&request=random&panel=0"
    assert sha256 in query
    mine, other = (Tab(View.default()) for _ in range(2))
    mine.given[sha256] = Given("mine.csv", table, points)
    secret = mine.secret()
    assert secret == mine.secret() != other.secret()
    own = ask("/picture", query, headers={"x_explorer_owner": secret})
    assert (own.status, own.headers["cache-control"]) == (200, "no-store")
    refused = (400, "data: uploaded points are shown to their own tab only\n")

    def answered(path: str, asks: str, owner: str) -> tuple[int, str]:
        answer = ask(path, asks, headers={"x_explorer_owner": owner})
        return answer.status, answer.text

    for owner in (other.secret(), "guessed", ""):
        assert answered("/picture", query, owner) == refused
    assert answered("/picture", query.replace(sha256, "0" * 64), secret) == refused
    for path, page in (("/embed", ""), ("/events", ""), ("/slide", "page=watch&")):
        assert answered(path, page + query.removesuffix("&panel=0"), secret) == refused
    del mine
    gc.collect()
    assert answered("/picture", query, secret) == refused


def test_a_page_waits_for_the_panels_of_its_tab_and_for_no_whole_picture(monkeypatch: pytest.MonkeyPatch):
    made, waits = answers._made, []  # type: ignore[reportPrivateUsage]

    async def noting(view: View, panel: int | None, tab: str) -> bytes:
        waits.append((panel, not hands.after("mine", 0.0)))
        return await made(view, panel, tab)

    monkeypatch.setattr(answers, "_made", noting)
    for more in ("&panel=0", "", "&panel=0&request=threshold(column:0,above:1000)"):
        ask("/picture", f"{SMALL}{more}&tab=mine")
    assert waits == [(0, True), (None, False), (0, True)]
    assert hands.after("mine", 0.0)


@pytest.mark.parametrize("path", ["/events", "/embed"])
def test_only_a_picture_has_panels(path: str):
    answer = ask(path, "v=1&panel=0")
    assert (answer.status, answer.text) == (400, "panel: it is not a part of a link\n")


def test_what_cannot_be_computed_is_refused_in_one_line():
    answer = ask("/picture", f"{SMALL}&request=threshold(column:0,above:1000)")
    assert answer.status == 400
    assert answer.text.count("\n") == 1 and "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/picture", "/events"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://example.org", "sec_fetch_site": "same-origin"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_another_origin_is_refused(path: str, headers: dict[str, str]):
    answer = ask(path, TWO, headers=headers)
    assert (answer.status, answer.text) == (403, "only pages of this app may ask for this\n")


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {"origin": "https://127.0.0.1:8501"}],
    ids=str,
)
def test_a_page_of_this_app_is_answered(headers: dict[str, str]):
    assert ask("/picture", TWO, headers=headers).status == 200


@pytest.mark.parametrize("path", ["/picture", "/events", "/embed"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_get_and_head_are_answered(path: str, method: str):
    answer = ask(path, TWO, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("named", ["content_length=1", "transfer_encoding=chunked"])
def test_a_body_is_refused(named: str):
    name, _, value = named.partition("=")
    answer = ask("/picture", TWO, headers={name: value})
    assert (answer.status, answer.text) == (413, "a request must have no body\n")


def test_the_stream_tells_panels_then_words_then_numbers_then_the_end():
    answer = ask("/events", TWO)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [part.split("\ndata: ") for part in answer.text.removeprefix("event: ").strip().split("\n\nevent: ")]
    events = [(name.removeprefix("event: "), json.loads(data)) for name, data in told]
    kinds = [name for name, _ in events if name != "progress"]
    assert [name for name, _ in groupby(kinds)] == ["panel", "words", "numbers", "done"]
    panels = sorted((data for name, data in events if name == "panel"), key=lambda data: data["panel"])
    assert [data["panel"] for data in panels] == [0, 1]  # each once, in the order in which they are ready
    assert all(set(data["accuracy"]) == {"forget", "retain", "test"} for data in panels)
    assert [bool(data["cost"]) for data in panels] == [False, True]  # a reference costs nothing
    assert "forgetting moves the boundary" in next(data["ratio"] for name, data in events if name == "words")
    assert all("<table" in data["html"] for name, data in events if name == "numbers")


def test_the_stream_says_what_is_wrong_and_ends():
    answer = ask("/events", f"{SMALL}&request=threshold(column:0,above:1000)")
    name, data = answer.text.strip().split("\n\n")[-1].split("\n")
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: "))["sentence"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("page=attacks&v=1&panels=jit", "attacks?v=1&panels=jit"),
        ("page=compare", "compare"),
        ("v=1&seed=3", "watch?v=1&seed=3"),  # a link from before there was *Start*
        ("page=watch", "watch"),
        ("page=//example.org", "watch"),
        ("page=nowhere&v=1", "watch?v=1"),
    ],
)
def test_the_front_address_goes_on_to_the_page_that_the_query_means(query: str, where: str):
    answer = ask("/", query)
    assert (answer.status, answer.headers["location"]) == (307, where)


@pytest.mark.parametrize(
    ("query", "where"), [("", "/"), ("page=start", "/"), ("v=1&seed=3", "/?page=start&v=1&seed=3")]
)
def test_the_first_page_has_its_name_too(query: str, where: str):
    assert PAGES[0] == START.removeprefix("/")
    answer = ask(START, query)
    assert (answer.status, answer.headers["location"]) == (307, where)


@pytest.mark.parametrize("query", ["", "page=start", "page=start&v=1"])
def test_the_front_address_is_streamlits_where_the_first_page_is_meant(query: str):
    assert ask("/", query).status == 404


def test_the_routes_stand_below_the_base_path():
    assert ask("/below/picture", "v=1&foo=3", of=app("/below/")).status == 400
    assert ask("/picture", "v=1&foo=3", of=app("/below/")).status == 404


def test_a_public_demo_refuses_here_what_its_pages_refuse(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")
    answer = ask("/picture", "v=1&data=moons(n:5000)&panel=1")
    assert answer.status == 403 and answer.text.startswith("This public demo takes at most ")
