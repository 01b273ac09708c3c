"""Ask for a sweep: which knobs, and that it is to run now."""

from __future__ import annotations

from explorer.pages.frame.binding import act, current

GO, RUNNING, REVEAL = "sweep:go", "sweep", "sweep:reveal"


def open_(name: str) -> None:
    """Show one knob over its range, at once, and bring the section into sight."""
    choose((name,))
    current().shown[REVEAL] = True


def choose(knobs: tuple[str, ...]) -> None:
    """Sweep these knobs, at once."""
    act(lambda view: view.looking("sweep", sweep=knobs))
    current().shown[GO] = True
