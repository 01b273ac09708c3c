"""Hash the code that decides what some functions return, so that a result is not read once that code has changed.

Names are followed, not files: from a function to every definition of ours that it names, and on from there. So a file
counts only as far as it is reached, and a file may be read through without being followed further (`stops`). What a
definition is, is its syntax tree: comments, docstrings and where a line stands do not count. The fields of a group of
knobs (a KnobBase) do not count either: they say ranges and words, and the values in use are in a Spec, which is in the
key under which a result is kept.

What cannot be seen: a file that is found by its name, a module that is handed on as a whole. Whoever asks names what
such files define (`more`).
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
OURS = ("explorer", "toy_data")
_KNOBS = ("explorer.knobs", "KnobBase")
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_NAMED, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Place = tuple[str, str]  # module and name of a definition; the name is "" for what a module does when it is loaded


def code_of(
    functions: Iterable[Callable[..., Any]],
    *,
    more: Iterable[Place] = (),
    stops: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> dict[Place, str]:
    """Return every definition that functions reach, as its syntax tree in text, by module and name.

    Args:
        functions: where to begin; found by module and name, so a decorator must keep both (functools.wraps).
        more: further definitions to begin with.
        stops: module, or module.name of a definition -> why it is not followed.
        root: the folder that holds the packages.

    Raises:
        LookupError: if a beginning is not found.
    """
    reach = _Reach(root, tuple(stops or {}))
    for place in [*((function.__module__, function.__qualname__) for function in functions), *more]:
        if not reach.follow(place):
            raise LookupError(f"{'.'.join(place)} is not found under {root}")
    return reach.found


def hash_of(code: Mapping[Place, str]) -> str:
    """Return 16 hex digits that differ where a definition does."""
    digest = hashlib.sha256()
    for (module, name), text in sorted(code.items()):
        digest.update(f"{module}\n{name}\n{text}\n".encode())
    return digest.hexdigest()[:16]


class _Reach:
    """The definitions found so far."""

    def __init__(self, root: Path, stops: tuple[str, ...]) -> None:
        self.found: dict[Place, str] = {}
        self._root, self._stops = root, stops
        self._modules: dict[str, _Module | None] = {}
        self._seen: set[Place] = set()

    def follow(self, place: Place) -> bool:
        """Add a definition and all that it reaches; say whether it is one of ours."""
        waiting, known = [place], self._resolved(place) is not None
        while waiting:
            resolved = self._resolved(waiting.pop())
            if resolved is None or resolved in self._seen or self._stopped(resolved):
                continue
            self._seen.add(resolved)
            module = self.module(resolved[0])
            assert module is not None  # it was resolved
            statements = module.effects if resolved[1] == "" else module.definitions[resolved[1]]
            inherits = resolved[1] != "" and self._is_knobs(resolved)
            self.found[resolved] = "\n".join(_text(statement, knobs=inherits) for statement in statements)
            waiting.append((resolved[0], ""))
            for statement in statements:
                waiting += module.names_in(statement)
        return known

    def module(self, name: str) -> _Module | None:
        """Return one of our modules, None for others."""
        if name not in self._modules:
            stem = self._root / Path(*name.split("."))
            files = (stem.with_suffix(".py"), stem / "__init__.py")
            file = next((one for one in files if one.is_file()), None) if name.split(".")[0] in OURS else None
            self._modules[name] = _Module(name, file) if file else None
        return self._modules[name]

    def _resolved(self, place: Place) -> Place | None:
        """Return where a name is defined, looking through re-exports; None where it is none of ours."""
        for _ in range(20):
            module = self.module(place[0])
            if module is None:
                return None
            if place[1] == "" or place[1] in module.definitions:
                return place
            if module.imports.get(place[1], place) != place:
                place = module.imports[place[1]]
            elif self.module(".".join(place)):
                place = (".".join(place), "")
            else:
                return None
        raise LookupError(f"{'.'.join(place)} is imported in a circle")

    def _stopped(self, place: Place) -> bool:
        dotted = f"{place[0]}.{place[1]}."
        return any(dotted.startswith(f"{stop}.") for stop in self._stops)

    def _is_knobs(self, place: Place) -> bool:
        """Say whether a definition is a class of knobs, at whatever remove."""
        if place == _KNOBS:
            return True
        module = self.module(place[0])
        assert module is not None
        for statement in module.definitions.get(place[1], []):
            for base in statement.bases if isinstance(statement, ast.ClassDef) else []:
                for named in module.names_in(base):
                    above = self._resolved(named)
                    if above is not None and above[1] and self._is_knobs(above):
                        return True
        return False


class _Module:
    """What a file defines, imports and does."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self._package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        self._tree = ast.parse(file.read_bytes())

    @cached_property
    def imports(self) -> dict[str, Place]:
        """Return where the names come from that the file imports, on top or in a block."""
        return dict(self._imported(self._tree, within=False))

    @cached_property
    def definitions(self) -> dict[str, list[ast.stmt]]:
        """Return the statements on top that bind a name, by name."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self._tree.body:
            for name in _bound(statement):
                found.setdefault(name, []).append(statement)
        return found

    @cached_property
    def effects(self) -> list[ast.stmt]:
        """Return the statements on top that bind no name, such as a call; none that only imports."""
        return [one for one in self._tree.body if not (_only_imports(one) or _is_text(one) or _bound(one))]

    def names_in(self, tree: ast.AST) -> list[Place]:
        """Return what a part of the file names, as far as the file can tell."""
        inner = dict(self._imported(tree, within=True))
        imports = {**self.imports, **inner}
        found = list(inner.values())
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imports:
                found.append((".".join(filter(None, imports[node.value.id])), node.attr))  # of a module, if it is one
            elif isinstance(node, ast.Name) and node.id in self.definitions:
                found.append((self.name, node.id))
            if isinstance(node, ast.Name) and node.id in imports:
                found.append(imports[node.id])
        return found

    def _imported(self, tree: ast.AST, *, within: bool) -> Iterator[tuple[str, Place]]:
        for node in ast.walk(tree) if within else _outside_functions(tree):
            if isinstance(node, ast.ImportFrom):
                above = self._package.split(".")[: len(self._package.split(".")) - node.level + 1]
                base = ".".join([*(above if node.level else []), *([node.module] if node.module else [])])
                for alias in node.names:
                    yield alias.asname or alias.name, (base, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.asname or alias.name.split(".")[0], (alias.name, "")


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _SCOPES):
            yield from _outside_functions(node)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement on top binds, but for those that it imports."""
    if isinstance(statement, _NAMED):
        return {statement.name}
    nodes = list(_outside_functions(statement))
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {node.name for node in nodes if isinstance(node, _NAMED)}


def _only_imports(statement: ast.AST) -> bool:
    if isinstance(statement, ast.If):
        return all(_only_imports(one) for one in (*statement.body, *statement.orelse))
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_text(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _Bare(ast.NodeTransformer):
    """Leaves out docstrings, and of a class of knobs its fields."""

    def __init__(self, knobs: bool) -> None:
        self._knobs = knobs

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if _is_text(node) else self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if self._knobs:
            node.body = [one for one in node.body if not isinstance(one, ast.AnnAssign)]
        return self.generic_visit(node)


def _text(statement: ast.stmt, *, knobs: bool) -> str:
    return ast.dump(_Bare(knobs).visit(copy.deepcopy(statement)))
