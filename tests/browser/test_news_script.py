"""When the browser asks for a run, with a server and a clock that the test moves by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explorer.pages.frame import news

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(news.__file__).with_suffix(".js").read_text(encoding="utf-8")
SCRIPT = SCRIPT.replace("export default function", "const mounted = function")
STAND_IN = """
    window.sources = [];
    window.EventSource = class {
        static CLOSED = 2;
        constructor(address) { Object.assign(this, { address, readyState: 1 }); sources.push(this); }
        refuse(status, type) {
            window.fetch = async () => new Response("", { status, headers: { "content-type": type } });
            this.readyState = 2;
            this.onerror();
        }
        close() { this.readyState = 2; }
    };
    window.asked = [];
    window.wait = (part, count, tab = "t") => mounted({
        data: { route: "/news", tab, part, count },
        setTriggerValue: (name) => asked.push(`${name === "lost" ? "players of " : ""}${part} ${count}`),
    });
    window.place = (canvas) => {
        document.body.innerHTML = '<div class="stElementContainer st-key-player-watch"><div></div></div>';
        document.body.firstChild.firstChild.attachShadow({ mode: "open" }).innerHTML = canvas;
    };
    window.tell = (counts) => sources.at(-1).onmessage({ data: JSON.stringify(counts) });
