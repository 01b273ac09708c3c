"""What may a method look at, and what follows? Four methods are put in order, and two looked at closely."""

from explorer.lessons._kinds import Order
from explorer.lessons._lesson import Guess, Lesson, Look

_FOUR = ("gradient_ascent", "jit", "fine_tune", "scrub")

LESSON = Lesson(
    title="What a method may look at",
    question="What may a method look at, and what follows?",
    goal=(
        "Methods differ in what they are handed: those that may look at the kept points too can stay nearer to the "
        "retrained model, and those that may not are needed where the data are gone."
    ),
    minutes=5,
    steps=(
        Look(
            view={"panels": [{"method": "original"}]},
            spotlight="forget",
            lines=False,
            say="A method works with what it is handed. Gradient ascent gets the points to forget and makes their "
            "loss, how wrong the model is on them, larger. JiT, Just in Time unlearning, gets them without labels and "
            "makes the model answer more evenly around each. Fine-tuning goes on training on the kept points only. "
            "SCRUB gets all points.",
        ),
        Guess(
            view={"panels": [{"method": one} for one in _FOUR]},
            ask="Gradient ascent and JiT see only the points to forget, fine-tuning only the others, SCRUB both. Put "
            "the four in order, the nearest to the retrained models first.",
            kind=Order(_FOUR, "nearest", first="nearest"),
            why="SCRUB sees most and ends nearest here: about 5 per cent of the plane apart; fine-tuning 7, JiT 8, "
            "gradient ascent 27. Gradient ascent has nothing that holds the other points, and breaks.",
        ),
        Look(
            view={"panels": [{"method": one} for one in ("retrained", "jit", "gradient_ascent")]},
            spotlight="jit",
            say="JiT and gradient ascent both saw the points to forget alone. Gradient ascent breaks, JiT does not: it "
            "only evens the model out around those points. So to see more allows a method to end nearer, and does not "
            "decide everything. JiT is for those who have no other training points left.",
        ),
    ),
)
