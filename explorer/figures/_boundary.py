"""Trace the lines on which a model's answer changes: marching squares over a grid of class scores.

The boundary crosses an edge of the grid whose ends have different answers, at the place where both answers score alike
(linear between the ends). Crossings are joined to chains, so that the dashes of a line run on. Where three answers meet
in one square, its crossings meet in their middle.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.records import Float

Node = tuple[str, int, int]  # kind ("h", "v": an edge; "m": the middle of a square), row, column
Place = tuple[float, float]


def boundary(logits: Float, size: int) -> list[NDArray[np.float64]]:
    """Return the boundary as chains of points.

    Args:
        logits: (size * size, c) on `Plane.grid(size)`.
        size: cells a side.

    Returns:
        Arrays (k, 2), x1 and x2 from 0 (lower left) to 1; a closed line ends where it begins.
    """
    scores = np.pad(logits.reshape(size, size, -1), ((1, 1), (1, 1), (0, 0)), mode="edge")  # lines reach the frame
    axis = np.concatenate([[0.0], (np.arange(size) + 0.5) / size, [1.0]])
    places, links = _crossings(scores, axis)
    return [np.array([places[node] for node in chain]) for chain in _chains(links)]


def joined(chains: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the chains in one array (k, 2), with a row of NaN after each: one trace draws them all."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for chain in chains for part in (chain, gap)]) if chains else gap


def _crossings(scores: Float, axis: NDArray[np.float64]) -> tuple[dict[Node, Place], dict[Node, list[Node]]]:
    """Return the place of every node and which nodes are joined."""
    answer = scores.argmax(axis=-1)
    corners = np.stack([answer[:-1, :-1], answer[:-1, 1:], answer[1:, 1:], answer[1:, :-1]])
    places: dict[Node, Place] = {}
    links: dict[Node, list[Node]] = {}

    def cross(kind: str, r: int, j: int) -> Node:
        node = (kind, r, j)
        if node not in places:
            r2, j2 = (r, j + 1) if kind == "h" else (r + 1, j)
            a, b = answer[r, j], answer[r2, j2]
            here, there = (float(scores[p, q, a] - scores[p, q, b]) for p, q in ((r, j), (r2, j2)))
            t = here / (here - there) if here != there else 0.5
            places[node] = (axis[j] + t * (axis[j2] - axis[j]), axis[r] + t * (axis[r2] - axis[r]))
        return node

    def join(one: Node, other: Node) -> None:
        links.setdefault(one, []).append(other)
        links.setdefault(other, []).append(one)

    for r, j in np.argwhere((corners != corners[0]).any(axis=0)).tolist():
        a, b, c, d = corners[:, r, j]  # anticlockwise from the lower left
        sides = (("h", r, j, a != b), ("v", r, j + 1, b != c), ("h", r + 1, j, c != d), ("v", r, j, d != a))
        hit = [cross(kind, row, column) for kind, row, column, differs in sides if differs]
        if len(hit) == 2:
            join(*hit)
        elif len(hit) == 4 and a == c and b == d:
            middle = scores[r : r + 2, j : j + 2].mean(axis=(0, 1))
            p, q = (1, 3) if middle[a] >= middle[b] else (3, 1)
            join(hit[0], hit[p])
            join(hit[2], hit[q])
        else:
            places["m", r, j] = tuple(np.mean([places[node] for node in hit], axis=0))
            for node in hit:
                join(node, ("m", r, j))
    return places, links


def _chains(links: dict[Node, list[Node]]) -> Iterator[list[Node]]:
    """Yield chains of joined nodes, first those with ends, then the closed ones; takes the links apart."""
    ends = [node for node, others in links.items() if len(others) != 2]
    for start in [*ends, *links]:
        while links[start]:
            chain = [start]
            while links[chain[-1]] and (len(chain) == 1 or chain[-1] not in ends):
                step = links[chain[-1]].pop()
                links[step].remove(chain[-1])
                chain.append(step)
            yield chain
