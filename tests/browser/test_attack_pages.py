"""The pages about attacks in a real browser: a dot moves the player, work is stopped, points are clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser._look import asked, open_app, player, rest, wait_address, wait_quiet, wait_ready

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SMALL = (
    "?v=1&data=moons(n:80,noise:0.35)&request=random&training=memorise(steps:300)"
    "&evaluation=(retrained_seeds:2,attacks:[loss.entropy])&panels=retrained~fine_tune(steps:20)~gradient_ascent(steps:8)"
)
#: Dots of a plotly figure that stand alone, as (customdata, x and y in the window).
LONELY = """
    selector => {
        const drawn = document.querySelector(selector + ' .js-plotly-plot'), box = drawn.getBoundingClientRect();
        const dots = drawn._fullData.flatMap(trace => Array.from(trace.x || [], (x, k) => {
            const across = trace._fullLayout || drawn._fullLayout;
            const xaxis = across[(trace.xaxis || 'x').replace('x', 'xaxis')];
            const yaxis = across[(trace.yaxis || 'y').replace('y', 'yaxis')];
            return [trace.customdata ? trace.customdata[k] : null,
                    box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(trace.y[k])];
        }));
        const far = (a, b) => Math.hypot(a[1] - b[1], a[2] - b[2]) > 9;
        return dots.filter((a, i) => a[0] && dots.every((b, j) => i === j || far(a, b)));
    }
"""


def lonely(page: Page, chart: Locator, selector: str) -> list[Any]:
    """Return the dots of a chart that a click can only mean themselves."""
    chart.scroll_into_view_if_needed()
    return page.evaluate(LONELY, selector)


@pytest.fixture
def faults(page: Page) -> list[str]:
    """Return what goes wrong in the page's own scripts."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_a_click_on_a_dot_moves_the_player_to_its_step(page: Page, address: str, faults: list[str]):
    open_app(page, f"{address}/tradeoff{SMALL}", panels=3)
    rest(page)
    chart = page.locator(".st-key-plane .js-plotly-plot")
    chart.wait_for()
    page.locator(".ue-wide table").wait_for()
    wait_quiet(page)
    ends = {"1:fine_tune": 20, "2:gradient_ascent": 8}
    dots = [dot for dot in lonely(page, chart, ".st-key-plane") if 0 < dot[0][1] < ends[dot[0][0]]]
    assert dots, "every dot has a neighbour"
    (name, step, *_), x, y = dots[0]
    page.mouse.click(x, y)
    page.wait_for_function(f"Math.abs(window.explorerPlayer.progress - {step / ends[name]}) < 1e-4")
    wait_address(page, "step=")
    assert not player(page, "playing")
    assert float(asked(page)["step"]) == pytest.approx(step / ends[name], abs=1e-4)
    assert faults == []


def test_a_knob_s_range_opens_beside_it_and_can_be_stopped(page: Page, address: str, faults: list[str]):
    open_app(page, address + SMALL.replace("fine_tune(steps:20)", "fine_tune(steps:500)"), panels=3)
    rest(page)
    page.locator('[class*="st-key-knob-1-fine_tune-lr-sweep"] button').first.click()
    wait_address(page, "sweep=lr")
    page.wait_for_function("document.querySelectorAll('.st-key-sweep-pictures image').length >= 10")
    page.wait_for_function("document.querySelector('.st-key-sweep').getBoundingClientRect().top < 200")  # in sight
    page.locator('[class*="st-key-cancel-sweep"] button').first.dispatch_event("click")  # it is drawn anew now and then
    page.locator('[class*="st-key-status-sweep"]').get_by_text("Stopped").wait_for()
    page.get_by_role("button", name="Close").click()
    page.wait_for_function("!document.querySelector('.st-key-sweep') && !location.search.includes('sweep')")
    assert faults == []


def test_the_live_attack_is_stopped_started_anew_and_a_point_clicked(page: Page, address: str, faults: list[str]):
    page.goto(f"{address}/attacks{SMALL}")
    status = page.locator('[class*="st-key-status-u_lira"]')
    page.get_by_role("radio", name="256").or_(page.get_by_role("button", name="256")).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    status.locator(".ue-busy").wait_for()
    status.get_by_role("button", name="Cancel").click()
    status.get_by_text("Stopped; nothing was ready yet.").wait_for()
    assert status.locator(".ue-busy").count() == 0
    page.get_by_role("radio", name="64", exact=True).or_(
        page.get_by_role("button", name="64", exact=True)
    ).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator(".st-key-attacks-roc-models .js-plotly-plot").wait_for()
    assert asked(page).get("shadow_models") is None  # 64 is where it opens
    chart = page.locator(".st-key-attacks-maps .js-plotly-plot")
    wait_quiet(page)
    page.wait_for_function("document.querySelectorAll('.st-key-attacks-maps .js-plotly-plot').length == 1")
    (row, *_), x, y = lonely(page, chart, ".st-key-attacks-maps")[0]
    page.mouse.click(x, y)
    wait_address(page, f"point={row}")
    page.get_by_text(f"Point {row}", exact=True).wait_for()
    assert faults == []


def test_another_statistic_and_more_attacks_show_and_stand_in_the_address(page: Page, address: str):
    page.goto(f"{address}/attacks{SMALL}")
    page.get_by_text("More scores and distances").wait_for()
    page.get_by_text("Balanced accuracy", exact=True).click()
    wait_address(page, "statistic=balanced_accuracy")
    page.get_by_text("The threshold is chosen on one half").wait_for()
    page.get_by_label("Remove Entropy", exact=True).click()
    wait_address(page, "attacks:[loss]")
    page.wait_for_function("!document.querySelector('.ue-numbers').innerText.includes('Entropy')")


def test_a_page_with_a_model_of_its_own_leaves_the_front_page_as_it_was(page: Page, address: str):
    page.goto(f"{address}/watch")
    page.wait_for_function("window.explorerPlayer && window.explorerPlayer.panels.length == 6")
    before = player(page, "panels")
    page.get_by_role("link", name="Attacks").click()
    page.get_by_text("Attacks, Trade-off and Quiz open on a model of their own").wait_for()
    wait_address(page, "memorise")
    page.get_by_role("link", name="Watch").click()
    page.wait_for_function("location.pathname === '/watch' && location.search === ''")
    wait_ready(page, 6)
    assert player(page, "panels") == before and asked(page) == {}
    page.get_by_role("link", name="Attacks").click()
    wait_address(page, "memorise")
