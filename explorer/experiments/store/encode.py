"""Turn a value into JSON and a list of arrays, and back. Nothing is ever pickled.

What can be written: records (the frozen dataclasses of explorer/records), arrays, tuples, lists, mappings, text, bytes,
numbers (also not-a-number and infinities), truth values and None. An array that a value holds twice is written once,
and is one array again when read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import records

# `Any` in this file: the values are of every type there is, and JSON has no type of its own.
RECORDS: dict[str, Any] = {name: kind for name, kind in vars(records).items() if dataclasses.is_dataclass(kind)}


class NotEncodable(TypeError):
    """A value of a kind that cannot be written."""


def encode(value: Any) -> tuple[Any, list[NDArray[Any]]]:
    """Return a tree of JSON values and the arrays it refers to by number.

    Raises:
        NotEncodable: if some part is of another kind than those named above.
    """
    arrays: list[NDArray[Any]] = []
    places: dict[int, int] = {}

    def place(array: NDArray[Any]) -> int:
        if array.dtype.hasobject:
            raise NotEncodable(f"an array must hold numbers or text, got {array.dtype}")
        if id(array) not in places:
            places[id(array)] = len(arrays)
            arrays.append(array)
        return places[id(array)]

    def walk(part: Any) -> Any:
        if part is None or type(part) in (bool, int, str):
            return part
        if type(part) is float:
            return part if np.isfinite(part) else {"$": "float", "is": repr(part)}
        if isinstance(part, np.ndarray):
            return {"$": "array", "is": place(part)}
        if isinstance(part, np.generic):
            return {"$": "scalar", "is": place(np.asarray(part))}
        if type(part) is bytes:
            return {"$": "bytes", "is": place(np.frombuffer(part, np.uint8))}
        if type(part) is list:
            return [walk(item) for item in part]
        if type(part) is tuple:
            return {"$": "tuple", "is": [walk(item) for item in part]}
        if isinstance(part, Mapping):
            return {"$": "map", "is": [[walk(key), walk(item)] for key, item in part.items()]}
        if RECORDS.get(type(part).__name__) is type(part):
            fields = {field.name: walk(getattr(part, field.name)) for field in dataclasses.fields(part)}
            return {"$": "record", "is": type(part).__name__, "fields": fields}
        raise NotEncodable(
            f"a stored value must consist of records, arrays and plain values, got {type(part).__name__}"
        )

    return walk(value), arrays


def decode(tree: Any, arrays: Sequence[NDArray[Any]]) -> Any:
    """Return the value that `encode` wrote.

    Raises:
        ValueError, KeyError, IndexError or TypeError: if the tree is not of its making.
    """
    if isinstance(tree, list):
        return [decode(item, arrays) for item in tree]
    if not isinstance(tree, dict):
        return tree
    kind, content = tree["$"], tree["is"]
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "bytes":
        return arrays[content].tobytes()
    if kind == "float":
        return float(content)
    if kind == "tuple":
        return tuple(decode(item, arrays) for item in content)
    if kind == "map":
        return {decode(key, arrays): decode(item, arrays) for key, item in content}
    if kind == "record":
        return RECORDS[content](**{name: decode(item, arrays) for name, item in tree["fields"].items()})
    raise ValueError(f"unknown kind of value: {kind}")


def size_of(value: Any) -> int:
    """Return about how many bytes a value holds in memory, also of kinds that cannot be written (networks, tensors)."""
    if isinstance(value, str | bytes):
        return 64 + len(value)
    if hasattr(value, "parameters"):
        return 1024 + sum(size_of(weight) for weight in value.parameters())
    if isinstance(getattr(value, "nbytes", None), int):
        return 128 + value.nbytes
    if isinstance(value, Mapping):
        return 64 + sum(size_of(key) + size_of(item) for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return 64 + sum(size_of(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return 64 + sum(size_of(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 64
