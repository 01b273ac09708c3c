"""The order in which pictures of a moving slider are asked and shown, with answers that come when the test says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from explorer import player

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(player.__file__).with_name("live.js")

CHASE = """() => {
    window.asked = {};
    window.shown = [];
    const ask = (request, signal) => new Promise((answer) => { asked[request] = {answer, signal}; });
    window.chase = new Chase(ask, (answer, request) => shown.push([answer, request]), 0);
    window.state = () => ({
        under: chase.under.map((one) => one.request),
        stopped: Object.keys(asked).filter((name) => asked[name].signal.aborted),
        shown,
    });
}"""

# A page with one slider, a player that keeps the headers it was told to show, and answers by hand.
LIVE = """() => {
    document.body.innerHTML = '<div class="st-key-k"><input type="range" min="0" max="9" value="2"></div>';
    window.input = document.querySelector("input");
    window.asked = [];
    const panel = (id) => ({ name: "1:jit", id });
    window.header = (id, of = id, scene = "s") =>
        ({ id, scene: { id: scene }, panels: [panel(of)], look: { expected: [["1:jit", "JiT"]], ratio: "" } });
    const k = { widget: "st-key-k", panel: 1, name: "1:jit", query: "v=1&x=__value__", stops: null, whole: false };
    window.control = (at, more = {}) => ({ ...k, at, ...more });
    window.tab = "t";
    window.tell = (...controls) => {
        document.explorerControls = { route: "/picture", tab, controls };
        document.dispatchEvent(new Event("explorer-controls"));
    };
    window.player = {
        given: null, state: { header: null },
        read: (bytes) => header(`live${bytes[0]}`),
        renew() { this.state.header = this.live.over(this.given); },
        show(given) { this.given = given; this.renew(); },
    };
    tell(control(2));
    const ask = (request, signal) =>
        new Promise((answer, fail) => asked.push({ request, signal, answer, fail }));
    player.live = new Live(player, ask);
    player.live.chase.alone = 0;
    player.show(header("page2"));
    window.frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    window.move = (value) => {
        input.focus();
        input.setAttribute("value", value);
        input.value = value;
        return frame();
    };
    window.answer = (number) => {
        asked[number].answer(new Uint8Array([asked[number].request.place]));
        return frame();
    };
    window.on = () => player.state.header.panels[0].id;
}"""


@pytest.fixture
def blank(page: Page) -> Page:
    page.set_content("<!doctype html><body></body>")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    return page


@pytest.fixture
def chase(blank: Page) -> Page:
    blank.evaluate(CHASE)
    return blank


@pytest.fixture
def live(blank: Page) -> Page:
    blank.evaluate(LIVE)
    return blank


def state(page: Page) -> dict[str, Any]:
    return page.evaluate("state()")


def test_two_requests_are_under_way_and_the_newest_waits_for_one_of_them(chase: Page):
    chase.evaluate("for (const name of ['a', 'b', 'c', 'd']) chase.want(name)")
    assert state(chase) == {"under": ["a", "b"], "stopped": [], "shown": []}
    chase.evaluate("asked.a.answer(1)")
    chase.wait_for_function("shown.length === 1")
    assert state(chase) == {"under": ["b", "d"], "stopped": [], "shown": [[1, "a"]]}
    assert not chase.evaluate("'c' in asked"), "a newer one was wanted before it could be asked for"


def test_a_second_one_is_begun_once_the_first_has_had_its_time_alone(chase: Page):
    began = chase.evaluate("""async () => {
        chase.alone = 80;
        const start = performance.now();
        chase.want('a');
        for (const name of ['b', 'c']) chase.want(name);
        const first = state().under;
        while (chase.under.length < 2) await new Promise((done) => setTimeout(done, 5));
        return [first, performance.now() - start];
    }""")
    assert began[0] == ["a"]
    assert began[1] >= 80
    assert state(chase)["under"] == ["a", "c"]


def test_the_next_one_is_begun_as_soon_as_none_is_under_way(chase: Page):
    chase.evaluate("chase.alone = 60_000; for (const name of ['a', 'b']) chase.want(name); asked.a.answer(1)")
    chase.wait_for_function("shown.length === 1")
    assert state(chase)["under"] == ["b"]


def test_what_waits_is_asked_for_after_a_failure_too(chase: Page):
    chase.evaluate("for (const name of ['a', 'b', 'c']) chase.want(name)")
    chase.evaluate("asked.a.answer(Promise.reject(new TypeError('gone')))")
    chase.wait_for_function("shown.length === 1")
    assert state(chase) == {"under": ["b", "c"], "stopped": [], "shown": [[None, "a"]]}


def test_what_waits_is_forgotten_at_a_stop(chase: Page):
    chase.evaluate("async () => { for (const name of ['a', 'b', 'c']) chase.want(name); chase.stop(); await 0; }")
    chase.evaluate("async () => { asked.a.answer(1); await 0; await 0; chase.want('d'); }")
    assert state(chase) == {"under": ["d"], "stopped": ["a", "b"], "shown": []}


def test_answers_are_shown_in_their_order(chase: Page):
    chase.evaluate("async () => { chase.want('a'); chase.want('b'); asked.a.answer(1); await 0; asked.b.answer(2); }")
    chase.wait_for_function("shown.length === 2")
    assert state(chase) == {"under": [], "stopped": [], "shown": [[1, "a"], [2, "b"]]}


def test_no_answer_is_shown_after_a_newer_one(chase: Page):
    chase.evaluate("async () => { chase.want('a'); chase.want('b'); asked.b.answer(2); await 0; asked.a.answer(1); }")
    chase.wait_for_function("shown.length === 1")
    assert state(chase) == {"under": [], "stopped": ["a"], "shown": [[2, "b"]]}


def test_nothing_is_shown_after_a_stop(chase: Page):
    chase.evaluate("async () => { chase.want('a'); chase.stop(); asked.a.answer(1); await 0; await 0; }")
    assert state(chase) == {"under": [], "stopped": ["a"], "shown": []}


def test_the_value_stands_where_the_page_said(live: Page):
    live.evaluate("move(5)")
    assert live.evaluate("asked[0].request.url") == "/picture?v=1&x=5&panel=1&tab=t"


def test_a_place_means_the_stop_that_stands_there(live: Page):
    live.evaluate("tell(control(2, {stops: [0, 0.1, 1e-7, 5]}))")
    live.evaluate("move(1)")
    live.evaluate("move(3)")
    assert live.evaluate("asked.map((one) => one.request.url.split('&')[1])") == ["x=0.1", "x=5"]


def test_a_slider_that_no_hand_is_at_asks_for_nothing(live: Page):
    live.evaluate("async () => { input.blur(); input.setAttribute('value', 7); input.value = 7; await frame(); }")
    assert live.evaluate("asked.length") == 0


def test_several_moves_in_one_frame_are_one_request(live: Page):
    live.evaluate("async () => { move(3); move(4); await move(5); }")
    assert live.evaluate("asked.map((one) => one.request.place)") == [5]


def test_the_picture_under_the_hand_lies_over_the_pages_until_the_page_knows_the_value(live: Page):
    live.evaluate("async () => { await move(5); await answer(0); }")
    assert live.evaluate("on()") == "live5"
    live.evaluate("player.show(header('page2b', 'page2'))")  # numbers came; the page knows nothing of the hand yet
    assert live.evaluate("on()") == "live5"
    live.evaluate("tell(control(5))")  # the page knows the value and computes still
    assert live.evaluate("on()") == "live5"
    live.evaluate("player.show(header('page5'))")
    assert live.evaluate("on()") == "page5"


def test_a_late_answer_never_lies_over_a_newer_picture_of_the_page(live: Page):
    live.evaluate("async () => { await move(4); await answer(0); await move(5); }")
    live.evaluate("tell(control(5)); player.show(header('page5'))")
    assert live.evaluate("asked[1].signal.aborted")
    live.evaluate("answer(1)")
    assert live.evaluate("on()") == "page5"


def test_a_late_first_answer_never_lies_over_a_newer_picture_of_the_page(live: Page):
    live.evaluate("move(5)")
    live.evaluate("tell(control(5)); player.show(header('page5'))")
    live.evaluate("answer(0)")
    assert live.evaluate("on()") == "page5"


def test_an_older_value_of_the_page_does_not_take_the_picture_from_the_hand(live: Page):
    live.evaluate("async () => { await move(3); await move(4); await answer(0); await answer(1); }")
    live.evaluate("tell(control(3)); player.show(header('page3'))")  # a key sent 3 while the hand is at 4 already
    assert live.evaluate("on()") == "live4"
    live.evaluate("tell(control(4)); player.show(header('page4'))")
    assert live.evaluate("on()") == "page4"


def test_a_slider_that_is_gone_gives_the_picture_back(live: Page):
    live.evaluate("async () => { await move(5); await answer(0); tell(); }")
    assert live.evaluate("on()") == "page2"


def test_where_the_last_answer_fails_the_pages_picture_comes_back(live: Page):
    live.evaluate("async () => { await move(4); await answer(0); await move(5); }")
    assert live.evaluate("on()") == "live4"
    live.evaluate("async () => { asked[1].fail(new TypeError('gone')); await frame(); }")
    assert live.evaluate("on()") == "page2"


def test_where_nobody_serves_pictures_nothing_is_asked_again(live: Page):
    live.evaluate("async () => { await move(4); asked[0].answer(NO_ROUTE); await frame(); await move(5); }")
    assert live.evaluate("asked.length") == 1
    assert live.evaluate("player.live.word") == "off"


def test_another_tab_asks_again_though_nobody_served_pictures_to_the_last(live: Page):
    live.evaluate("async () => { await move(4); await move(5); asked[0].answer(NO_ROUTE); await frame(); }")
    live.evaluate("async () => { tell(control(2)); await move(6); }")
    assert (live.evaluate("asked.length"), live.evaluate("player.live.word")) == (2, "off"), "the same tab knows"
    live.evaluate("async () => { tab = 'u'; tell(control(2)); await frame(); }")
    assert live.evaluate("asked.at(-1).request.url") == "/picture?v=1&x=6&panel=1&tab=u"
    live.evaluate("async () => { asked[1].answer(NO_ROUTE); await frame(); await move(7); }")
    assert live.evaluate("asked.at(-1).request.place") == 7, "a late answer to the last tab says nothing of this one"


def test_all_panels_are_asked_for_once_the_hand_rests(live: Page):
    live.evaluate("tell(control(2, {whole: true}))")
    live.evaluate("async () => { await move(5); await answer(0); }")
    urls = live.evaluate("asked.map((one) => one.request.url)")
    assert ["&panel=1" in url for url in urls] == [True, False]


def test_an_answer_of_a_hand_that_has_moved_on_asks_for_no_other_panels(live: Page):
    live.evaluate("tell(control(2, {whole: true}))")
    live.evaluate("async () => { await move(4); await move(5); await answer(0); }")
    assert live.evaluate("asked.map((one) => one.request.whole)") == [False, False]


# A page that asks beside itself, with the Worker and the fetch that a test gives it.
BESIDE = """async (worker) => {
    window.fetched = [];
    window.fetch = async (url) => {
        fetched.push(url);
        return { status: 200, headers: new Headers({ "content-type": "application/octet-stream" }),
            arrayBuffer: async () => new Uint8Array([7]).buffer };
    };
    if (worker === "none") window.Worker = function () { throw new DOMException("refused", "SecurityError"); };
    if (worker === "late") window.Worker = class {
        postMessage() { setTimeout(() => this.onerror(new Event("error"))); }
        terminate() {}
    };
    const ask = askBy(new Beside());
    const answer = () => ask({ url: "/picture?v=1", owner: "" }, new AbortController().signal);
    return [[...(await answer())], [...(await answer())]];
}"""


@pytest.mark.parametrize("worker", ["none", "late"])
def test_a_page_that_gets_no_worker_asks_by_itself(blank: Page, worker: str):
    blank.evaluate("document.head.insertAdjacentHTML('beforeend', '<base href=\"http://here.test/\">')")
    assert blank.evaluate(BESIDE, worker) == [[7], [7]]
    assert len(blank.evaluate("fetched")) == 2
