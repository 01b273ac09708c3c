"""Equations in plain notation become formulas and words, and every symbol in those that ship has a name."""

import re

import pytest

from explorer.contents import symbols
from explorer.contents.equations import Equation, equation
from explorer.spec.catalog import CATALOG

METHODS = list(CATALOG.methods)
COMMANDS = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "eta", "lambda", "mu", "rho", "sigma", "tau", "xi", "phi", "infty"),
    *(
        "nabla",
        "sum",
        "sqrt",
        "frac",
        "cdot",
        "top",
        "prime",
        "leftarrow",
        "to",
        "le",
        "ge",
        "lt",
        "gt",
        "sim",
        "ldots",
    ),
    *("mid", "in", "lvert", "rvert", "lVert", "rVert", "Vert", "Bigl", "Bigr", "tilde", "text", "mathrm", "mathcal"),
    *("operatorname", "exp", "ln", "log", "min", "max"),
}


def formulas(text: str) -> list[str]:
    """Return the formulas of an equation, without the white space that KaTeX does not see."""
    return [
        re.sub(r"\s+(?![A-Za-z])", "", tex) for row in equation(text).rows for formula, tex in row.pieces if formula
    ]


def rows(text: str) -> list[str]:
    return [row.markdown.replace(r"\displaystyle ", "") for row in equation(text).rows]


def titles(key: str) -> dict[str, str]:
    return {name: field.title or name for name, field in CATALOG.methods[key].knobs.model_fields.items()}


def shipped(key: str) -> Equation:
    return equation(CATALOG.card(key).equation)


def pieces(key: str, *, formula: bool) -> list[str]:
    return [said for row in shipped(key).rows for is_formula, said in row.pieces if is_formula == formula]


@pytest.mark.parametrize(
    ("plain", "tex"),
    [
        ("w <- w - lr * grad L_r(w)", r"w\leftarrow w-\eta\, \nabla L_{r}( w)"),
        ("a >= b", r"a\ge b"),
        ("a <= b", r"a\le b"),
        ("h -> e", r"h\to e"),
        ("e ~ N(0, s^2 I)", r"e\sim \mathcal{N}(0,\; s^{2} I)"),
        ("(1/N) sum_j g_j", r"\frac{1}{N} \sum_{j} g_{j}"),
        ("t / (E - E_0)", r"\frac{t}{E-E_{0}}"),
        ("d/dw", r"\frac{d}{dw}"),
        ("(G + wd)^-1 v", r"( G+\mathrm{wd})^{-1} v"),
        ("G^T G", r"G^{\top} G"),
        ("p_T", r"p_{T}"),
        ("w_{t+1}", r"w_{t+1}"),
        ("x_adv", r"x_{\mathrm{adv}}"),
        ("g_r'", r"g_{r}^{\prime}"),
        ("g'^2 + w*^2", r"g^{\prime2}+w^{*2}"),
        ("z~", r"\tilde{z}"),
        ("|w - w*|", r"\lvert w-w^{*}\rvert"),
        ("||X D||", r"\lVert X D\rVert"),
        ("KL(p || q)", r"\mathrm{KL}( p\,\Vert\, q)"),
        ("sum_{i in D_f} l_i", r"\sum_{i\in D_{f}} l_{i}"),
        ("mean_{i in B_t without D_f} l_i", r"\operatorname*{mean}_{i\in B_{t}\text{~without~} D_{f}} l_{i}"),
        ("argmin_n l", r"\operatorname*{arg\,min}_{n} l"),
        ("sqrt 3", r"\sqrt{3}"),
        ("4 sqrt(2) M", r"4\sqrt{2} M"),
        ("1e-8", r"10^{-8}"),
        ("1,000", r"1{,}000"),
        ("delta * 3", r"\delta\cdot 3"),
        ("w . x_i", r"w\cdot x_{i}"),
        ("1 .. R", r"1\ldots R"),
        ("lambda_I", r"\lambda_{I}"),
        ("lam w", r"\lambda w"),
        ("(a b)^2", r"( a b)^{2}"),
        ("N wd I", r"N\, \mathrm{wd}\, I"),
        ("- inf", r"-\infty"),
    ],
)
def test_plain_notation_becomes_latex(plain: str, tex: str):
    assert [re.sub(r"\s+", "", one) for one in formulas(plain)] == [re.sub(r"\s+", "", tex)]


def test_words_stand_outside_formulas_and_can_wrap():
    assert rows("L_r = mean cross-entropy over a batch") == ["$L_{r} =$ mean cross-entropy over a batch"]


def test_words_within_brackets_can_wrap_too():
    assert rows("m * (grad CE on forget batches, then on others)") == [
        r"$m \; \cdot$ ($\nabla \, \mathrm{CE}$ on forget batches, then on others)"
    ]


def test_a_comma_behind_a_formula_stays_with_it():
    assert rows("y' drawn of y, not z") == [r"$y^{\prime}$ drawn of $y{,}$ not $z$"]


def test_a_is_an_article_before_a_word_and_a_symbol_elsewhere():
    assert rows("y = a class") == ["$y =$ a class"]
    assert rows("y = a b") == ["$y = a b$"]


def test_a_name_that_is_a_function_and_a_word_is_a_function_where_it_is_called():
    assert rows("step(w) is a step") == [r"$\operatorname{step}( w )$ is a step"]


