"""The budgets, once: name, what is measured, and what it may be (2 shared cores).

Times are in seconds, frame times in milliseconds, sizes in bytes; shares and ratios are plain numbers.
"""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Budget:
    """One line of the table.

    Attributes:
        name: key in the JSON line; also the name of the function that measures it, in one of tests/bench/_*.py.
        what: in words.
        sense: whether the measured number must be at most or at least the limit, or is only reported.
        limit: the budget; None where the number is only reported.
        unit: "s", "ms", "bytes", "frames/s", "times", "share" or "exponent".
    """

    name: str
    what: str
    sense: Literal["at most", "at least", "reported"]
    limit: float | None
    unit: str

    def holds(self, measured: float) -> bool:
        """Return whether a measured number keeps the budget; not-a-number does not."""
        if self.limit is None:
            return not math.isnan(measured)
        return measured <= self.limit if self.sense == "at most" else measured >= self.limit


BUDGETS = (
    Budget("server_start", "server healthy after launch", "at most", 2, "s"),
    Budget("first_picture", "first finished picture after page load", "at most", 2, "s"),
    Budget("start_picture", "the same on the page that an empty address opens", "at most", 2, "s"),
    Budget("first_hand", "Start opened on a cold server -> first guess answered, reading included", "at most", 60, "s"),
    Budget("knob_idle", "moving a knob of one method -> first new picture of that panel", "at most", 0.15, "s"),
    Budget("knob_busy", "the same beside two busy neighbours", "at most", 0.5, "s"),
    Budget("knob_slow", "the same, idle, for the slowest method", "at most", 0.6, "s"),
    Budget("knob_drag_first", "pointer moved on a held slider -> pixels of a new picture, median", "at most", 0.1, "s"),
    Budget("knob_drag_rate", "new pictures while a slider is dragged", "at least", 10, "frames/s"),
    Budget("request_first", "changing data or request -> retrained and the first panel", "at most", 0.5, "s"),
    Budget("request_all", "changing data or request -> all 8 panels", "at most", 1, "s"),
    Budget("seen_before", "a setting seen before -> first picture", "at most", 0.1, "s"),
    Budget("class_30", "30 people, a knob every 5 s: move -> first new picture, 95th percentile", "at most", 1.5, "s"),
    Budget("class_30_numbers", "the same -> numbers of the original on screen, 95th percentile", "at most", 3, "s"),
    Budget("class_30_longest", "the longest of these answers", "at most", 15, "s"),
    Budget("class_30_memory", "memory of all processes meanwhile, at most", "at most", 3 * 2**30, "bytes"),
    Budget("class_30_growth", "the same at the end over half-way: memory is flat", "at most", 1.1, "times"),
    Budget("public_memory", "memory of a public demo: every page opened, a film taken", "at most", 2**30, "bytes"),
    Budget("picture_loop", "30 people drag a knob each: longest step of the service's loop, CPU", "at most", 50, "ms"),
    Budget("class_same", "30 people go to a lesson's picture -> it is on screen, 95th percentile", "at most", 0.5, "s"),
    Budget("class_flood", "others' new pictures, p95, beside a tab with 200 requests a second", "at most", 2, "times"),
    Budget("class_guess", "30 phones: a guess is sent -> the lecturer's count, 95th percentile", "at most", 2, "s"),
    Budget("class_guess_loop", "300 phones join and guess: longest step of the loop, CPU", "at most", 50, "ms"),
    Budget("fps", "8 panels playing", "at least", 55, "frames/s"),
    Budget("frame_p95", "95th percentile of frame times, 8 panels playing", "at most", 20, "ms"),
    Budget("frame_script", "script a frame, 8 panels playing", "at most", 3, "ms"),
    Budget("bytes", "bytes of 8 panels, whole animation, two classes", "at most", 1_000_000, "bytes"),
    Budget("bytes_ratio", "those bytes over the equal plotly-frames figure's", "at most", 0.05, "share"),
    Budget("player_error", "pixels wrong against exact regions off the keyframes, mean", "at most", 0.005, "share"),
    Budget("player_error_worst", "the same, worst step of any panel", "at most", 0.02, "share"),
    Budget("train_many_relu", "64 models together against 64 eager loops, ReLU, CPU time", "at least", 25, "times"),
    Budget("train_many_tanh", "the same, tanh", "at least", 15, "times"),
    Budget("shadows_128", "CPU time of 128 shadow models, tanh, 1,000 steps", "at most", 4, "s"),
    Budget("image_step_compact", "a training step on images against plain float32: compact", "at least", 1.5, "times"),
    Budget("image_step_vgg11", "the same, VGG-11 at its batch of 64", "at least", 1.7, "times"),
    Budget("image_step_resnet18", "the same, ResNet-18", "at least", 1.7, "times"),
    Budget("recording_share", "evaluation and recording of what ships, the folder with most", "at most", 0.25, "share"),
    Budget("u_lira_page", "the whole live U-LiRA page, 64 models, a fast method", "at most", 8, "s"),
    Budget("audit", "the slowest audit's picture and numbers after what it shares, CPU time", "at most", 0.5, "s"),
    Budget("stream", "the slowest method's request of a stream after what it shares, CPU time", "at most", 0.5, "s"),
    Budget("neighbours", "training speed beside two busy neighbours over idle", "at least", 0.4, "share"),
    Budget("growth", "time against points, panels, grid, shadows, people: the steepest", "reported", None, "exponent"),
)
