"""Made-up measurements for reports."""

from explorer.contents.report.answers import Accuracy, Attacked, Distance, Measured, Told
from explorer.contents.report.parts import Among

BAND = Among(0.4, 0.3, 0.5, 5)


def attacked(after: float, retrained: Among = BAND, title: str = "Loss") -> Attacked:
    return Attacked(title, 0.8, after, after - 0.1, after + 0.1, retrained)


def found(*, forget: float = 0.4, retain: float = 0.95, distance: float = 0.1, attacks: tuple[Attacked, ...] = (),
          both: tuple[Told, ...] = ()) -> Measured:  # fmt: skip
    high, test = Among(0.9, 0.85, 0.95, 5), 0.9
    return Measured(
        "forget", 5,
        {"forget": Accuracy(1.0, forget, BAND), "retain": Accuracy(1.0, retain, high),
         "test": Accuracy(test, test, high)},
        {"js_divergence": Distance(0.5, distance, Among(0.05, 0.02, 0.1, 10))},
        attacks, both, (), 0.25, 1.5, 6.0,
    )  # fmt: skip
