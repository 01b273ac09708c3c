"""Does this hold for images? The same pictures on recorded runs with photographs."""

from explorer.lessons._kinds import Choice, Number
from explorer.lessons._lesson import Guess, Lesson, Look

_CHANCE = {"page": "images", "folder": "cifar10-compact-memorise-random"}
_CLASS = {"page": "images", "folder": "cifar10-compact-memorise-class"}
_METHODS = ("amun", "eu_k", "fine_tune")

LESSON = Lesson(
    title="Photographs",
    question="Does this hold for images?",
    goal=(
        "On photographs the same holds: the target is what retrained models do, they get many forgotten images right, "
        "and methods end above or below that."
    ),
    minutes=4,
    steps=(
        Look(
            view={**_CLASS, "runs": ["fine_tune"]},
            lines=True,
            say="These models sort photographs. The plane goes through three of them; each place between is a mixture. "
            "All dogs are to be forgotten. Around the dog, the retrained model never answers dog: that is the target.",
        ),
        Guess(
            view={**_CHANCE, "runs": []},
            numbers=("forget",),
            ask="Here one image in ten was picked by chance and is to be forgotten. Of these, how many per cent will "
            "models retrained without them get right?",
            kind=Number(0, 100, "retrained_per_cent", unit="per cent", near=5, panel="retrained"),
            why="They never saw these images, and are right about most: as with points, images like them stayed. "
            "Forget accuracy 0 would be wrong here too.",
        ),
        Guess(
            view={**_CHANCE, "runs": list(_METHODS)},
            numbers=("forget", "retain"),
            ask="Three methods start from the original. Whose forget accuracy will end nearest to that of the "
            "retrained models?",
            kind=Choice(("AMUN", "EU-k", "Fine-tuning"), "nearest_forget", _METHODS),
            why="EU-k hits the number, and loses about a fifth of the images that it should keep (of 200 counted "
            "here; of all, a quarter). The others keep nearly all of them and forget less. No single number is enough, "
            "on images either.",
        ),
    ),
)
