"""Know the two official archives of CIFAR: what is in them, and where they lie on this machine.

They are the *binary* versions: one record an image, its label bytes (CIFAR-100: coarse, then fine) followed by 3,072
bytes of red, green and blue, each 32 rows of 32.

Source: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009, https://www.cs.toronto.edu/~kriz/cifar.html.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from explorer.data.cifar._names import CIFAR10, COARSE, FINE

TRAIN, TEST = 50_000, 10_000  # records of the training files together, and of the test file
PIXELS = 3 * 32 * 32
VARIABLE = "EXPLORER_DATA"


@dataclass(frozen=True)
class Archive:
    """One official archive.

    Attributes:
        title: its name on screen.
        url: where it is had from.
        md5: of the archive, in hexadecimal digits, as the official site gives it.
        folder: the folder inside it.
        train: its training files, of equal length, in order.
        test: its test file.
        names: for each label byte of a record, the names of its classes.
    """

    title: str
    url: str
    md5: str
    folder: str
    train: tuple[str, ...]
    test: str
    names: tuple[tuple[str, ...], ...]

    @property
    def packed(self) -> str:
        """Return the archive's own file name."""
        return self.url.rpartition("/")[2]

    def sizes(self) -> dict[str, int]:
        """Return how many bytes each file must have."""
        record = len(self.names) + PIXELS
        return {**dict.fromkeys(self.train, TRAIN // len(self.train) * record), self.test: TEST * record}


_SITE = "https://www.cs.toronto.edu/~kriz"
_TEN = Archive(
    title="CIFAR-10",
    url=f"{_SITE}/cifar-10-binary.tar.gz",
    md5="c32a1d4ab5d03f1284b67883e8d87530",
    folder="cifar-10-batches-bin",
    train=tuple(f"data_batch_{k}.bin" for k in range(1, 6)),
    test="test_batch.bin",
    names=(CIFAR10,),
)
_HUNDRED = Archive(
    title="CIFAR-100",
    url=f"{_SITE}/cifar-100-binary.tar.gz",
    md5="03b5dce01913d631647c71ecec9e9cb8",
    folder="cifar-100-binary",
    train=("train.bin",),
    test="test.bin",
    names=(COARSE, FINE),
)
ARCHIVES = {"cifar10": _TEN, "cifar20": _HUNDRED, "cifar100": _HUNDRED}

# Of each unpacked file, in hexadecimal digits.
SHA256: dict[str, str] = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    "train.bin": "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
    "test.bin": "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
}


def place() -> Path:
    """Return the folder of the data: the one that EXPLORER_DATA names, else the user's data directory."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("unlearning-explorer", appauthor=False))


def find(archive: Archive, root: Path) -> Path | None:
    """Return the folder that holds the archive's files, or some of them: its own, or `root` itself; None if neither."""
    for folder in (root / archive.folder, root):
        if any((folder / file).is_file() for file in archive.sizes()):
            return folder
    return None


def available(name: str) -> bool:
    """Say whether a data set's files, or its archive, lie on this machine; what is in them is checked when read.

    Args:
        name: a key of `ARCHIVES`.
    """
    archive, root = ARCHIVES[name], place()
    folder = find(archive, root)
    if folder is None:
        return (root / archive.packed).is_file()
    return all((folder / file).is_file() for file in archive.sizes())


def check_sizes(archive: Archive, folder: Path) -> None:
    """Refuse a folder in which a file is missing or has another length than the official one.

    Raises:
        ValueError: one sentence.
    """
    for file, size in archive.sizes().items():
        path = folder / file
        if not path.is_file():
            raise ValueError(f"{path} is missing: {again(archive, folder)}")
        found = path.stat().st_size
        if found != size:
            raise ValueError(f"{path} must have {size} bytes, found {found}: {again(archive, folder)}")


def again(archive: Archive, folder: Path) -> str:
    """Return what to do about files that are damaged."""
    return f"remove {folder if folder.name == archive.folder else 'it'} and download {archive.title} again"


def missing(archive: Archive, root: Path) -> str:
    """Return the sentence for data that are not there."""
    return (
        f"{archive.title} is not on this machine: neither {archive.folder} nor {archive.packed} was found in {root}; "
        f"download {archive.url} into that folder, or let {VARIABLE} name the folder that holds it"
    )
