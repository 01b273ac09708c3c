"""The page *method* as a script: player, curves, card, and what a correction leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.contents.tables import claims
from explorer.pages import method
from explorer.pages.parts import certificate, correction
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import View, parse_panel
from tests.pages._driven import asked, captions, charts, html, in_memory, opened, settled, tab, widget

SMALL = {"data": {"n": 60}, "training": {"steps": 60}, "evaluation": {"retrained_seeds": 2}, "method": None}
FINE_TUNE = {"method": "fine_tune", "knobs": {"steps": 4}}


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with in_memory():
        yield


def view(*panels: dict[str, Any], request: dict[str, Any] | None = None, **more: Any) -> View:
    base = Spec.parse({**SMALL, "request": request or {}})
    named = ({"method": "retrained"}, *(panels or (FINE_TUNE,)))
    return replace(View(base, tuple(parse_panel(panel) for panel in named)), **more)


def shown(view: View) -> AppTest:
    return opened("method", view.to_query())


@pytest.fixture(scope="module")
def app(memory: None) -> AppTest:
    """Return the page for tests that only read it."""
    return shown(view(FINE_TUNE, {"method": "gradient_ascent", "knobs": {"steps": 3}}))


def test_the_page_opens_with_curves_card_and_numbers(app: AppTest):
    (alt,) = charts(app)
    assert "Fine-tuning" in alt
    assert "enters retrained's band" in captions(app)
    assert [one.value for one in app.header] == ["Fine-tuning"]
    assert "<table" in html(app) and "Fine-tuning" in html(app)


def test_the_card_says_what_the_file_says(app: AppTest):
    text, page = CATALOG.card("fine_tune"), " ".join(html(app).split())
    assert method.KINDS["approximate"] in page
    for heading, title in method.TITLES.items():
        assert (f"<h3>{title}</h3>" in page) == (heading in text.sections)
    reads = ", ".join(sorted(CATALOG.methods["fine_tune"].reads))
    assert f"It is handed only: {reads}." in page
    assert app.code[0].value == CATALOG.methods["fine_tune"].bibtex


def test_the_card_has_its_equation_typeset_and_its_symbols_named(app: AppTest):
    drawn = [one.value for one in app.markdown if r"w \leftarrow w - v" in one.value]
    assert len(drawn) == 1 and drawn[0].startswith(r"$\displaystyle ")
    assert r"$w$: weights; $v$: velocity, the step with momentum; $m$: momentum; $\eta$: learning rate" in captions(app)


def test_an_equation_in_another_notation_is_shown_as_it_is_written(monkeypatch: pytest.MonkeyPatch):
    other = replace(CATALOG.card("fine_tune"), equation="w := w & <b>")
    monkeypatch.setattr(type(CATALOG), "card", lambda catalog, key: other)

    def script() -> None:
        from explorer.pages.parts import equation

        equation.of_method("fine_tune")

    assert "w := w &amp; &lt;b&gt;</pre>" in html(AppTest.from_function(script).run())


def test_a_term_is_marked_once_on_a_card(app: AppTest):
    page = html(app)
    assert page.count('tabindex="0">retain set<') <= 1 < page.count("retain set")
    assert "ue-term" in page


def test_a_reference_has_neither_curves_nor_card():
    app = shown(view(focus=0))
    assert any(one.value.startswith("The retrained model is what methods are compared with") for one in app.info)
    assert charts(app) == [] and not app.header and not app.exception


def test_all_methods_stand_side_by_side_each_a_link(app: AppTest):
    found = html(app)
    assert all(f'href="method?v=1&amp;panels=retrained~{key}"' in found for key in ("jit", "camu", "tmu"))
    assert "DUI answers requests to correct labels" in found


def test_another_panel_is_chosen_on_the_left():
    app = shown(view(FINE_TUNE, {"method": "gradient_ascent", "knobs": {"steps": 3}}))
    widget(app, "radio", "focus").set_value(2).run()
    settled(app, "method")
    assert asked(app)["focus"] == "2"
    assert [one.value for one in app.header] == ["Gradient ascent"] and "Gradient ascent" in charts(app)[0]


def test_only_the_method_in_focus_is_computed(app: AppTest):
    assert list(tab(app).shown["method"].picture.panels) == ["0:fine_tune"]


def test_a_method_that_cannot_answer_has_its_card_and_no_curves():
    app = shown(view({"method": "unsir"}))
    assert charts(app) == [] and [one.value for one in app.header] == ["UNSIR"]
    assert "ue-curves-waiting" in html(app)


def test_what_the_view_hides_is_not_there():
    app = shown(view(hidden=("numbers", "card")))
    assert charts(app) == [] and not app.header and "<table" not in html(app)


def test_the_card_of_jit_has_its_figure_and_its_controls_are_not_in_the_view():
    app = shown(view({"method": "jit", "knobs": {"samples": 2}}))
    before = asked(app)
    first = charts(app)
    assert len(first) == 2  # curves, the sigmoid
    app.slider(key="card:one_sigmoid:step").set_value(1.0).run()
    assert charts(app)[1] != first[1] and asked(app) == before and not app.exception


def test_a_card_has_the_claims_of_its_paper_where_it_has_any(app: AppTest):
    assert claims.TITLE not in html(app)
    page = html(shown(view({"method": "jit", "knobs": {"samples": 2}})))
    assert f"<h3>{claims.TITLE}</h3>" in page and "JiT, Figure 3" in page and "CaMU, abstract" not in page


CORRECTIONS = {
    "correct_labels": ({"kind": "correct_labels", "choose": "random", "fraction": 0.2}, correction.LABELS),
    "erase_feature": (
        {"kind": "erase_feature", "choose": "cluster", "fraction": 0.2, "erase_column": 0}, correction.FEATURE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CORRECTIONS)
def test_a_correction_has_its_section(kind: str):
    request, sentence = CORRECTIONS[kind]
    app = shown(view({"method": "dui"}, request=request))
    assert [one.label for one in app.metric] == [name for name, _ in correction.SHIFT.values()]
    assert sentence in captions(app) and "How the correction shifts the data" in html(app)
    for heading in ("Original", "Retrained", CATALOG.methods["dui"].title):
        assert f'<th scope="col">{heading}</th>' in html(app)
    erased = kind == "erase_feature"
    assert ("Sensitivity to the erased feature" in html(app)) == erased
    assert len(charts(app)) == 1 + erased  # curves; the column against the answer
    assert not erased or "x1" in charts(app)[1]


@pytest.mark.parametrize("key", ["certified_removal", "descent_to_delete"])
def test_a_certified_method_has_its_account_and_what_an_attacker_reads(key: str):
    linear = view({"method": key})
    app = shown(replace(linear, base=linear.base.with_part(model={"widths": []})))
    assert not app.exception and method.KINDS["certified"] in html(app)
    _, account, readings = charts(app)
    assert "deletion by deletion" in account and "Best attacker's AUC" in readings
    assert "What the certificate promises" in html(app) and "epsilon 1, delta 0.0001" in html(app)
    assert certificate.CHOSEN in captions(app) and certificate.LOOKED not in [one.value for one in app.warning]


def test_points_picked_by_hand_are_not_promised_anything():
    linear = view({"method": "certified_removal"}, request={"choose": "points", "index": [1, 2, 3, 4]})
    app = shown(replace(linear, base=linear.base.with_part(model={"widths": []})))
    assert certificate.LOOKED in [one.value for one in app.warning]


def test_a_certificate_asked_of_a_network_is_one_sentence():
    app = shown(view({"method": "certified_removal"}))
    assert not app.exception and charts(app) == []
    (frames,) = tab(app).shown["method"].picture.panels.values()
    assert frames.refused and frames.trouble.startswith("Certified removal answers for the linear model")


def test_a_request_to_forget_has_no_such_section(app: AppTest):
    assert not app.metric and "How the correction shifts" not in html(app)