"""


@pytest.fixture
def there(page: Page) -> Page:
    page.clock.install()
    page.goto("about:blank")
    page.evaluate(f"() => {{ {SCRIPT}; {STAND_IN} }}")
    return page


def asked(page: Page) -> list[str]:
    return page.evaluate("asked")


def test_a_part_asks_once_for_what_it_has_not_drawn(there: Page):
    there.evaluate("wait('stage', 2); tell({stage: 2})")
    assert asked(there) == []
    there.evaluate("tell({stage: 3}); tell({stage: 4, pairs: 1})")
    assert asked(there) == ["stage 2"]
    assert there.evaluate("sources.map(({ address }) => address)") == ["/news?tab=t"]


def test_what_waited_for_a_server_that_is_gone_does_not_stand_before_what_waits_for_the_new_one(there: Page):
    there.evaluate("wait('stage', 4); wait('stage', 0, 'another'); tell({stage: 3})")
    assert asked(there) == ["stage 0"]


def test_when_it_is_drawn_anew_it_waits_for_what_came_since(there: Page):
    there.evaluate("window.end = wait('stage', 0); tell({stage: 1}); end(); wait('stage', 1); 0")
    there.clock.run_for(10_000)
    assert asked(there) == ["stage 0"]
    there.evaluate("tell({stage: 2})")
    assert asked(there) == ["stage 0", "stage 1"]


@pytest.mark.parametrize("ends", ["old", "fresh"])
def test_calls_that_end_in_another_order_lose_nothing(there: Page, ends: str):
    there.evaluate("window.fresh = wait('stage', 1); window.old = wait('stage', 0); 0")
    there.evaluate(f"{ends}(); tell({{stage: 2}})")
    assert asked(there) == [{"old": "stage 1", "fresh": "stage 0"}[ends]]


def test_a_part_that_does_not_answer_is_asked_again_and_then_the_page(there: Page):
    there.evaluate("wait('page', 0); wait('stage', 0); tell({stage: 1})")
    there.clock.run_for(60_000)
    assert asked(there) == ["stage 0"] * 3 + ["page 0"]


def states(page: Page) -> list[int]:
    return page.evaluate("sources.map(({ readyState }) => readyState)")


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_there_is_one_connection_a_tab_and_it_stands_while_the_tab_is_in_sight(there: Page):
    there.evaluate("wait('page', 0); window.end = wait('stage', 0); end(); wait('stage', 1); wait('pairs', 0); 0")
    assert states(there) == [1]
    hide(there, True)
    assert states(there) == [2]
    hide(there, False)
    assert states(there) == [2, 1]
    there.evaluate("tell({stage: 2})")
    assert asked(there) == ["stage 1"]


def test_where_the_host_serves_no_news_a_clock_asks_for_what_waits(there: Page):
    there.evaluate("wait('page', 0); window.end = wait('stage', 0); sources[0].refuse(200, 'text/html')")
    there.clock.run_for(2_500)
    assert asked(there) == ["stage 0"] * 2
    there.evaluate("end()")
    there.clock.run_for(10_000)
    assert asked(there) == ["stage 0"] * 2


def test_a_server_that_does_not_know_the_tab_is_asked_for_the_page(there: Page):
    there.evaluate("wait('page', 0); wait('stage', 0); sources[0].refuse(404, 'text/plain; charset=utf-8')")
    there.clock.run_for(1_500)
    assert asked(there) == ["page 0"]


def test_the_page_is_asked_for_until_it_has_come(there: Page):
    there.evaluate("wait('page', 3); sources[0].refuse(404, 'text/plain')")
    there.clock.run_for(7_000)  # what is asked before Streamlit's own connection stands is lost
    assert asked(there) == ["page 3"] * 4
    there.evaluate("wait('page', 0, 'another'); 0")
    there.clock.run_for(60_000)
    assert asked(there) == ["page 3"] * 4
    assert there.evaluate("sources.at(-1).address") == "/news?tab=another"


def test_a_page_that_comes_again_under_its_own_name_is_told_its_news_again(there: Page):
    there.evaluate("wait('page', 3); sources[0].refuse(404, 'text/plain')")
    assert asked(there) == ["page 3"]
    there.evaluate("wait('page', 4); 0")
    there.clock.run_for(60_000)
    assert asked(there) == ["page 3"]
    assert there.evaluate("sources.map(({ readyState }) => readyState)") == [2, 1]


def test_where_nobody_answers_it_asks_again_for_the_news_alone(there: Page):
    there.evaluate("""() => {
        wait('page', 0);
        wait('stage', 0);
        window.fetch = () => Promise.reject(new TypeError('nobody'));
        sources[0].readyState = 2;
        sources[0].onerror();
    }""")
    there.clock.run_for(2_500)
    assert asked(there) == []
    assert there.evaluate("sources.map(({ address }) => address)") == ["/news?tab=t"] * 2


def test_between_a_link_and_the_page_behind_it_nothing_is_asked(there: Page):
    there.evaluate(
        "document.body.innerHTML = '<a href=\"#there\"><b>Attacks</b></a>'; wait('page', 0); wait('stage', 0); 0"
    )
    there.evaluate("document.querySelector('b').click(); tell({stage: 1})")
    there.clock.run_for(4_000)
    assert asked(there) == []
    there.evaluate("wait('page', 1); 0")
    assert asked(there) == ["stage 0"]


def test_the_end_of_the_page_that_is_left_does_not_count_as_the_other_page(there: Page):
    there.evaluate(
        "document.body.innerHTML = '<a href=\"about:other\">Attacks</a>'; wait('page', 0); wait('stage', 0); 0"
    )
    there.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    there.evaluate("document.querySelector('a').click(); tell({stage: 1}); wait('page', 1); 0")
    assert asked(there) == []


def test_a_link_that_leads_nowhere_is_forgotten_after_a_while(there: Page):
    there.evaluate("document.body.innerHTML = '<a href=\"#there\">Attacks</a>'; wait('stage', 0); 0")
    there.evaluate("document.querySelector('a').click(); tell({stage: 1})")
    there.clock.run_for(6_000)
    assert asked(there)[:1] == ["stage 0"]


def test_a_player_that_does_not_stand_in_its_place_is_asked_for_anew(there: Page):
    there.evaluate("place(''); window.end = wait('page', 0); 0")
    there.clock.run_for(1_500)
    assert asked(there) == []  # it may still come
    there.clock.run_for(60_000)
    assert asked(there) == ["players of page 0"]  # once a page that is drawn
    there.evaluate("end(); place('<canvas></canvas>'); wait('page', 1); 0")
    there.clock.run_for(60_000)
    assert asked(there) == ["players of page 0"]


@pytest.mark.parametrize("place", ["place('<canvas></canvas>')", "0"])
def test_where_all_players_stand_or_none_is_drawn_no_player_is_asked_for(there: Page, place: str):
    there.evaluate(f"{place}; wait('page', 0); wait('stage', 0); 0")
    there.clock.run_for(60_000)
    assert asked(there) == []


def test_a_player_that_never_comes_is_given_up(there: Page):
    there.evaluate("place(''); 0")
    for count in range(5):
        there.evaluate(f"window.end = wait('page', {count}); 0")
        there.clock.run_for(3_000)
        there.evaluate("end()")
    assert asked(there) == [f"players of page {count}" for count in range(3)]


def test_of_a_page_that_is_gone_no_player_is_asked_for(there: Page):
    there.evaluate("place(''); wait('stage', 0)(); wait('page', 0)(); wait('stage', 1); 0")
    there.clock.run_for(60_000)
    assert asked(there) == []
