"""The design that one writes first: a loop of autograd steps a method, then a plotly figure with frames.

Each method takes 60 updates; each of its 61 frames is a heatmap of 100 x 100 probabilities.
"""

from __future__ import annotations

import copy
import functools

import numpy as np
import plotly.graph_objects as go
import torch
from plotly.subplots import make_subplots
from torch import nn
from torch.nn import functional as F

from explorer import draws, pipeline
from explorer.records import Plane
from explorer.spec import Spec
from tests.bench._panels import EIGHT, memory

CELLS, UPDATES = 100, 60


def network() -> nn.Module:
    """Return a network of the default shape, as torch makes it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))


def trained() -> nn.Module:
    """Return it trained on the default points by one eager loop of 600 steps."""
    x, y, _ = _points()
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    batches = draws.batches(len(y), 32, draws.generator(0))
    for _, rows in zip(range(600), batches, strict=False):
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    return model


def frames(original: nn.Module, sign: float) -> np.ndarray:
    """Return (61, 100, 100) probabilities while a copy descends on the retain set and climbs on the forget set."""
    x, y, forget = _points()
    model = copy.deepcopy(original)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    plane = torch.from_numpy(_plane())
    batches = draws.batches(len(y) - len(forget), 32, draws.generator(1))
    retain = torch.from_numpy(np.setdiff1d(np.arange(len(y)), forget))
    taken = [_look(model, plane)]
    for _, rows in zip(range(UPDATES), batches, strict=False):
        optimizer.zero_grad()
        kept = F.cross_entropy(model(x[retain[rows]]), y[retain[rows]])
        gone = F.cross_entropy(model(x[forget]), y[forget])
        (kept - sign * gone).backward()
        optimizer.step()
        taken.append(_look(model, plane))
    return np.stack(taken)


def figure(panels: list[np.ndarray]) -> go.Figure:
    """Return small multiples with plotly frames, a play button and a slider."""
    axis = np.arange(CELLS)
    shown = make_subplots(2, 4, subplot_titles=EIGHT)
    for place, panel in enumerate(panels):
        shown.add_trace(go.Heatmap(z=panel[0], x=axis, y=axis, showscale=False), row=place // 4 + 1, col=place % 4 + 1)
    traces = list(range(len(panels)))
    shown.frames = [
        go.Frame(data=[go.Heatmap(z=panel[step]) for panel in panels], traces=traces, name=str(step))
        for step in range(UPDATES + 1)
    ]
    play = {"label": "play", "method": "animate", "args": [None, {"frame": {"duration": 16, "redraw": True}}]}
    shown.update_layout(updatemenus=[{"type": "buttons", "buttons": [play]}])
    return shown


@functools.cache
def eight_figures_json() -> str:
    """Return what the naive design sends: eight methods, computed and drawn."""
    return str(figure(eight(trained())).to_json())


def eight(original: nn.Module) -> list[np.ndarray]:
    """Return the frames of eight methods, one after another."""
    return [frames(original, sign) for sign in np.linspace(0, 1, len(EIGHT))]


@functools.cache
def _points() -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    spec = Spec.default()
    have, made = pipeline.Run(spec, memory().memo).data, pipeline.Run(spec, memory().memo).sets
    return torch.from_numpy(have.space.standardise(have.train.x)), torch.from_numpy(have.train.y), made.forget


def _plane() -> np.ndarray:
    have = pipeline.Run(Spec.default(), memory().memo).data
    return have.space.standardise(Plane.around(have.train.x).grid(CELLS))


def _look(model: nn.Module, plane: torch.Tensor) -> np.ndarray:
    with torch.no_grad():
        return model(plane).softmax(dim=1)[:, 1].numpy().reshape(CELLS, CELLS)
