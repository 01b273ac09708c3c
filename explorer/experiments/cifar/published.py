"""Hold published numbers that stand beside the recorded runs, each with its source and how its setting differs.

Accuracies and attack rates are shares. Papers measure retain and forget accuracy on other sets than we do, so an entry
names the column of ours that it corresponds to. None of these rows was reproduced here, and none is a goal: a method is
judged against the retrained models of its own setting.

Sources: Foster et al., An Information Theoretic Approach to Machine Unlearning (JiT), TMLR, tables 2(b), 3(a) and
4(a); Chen et al., Boundary Unlearning, CVPR 2023, the run stored in the released code; Chundawat et al., Can Bad
Teaching Induce Forgetting?, AAAI 2023, the notebook of the released code; Warnecke et al., Machine Unlearning of
Features and Labels, NDSS 2023, the results stored with the released code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.experiments.cifar.plan import JIT_EPOCHS, JIT_IMAGES


@dataclass(frozen=True)
class Entry:
    """One published row.

    Attributes:
        name: the model or method, as the paper calls it or in our words.
        values: our column -> published mean.
        spread: our column -> published standard deviation, where there is one.
    """

    name: str
    values: Mapping[str, float]
    spread: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """One published table.

    Attributes:
        requests: names of the requests beside which it stands ("class", "subclass", "random", "part", "poisoned").
        source: paper and table.
        data: the data set's key, where it is one of ours; "" where images or classes are others.
        network: the network's key, where it is one of ours; "" where it is another.
        setting: network, data and request, in words.
        differs: how its numbers, or how they were made, differ from ours.
        not_same: what differs still where data, network and request are the same; "" for nothing.
        entries: its rows.
    """

    requests: tuple[str, ...]
    source: str
    data: str
    network: str
    setting: str
    differs: str
    entries: tuple[Entry, ...]
    not_same: str = ""

    def same(self, data: str, network: str) -> bool:
        """Say whether it was measured on these data and this network."""
        return (self.data, self.network) == (data, network)


_Cell = tuple[float, float]  # mean and standard deviation, in percent
_ENTROPY = (
    "The attack is a regression on the entropy, fitted on the retained training images against all test images; its "
    "rate is the share of forgotten images called members, in our table the column As JiT counts."
)


def _rows(columns: tuple[str, str, str], rows: Mapping[str, tuple[_Cell, _Cell, _Cell]]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            name,
            {column: round(mean / 100, 5) for column, (mean, _) in zip(columns, cells, strict=True)},
            {column: round(std / 100, 5) for column, (_, std) in zip(columns, cells, strict=True) if std},
        )
        for name, cells in rows.items()
    )


JIT_CLASS = Published(
    requests=("class",),
    source="JiT, table 2(b)",
    data="cifar100",
    network="vgg11",
    setting="VGG-11, CIFAR-100, class rocket, standard recipe",
    not_same="Their VGG-11 is torchvision's: three wide layers after the convolutions, dropout, 133 million weights; "
    "ours has one layer there, no dropout, 9.2 million. "
    f"Theirs learnt all 50,000 images for 210 epochs, ours {JIT_IMAGES:,} for {JIT_EPOCHS}.",
    differs="Accuracies are on test images, of the other classes and of the forgotten one. "
    f"{_ENTROPY} In the released code the baseline called retrained redraws the last layer alone.",
    entries=_rows(
        ("test_retain", "test_forget", "mia"),
        {
            "Original": ((66.3, 0), (77.0, 0), (97.4, 0)),
            "Retrained": ((63.2, 0.5), (0, 0), (10.4, 1.1)),
            "Fine-tuning": ((59.7, 0.4), (3.9, 3.0), (13.2, 4.2)),
            "Amnesiac": ((64.3, 0.4), (0, 0), (1.8, 0.8)),
            "SCRUB": ((66.2, 0.1), (0, 0), (8.2, 1.7)),
            "SSD": ((63.79, 0), (0, 0), (8.6, 0)),
            "Bad teacher": ((65.5, 0.2), (0.1, 0.3), (0, 0.1)),
            "UNSIR": ((64.6, 0.4), (42.9, 14.3), (40.7, 12.1)),
            "GKT (zero-shot)": ((2.3, 0.2), (0, 0), (56.2, 20.0)),
            "EMMN (zero-shot)": ((26.9, 7.7), (24.3, 23.7), (58.2, 14.5)),
            "Boundary shrink (zero-shot)": ((66.2, 0.1), (13.0, 0), (2.9, 0.1)),
            "JiT (zero-shot)": ((66.2, 0.3), (14.2, 0.6), (2.9, 0.3)),
        },
    ),
)

_BOUNDARY = Published(
    requests=("class",),
    source="Boundary Unlearning, run stored in the released code",
    data="cifar10",
    network="",
    setting="All-CNN, CIFAR-10, one class, one run",
    differs="Another network and recipe; retrained's and the attack's values are not stored with it.",
    entries=(
        Entry(
            "Boundary shrink, projected gradient",
            {"retain": 0.9722, "forget": 0.044, "test_retain": 0.7967, "test_forget": 0.038, "seconds": 70.6},
        ),
        Entry(
            "Boundary shrink, one step",
            {"retain": 0.9868, "forget": 0.1118, "test_retain": 0.815, "test_forget": 0.082, "seconds": 25.9},
        ),
    ),
)

_SUBCLASS = Published(
    requests=("subclass",),
    source="JiT, table 3(a)",
    data="cifar20",
    network="vgg11",
    setting="VGG-11 (called VGG-16 there), CIFAR-20, sub-class rocket, standard recipe",
    differs="Accuracies are on test images, of the other sub-classes and of the forgotten one, in coarse classes. "
    f"{_ENTROPY} In the released code the baseline called retrained redraws the last layer alone.",
    entries=_rows(
        ("test_retain", "test_forget", "mia"),
        {
            "Original": ((75.3, 0), (79.0, 0), (83.1, 0)),
            "Retrained": ((72.9, 0.2), (11.5, 2.8), (14.1, 1.3)),
            "Fine-tuning": ((65.5, 0.7), (6.2, 3.7), (22.3, 5.5)),
            "Amnesiac": ((73.8, 0.2), (2.4, 2.4), (3.0, 0.9)),
            "SCRUB": ((62.4, 28.4), (10.1, 22.48), (16.7, 21.7)),
            "SSD": ((75.0, 0), (4.2, 0), (11.0, 0)),
            "Bad teacher": ((74.9, 0.2), (48.4, 16.9), (0.1, 0.1)),
            "UNSIR": ((74.1, 0.2), (57.5, 10.3), (57.4, 8.6)),
            "Boundary shrink (zero-shot)": ((74.4, 0), (17.535, 0), (12.9, 0.1)),
            "JiT (zero-shot)": ((73.7, 0.8), (19.3, 18.3), (11.2, 7.8)),
        },
    ),
)

_TEACHER = Published(
    requests=("subclass",),
    source="Bad teaching, notebook of the released code",
    data="",
    network="",
    setting="ResNet-18 pretrained on ImageNet, CIFAR-20 at 224 pixels, sub-class rocket, one run",
    differs="A pretrained network and larger images; accuracies are on test images.",
    entries=(
        Entry("Original", {"test_retain": 0.8578, "test_forget": 0.82}),
        Entry("Retrained", {"test_retain": 0.8577, "test_forget": 0.03}),
        Entry("Bad teacher", {"test_retain": 0.8457, "test_forget": 0.03}),
        Entry("Amnesiac", {"test_retain": 0.8492, "test_forget": 0.02}),
    ),
)

_RANDOM = Published(
    requests=("random", "part", "points"),
    source="JiT, table 4(a)",
    data="cifar10",
    network="vgg11",
    setting="VGG-11, CIFAR-10, 100 random images (83 in the released script) of 50,000, standard recipe",
    differs="A recipe that memorises little, so that original and retrained hardly differ, and far fewer images. "
    f"Forget accuracy is on the forgotten training images; retain accuracy there is on the test set. {_ENTROPY}",
    entries=_rows(
        ("test", "forget", "mia"),
        {
            "Original": ((87.0, 0), (92.0, 3.6), (70.1, 5.4)),
            "Retrained": ((87.7, 0.2), (91.0, 2.5), (78.9, 3.5)),
            "Fine-tuning": ((84.4, 0.8), (86.4, 4.4), (70.8, 4.7)),
            "Amnesiac": ((86.8, 0.3), (51.3, 4.4), (13.1, 2.9)),
            "SCRUB": ((87.7, 0.1), (92.7, 2.9), (71.8, 5.2)),
            "SSD": ((85.6, 2.7), (90.8, 3.7), (66.7, 5.9)),
            "Bad teacher": ((86.9, 0.2), (82.5, 4.9), (40.8, 6.3)),
            "Boundary shrink (zero-shot)": ((86.9, 0.1), (92.2, 3.4), (69.8, 5.1)),
            "JiT (zero-shot)": ((86.3, 0.3), (88.7, 3.9), (64.2, 5.2)),
        },
    ),
)

_POISONED = Published(
    requests=("poisoned",),
    source="Warnecke et al., results stored with the released code",
    data="cifar10",
    network="",
    setting="VGG-style network with 1.8 million weights, CIFAR-10, 10,000 of 50,000 labels flipped, s to 9 - s",
    differs="Five times as many images and flips; only the last six weight tensors are updated; 10 steps.",
    entries=(
        Entry("Original (poisoned)", {"test": 0.7382}),
        Entry("Retrained (clean labels)", {"test": 0.8786}),
        Entry("Influence, first order", {"test": 0.7686, "seconds": 37.5}),
        Entry("Influence, second order", {"test": 0.783, "seconds": 85.2}),
    ),
)

TABLES: tuple[Published, ...] = (JIT_CLASS, _BOUNDARY, _SUBCLASS, _TEACHER, _RANDOM, _POISONED)

#: Requests for which the paper that asked them has no table that could be checked.
NOTHING: Mapping[str, str] = {
    "part": "TMU asks this request; its tables could not be checked, so the nearest published ones stand here.",
}


def beside(request: str, data: str = "", network: str = "") -> tuple[Published, ...]:
    """Return the published tables that stand beside a request's recorded runs, first those of the same setting.

    Args:
        request: its name.
        data: key of the recorded runs' data set.
        network: key of their network.
    """
    named = [one for one in TABLES if request in one.requests]
    return tuple(sorted(named, key=lambda one: not one.same(data, network)))