def test_lines_and_wide_gaps_behind_commas_end_rows():
    assert rows("a = b,   c = d\ne = f;   x = y") == ["$a = b{,}$", "$c = d$", "$e = f{;}$", "$x = y$"]


def test_a_line_that_begins_with_a_space_goes_on():
    assert rows("v = b, cut,\n      ten times") == ["$v = b{,}$ cut, ten times"]


def test_a_trailing_explanation_stays_in_its_row():
    assert rows("a <- b      on batches") == [r"$a \leftarrow b$ on batches"]


def test_words_are_escaped_for_markdown():
    assert rows("twin: a") == [r"twin\: $a$"]


@pytest.mark.parametrize(
    "text", ["(a", "a)", "[a)", "a_", "a ^ b", "a_{b", "a_b_c", "a^b^c", "a & b", "|a", "a $ b", r"a \b"]
)
def test_what_is_not_of_the_notation_is_refused(text: str):
    with pytest.raises(ValueError, match=r".+"):
        equation(text)


def test_what_an_equation_explains_needs_no_name():
    found = equation("twin: f_t = f_0,   g: the rest")
    assert found.defined == {"f_t", "g"}
    assert list(symbols.names(found, "none", {})) == ["f_{0}"]


def test_an_own_name_goes_before_a_knob_and_a_knob_before_the_common_name():
    found = equation("lr sigma lam")
    knobs = {"lr": "Repair rate", "sigma": "Noise"}
    assert symbols.names(found, "jit", knobs) == {
        r"\eta": "repair rate",
        r"\sigma": "size of the noise",
        r"\lambda": "penalty on the weights",
    }


def test_an_index_without_a_name_falls_back_to_its_symbol():
    assert symbols.names(equation("x_i + D_f"), "none", {}) == {"x": "a point", "D_{f}": "forget set"}


def test_a_line_of_names_leaves_out_what_has_none():
    assert symbols.line({"w": "weights", "q": "", r"\eta": "learning rate"}) == r"$w$: weights; $\eta$: learning rate"


@pytest.mark.parametrize("key", METHODS)
def test_every_methods_formulas_are_latex_that_katex_knows(key: str):
    for said in pieces(key, formula=True):
        assert len(re.findall(r"(?<!\\)\{", said)) == len(re.findall(r"(?<!\\)\}", said))
        assert set(re.findall(r"\\([A-Za-z]+)", said)) <= COMMANDS


@pytest.mark.parametrize("key", METHODS)
def test_nothing_of_the_plain_notation_is_left_in_a_methods_formulas(key: str):
    for said in pieces(key, formula=True):
        bare = re.sub(r"\\(text|mathrm|mathcal|operatorname\*?)\{[^}]*\}|\\[A-Za-z]+|\^\{\*\}", "", said)
        assert not re.search(r"[<>*/|~.](?!\d)|[A-Za-z]{2,}", bare.replace("dw", ""))


@pytest.mark.parametrize("key", METHODS)
def test_nothing_of_a_formula_is_left_in_a_methods_words(key: str):
    assert [said for said in pieces(key, formula=False) if re.search(r"[_^<>=+*/|\\{}$\d]", said)] == []


@pytest.mark.parametrize("key", METHODS)
def test_every_symbol_of_a_method_has_a_name(key: str):
    named = symbols.names(shipped(key), key, titles(key))
    assert named and [tex for tex, name in named.items() if not name] == []


@pytest.mark.parametrize("key", list(symbols.OWN))
def test_no_name_of_a_method_is_left_over(key: str):
    forms = {form for symbol in shipped(key).symbols for form, _ in symbol.forms}
    assert set(symbols.OWN[key]) <= forms


def test_no_common_name_is_left_over():
    forms = {form for key in METHODS for symbol in shipped(key).symbols for form, _ in symbol.forms}
    assert set(symbols.COMMON) <= forms


def test_every_audit_has_names():
    assert set(symbols.AUDITS) == set(CATALOG.audits)


def bare(formula: str) -> set[str]:
    """Return the letters of a formula in LaTeX that are symbols."""
    return set(re.findall("[A-Za-z]", re.sub(r"\\(text|mathrm|begin)\{[^}]*\}|\\[A-Za-z]+", "", formula)))


@pytest.mark.parametrize("key", list(symbols.AUDITS))
def test_an_audits_names_are_those_of_its_formula(key: str):
    formula = CATALOG.audits[key].formula
    assert [tex for tex in symbols.AUDITS[key] if tex not in formula] == []
    assert bare(formula) <= bare(" ".join(symbols.AUDITS[key]))


@pytest.mark.parametrize("key", list(symbols.ATTACKS))
def test_an_attacks_names_are_those_of_its_formula(key: str):
    assert [tex for tex in symbols.ATTACKS[key] if tex not in CATALOG.attacks[key].formula] == []


@pytest.mark.parametrize("key", list(CATALOG.attacks))
def test_every_letter_of_an_attacks_formula_is_named(key: str):
    everywhere, said = set("pkxy"), set("abfiq")  # the formulas say themselves what is fitted, and what q is
    formula = CATALOG.attacks[key].formula.replace("e^", "")  # the number e
    assert bare(formula) <= everywhere | said | bare(" ".join(symbols.ATTACKS.get(key, {})))
