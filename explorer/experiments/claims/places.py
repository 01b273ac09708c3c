"""Where recorded runs on images lie, on which claims are put to the test, and how each place is called."""

from __future__ import annotations

from explorer.experiments.cifar.plan import JIT_EPOCHS, JIT_IMAGES

VGG, COMPACT, COMPACT_BY_HEART = (
    "cifar100-vgg11-standard-class", "cifar10-compact-standard-class", "cifar10-compact-memorise-class",
)  # fmt: skip
COMPACT_PART, POISONED = "cifar10-compact-memorise-part", "cifar10-compact-memorise-poisoned"
RESNET_PART, RESNET_CLASS = "cifar10-resnet18-*-part", "cifar10-resnet18-*-class"
ON_VGG = (
    f"VGG-11, CIFAR-100, class rocket, standard recipe, {JIT_IMAGES:,} images, {JIT_EPOCHS} epochs (theirs 210, and a "
    "wider head)"
)
ON_COMPACT = "compact (batch normalisation), CIFAR-10, class dog, standard recipe, full set"
ON_COMPACT_BY_HEART = "compact (batch normalisation), CIFAR-10, class dog, learnt by heart, 10,000 images"
ON_RESNET = "ResNet-18, CIFAR-10, a class"
TEN = "10 seeds"
