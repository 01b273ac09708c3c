"""What a function reaches decides its hash, and nothing else does."""

import textwrap
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.experiments.store.reached import Place, code_of, hash_of

FILES = {
    "explorer/__init__.py": "",
    "explorer/knobs.py": "class KnobBase: ...",
    "explorer/start.py": '''
        """Begin."""
        from explorer.rooms import Box, twice
        from typing import TYPE_CHECKING
        from explorer import rooms
        import explorer.tools as kit
        if TYPE_CHECKING:
            from explorer.rooms import stray
        LIMIT = 3
        UNUSED = 4

        def begin(box: Box):
            from explorer.late import later
            return twice(LIMIT) + kit.half(box.size()) + later()

        def other():
            return UNUSED
    ''',
    "explorer/rooms/__init__.py": """
        from explorer.rooms._inner import twice
        from ._box import Box
        from explorer.rooms._stray import stray
    """,
    "explorer/rooms/_inner.py": '''
        def twice(x):
            """Return 2 x."""
            return factor() * x

        def factor():
            return 2
    ''',
    "explorer/rooms/_box.py": '''
        from explorer.knobs import KnobBase

        class Base(KnobBase): ...

        class Box(Base):
            """A box."""
            side: int = 3

            def size(self):
                return self.side
    ''',
    "explorer/rooms/_stray.py": "def stray(): ...",
    "explorer/tools.py": """
        import torch
        torch.set_num_threads(1)

        def half(x):
            return x / 2

        def third(x):
            return x / 3
    """,
    "explorer/late.py": "def later(): return 1",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def begin() -> Callable[[], None]:
    function = types.FunctionType(compile("0", "", "eval"), {}, "begin")
    function.__module__, function.__qualname__ = "explorer.start", "begin"
    return function


def reached(root: Path, **how: dict[str, str]) -> dict[Place, str]:
    return code_of([begin()], root=root, **how)  # type: ignore[arg-type]


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert text.count(old) == 1
    (root / name).write_text(text.replace(old, new))


def test_names_are_followed_through_re_exports_modules_annotations_and_late_imports(root: Path):
    found = {f"{module}.{name}" for module, name in reached(root) if name}
    assert found == {
        "explorer.start.begin", "explorer.start.LIMIT", "explorer.rooms._inner.twice", "explorer.rooms._inner.factor",
        "explorer.rooms._box.Box", "explorer.rooms._box.Base", "explorer.knobs.KnobBase", "explorer.tools.half",
        "explorer.late.later",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("explorer/start.py", "LIMIT = 3", "LIMIT = 4"),
        ("explorer/start.py", "+ later()", "- later()"),
        ("explorer/rooms/_inner.py", "return 2", "return 3"),
        ("explorer/rooms/_box.py", "return self.side", "return 2 * self.side"),
        ("explorer/rooms/__init__.py", "_inner import twice", "_stray import stray as twice"),
        ("explorer/tools.py", "x / 2", "x // 2"),
        ("explorer/tools.py", "threads(1)", "threads(2)"),
        ("explorer/late.py", "return 1", "return 2"),
    ],
)
def test_a_statement_that_is_reached_changes_the_hash(root: Path, name: str, old: str, new: str):
    before = hash_of(reached(root))
    change(root, name, old, new)
    assert hash_of(reached(root)) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("explorer/start.py", "UNUSED = 4", "UNUSED = 5"),
        ("explorer/start.py", "LIMIT = 3", "\n# a comment\nLIMIT = (3)"),
        ("explorer/rooms/_inner.py", "Return 2 x.", "Return twice x."),
        ("explorer/rooms/_box.py", "side: int = 3", "side: int = 4"),  # a knob: its value is in the Spec
        ("explorer/rooms/_stray.py", "...", "return 1"),
        ("explorer/tools.py", "x / 3", "x // 3"),
    ],
)
def test_what_is_not_reached_or_does_not_run_changes_nothing(root: Path, name: str, old: str, new: str):
    before = hash_of(reached(root))
    change(root, name, old, new)
    assert hash_of(reached(root)) == before


def test_what_is_stopped_at_is_neither_hashed_nor_followed(root: Path):
    found = {name for _, name in reached(root, stops={"explorer.rooms._inner.twice": "", "explorer.tools": ""})}
    assert not {"twice", "factor", "half"} & found and "Box" in found


def test_a_beginning_that_is_not_there_is_refused(root: Path):
    change(root, "explorer/start.py", "def begin", "def began")
    with pytest.raises(LookupError, match=r"explorer\.start\.begin is not found"):
        reached(root)
