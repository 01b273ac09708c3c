"""A gallery of training images to pick from: each is a button, pressed where it is to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from explorer.records import Data

SHOWN = 96  # images a page
MOST = 1000  # images picked

_SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement;
  if (!(data instanceof Uint8Array)) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const start = 4 + view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(data.subarray(4, start)));
  const chosen = new Set(head.chosen);
  let grid = root.querySelector(".picker");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "picker";
    grid.setAttribute("role", "group");
    root.append(grid);
  }
  const show = (button, row) => button.setAttribute("aria-pressed", String(chosen.has(row)));
  grid.setAttribute("aria-label", head.label);
  grid.replaceChildren(...head.rows.map((row, k) => {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = head.side;
    const image = new ImageData(head.side, head.side);
    const from = start + 3 * head.side * head.side * k;
    for (let p = 0; p < head.side * head.side; p++) {
      image.data.set(data.subarray(from + 3 * p, from + 3 * p + 3), 4 * p);
      image.data[4 * p + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    button.type = "button";
    button.title = button.ariaLabel = `${head.names[k]}, row ${row}`;
    button.append(canvas);
    show(button, row);
    button.onclick = () => {
      if (!chosen.delete(row)) chosen.add(row);
      show(button, row);
      setTriggerValue("pick", { rows: [...chosen] });
    };
    return button;
  }));
}
"""
_STYLE = """
.picker { display: grid; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); gap: 5px; }
.picker button { padding: 2px; border: 2px solid transparent; border-radius: 5px; background: none; cursor: pointer; }
.picker button[aria-pressed="true"] { border-color: #c2185b; background: #c2185b33; }
.picker button:focus-visible { outline: 2px solid var(--st-primary-color, #1c68a8); outline-offset: 1px; }
.picker canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; }
"""


def show(have: Data, chosen: frozenset[int], on_pick: Callable[[list[int]], None]) -> None:
    """Draw one page of the gallery, by class.

    Args:
        have: whose training images are offered.
        chosen: rows picked so far, on any page.
        on_pick: called with all rows picked.
    """
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    names = ["any class", *have.names]
    label = left.selectbox("Class", range(len(names)), format_func=names.__getitem__, key="own:pick:class")
    rows = np.arange(len(have.train)) if not label else np.flatnonzero(have.train.y == label - 1)
    pages = -(-len(rows) // SHOWN)
    page = middle.number_input("Page", 1, max(1, pages), 1, key=f"own:pick:page:{label}", help=f"Of {pages}.")
    right.button("Clear", key="own:pick:clear", disabled=not chosen, on_click=lambda: on_pick([]))
    here = rows[SHOWN * (int(page) - 1) : SHOWN * int(page)]
    component = st.components.v2.component("image_picker", js=_SCRIPT, css=_STYLE)  # type: ignore[attr-defined]
    key = "own:pick:grid"

    def picked() -> None:
        value = getattr(st.session_state[key], "pick", None)
        if value is not None:
            on_pick(allowed(value, len(have.train)))

    component(key=key, data=packed(have, here, chosen), on_pick_change=picked)
    st.caption(f"{len(chosen)} picked. A click takes an image in or out; few images move a model less than a new seed.")


def allowed(value: Any, n: int) -> list[int]:
    """Return the rows that a browser reports, without what cannot be."""
    rows = value.get("rows", []) if isinstance(value, dict) else []
    fitting = {row for row in rows if isinstance(row, int) and not isinstance(row, bool) and 0 <= row < n}
    return sorted(fitting)[:MOST]


def packed(have: Data, rows: np.ndarray, chosen: frozenset[int]) -> bytes:
    """Return the images of some rows with what the script needs to know of them."""
    images = np.ascontiguousarray(have.train.x[rows].transpose(0, 2, 3, 1))
    head = json.dumps({
        "rows": rows.tolist(), "names": [have.names[k] for k in have.train.y[rows]], "chosen": sorted(chosen),
        "side": have.train.x.shape[-1], "label": "training images; pressed ones are to be forgotten",
    }).encode()  # fmt: skip
    return len(head).to_bytes(4, "little") + head + images.tobytes()
