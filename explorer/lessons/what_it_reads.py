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
            view={"panels": [{"method": one} for one in ("retrained", "jit", "scrub")]},
            spotlight="jit",
            say="JiT, Just in Time unlearning, is handed the points to forget and nothing else, not even their "
            "labels. It is for those who no longer have the training set. SCRUB also looks at all the points that "
            "stay.",
        ),
        Guess(
            view={"panels": [{"method": one} for one in _FOUR]},
            ask="Gradient ascent and JiT see only the points to forget. Fine-tuning sees only the others. SCRUB sees "
            "both. Which will end nearest to the retrained models?",
            kind=Order(_FOUR, "nearest", first="nearest"),
            why="SCRUB, which sees most, ends nearest. Gradient ascent climbs away from the points to forget with "
            "nothing to hold the others, and breaks.",
        ),
        Look(
            view={"panels": [{"method": one} for one in ("retrained", "jit", "gradient_ascent")]},
            spotlight="jit",
            say="Both of these methods saw the points to forget alone. Gradient ascent breaks, JiT does not: it only "
            "smooths the model around those points. What a method reads limits it. It does not decide everything.",
        ),
    ),
)
