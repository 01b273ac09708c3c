"""CIFAR on tiny files in the official layout, and (where the real files are) the claims about the real ones."""

import errno
import functools
import hashlib
import http.server
import io
import os
import pickle
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

from explorer.data import IMAGES, OPTIONS, TITLES, build, cifar, count_labels, is_image
from explorer.data.choosing import choose
from explorer.data.cifar import _archives, _fetch, _read
from explorer.data.cifar._names import CIFAR10, COARSE, FINE
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from tests.data._made_up import HUNDRED, TEN, TEST, TRAIN, hundred, ten, write

VALIDATION = 100
OFFICIAL = dict(_archives.SHA256)
MINE = pytest.mark.parametrize("name", cifar.NAMES)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_archives, "TRAIN", TRAIN)
    monkeypatch.setattr(_archives, "TEST", TEST)
    monkeypatch.setattr(_read, "SHA256", {})
    monkeypatch.setattr(cifar, "VALIDATION", VALIDATION)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that EXPLORER_DATA names."""
    place = tmp_path / "data"
    place.mkdir()
    monkeypatch.setenv("EXPLORER_DATA", str(place))
    return place


@pytest.fixture
def here(root: Path) -> Path:
    """The same with the small files of both archives."""
    write(root / TEN, ten())
    write(root / HUNDRED, hundred())
    return root


def options(n: int = 500, seed: int = 0) -> cifar.CifarOptions:
    return cifar.CifarOptions(n=n, seed=seed)


def keys(x: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in x}


# --- what is built ------------------------------------------------------------------------------------------------


def test_image_sets_stand_between_toys_and_uploads():
    assert list(OPTIONS)[-4:] == ["cifar10", "cifar20", "cifar100", "csv"]
    assert frozenset(cifar.NAMES) == IMAGES and all(TITLES[name] for name in IMAGES)
    assert is_image("cifar10") and not is_image("moons") and not is_image("csv")
    assert set(CATALOG.planes) == set(CATALOG.data) - IMAGES


@MINE
def test_shapes_types_and_names(here: Path, name: str):
    data = build(name, options())
    classes = int(name.removeprefix("cifar"))
    assert data.classes == classes == len(data.names) == len(set(data.names)) == count_labels(name, options(), "class")
    assert data.train.x.shape == (500, 3, 32, 32) and data.train.x.dtype == np.uint8 and data.train.y.dtype == np.int64
    assert len(data.test) == TEST and len(data.heldout) == 500 and len(cifar.validation(name, options())) == VALIDATION
    assert data.anchors is None and data.mislabelled is None


@MINE
def test_every_part_is_balanced(here: Path, name: str):
    data = build(name, options())
    for split in (data.train, data.test, data.heldout, cifar.validation(name, options())):
        assert set(np.bincount(split.y, minlength=data.classes)) == {len(split) // data.classes}


def test_a_size_that_classes_do_not_divide_is_balanced_within_one(here: Path):
    for name, classes in (("cifar10", 10), ("cifar20", 20), ("cifar100", 100)):
        counts = np.bincount(build(name, options(n=133)).train.y, minlength=classes)
        assert counts.max() - counts.min() == 1


@MINE
def test_the_parts_share_no_image_and_together_are_the_whole(here: Path, name: str):
    data = build(name, options(n=950))
    sets = [keys(split.x) for split in (data.train, cifar.validation(name, options(n=950)), data.heldout)]
    assert [len(part) for part in sets] == [950, VALIDATION, 950]
    assert len(set().union(*sets)) == TRAIN


@pytest.mark.parametrize(
    ("n", "validation", "heldout"), [(900, 100, 900), (1500, 100, 400), (1950, 50, 0), (2000, 0, 0)]
)
def test_what_is_left_goes_to_validation_first(here: Path, n: int, validation: int, heldout: int):
    data = build("cifar10", options(n=n))
    assert (len(data.train), len(cifar.validation("cifar10", options(n=n))), len(data.heldout)) == (
        n, validation, heldout,
    )  # fmt: skip
    assert data.heldout.x.shape == (heldout, 3, 32, 32)


def test_the_seed_takes_other_images_and_a_smaller_set_lies_within_a_larger(here: Path):
    small, large, other = (keys(build("cifar10", o).train.x) for o in (options(100), options(400), options(100, 1)))
    assert small < large and small != other
    assert keys(build("cifar10", options(100)).test.x) == keys(build("cifar10", options(100, 1)).test.x)


def test_images_keep_their_labels_and_the_layout_of_the_records(here: Path):
    content = np.concatenate([content for file, content in ten().items() if "data" in file])
    label = {row[1:].tobytes(): row[0] for row in content}
    data = build("cifar10", options())
    assert [label[image.tobytes()] for image in data.train.x] == data.train.y.tolist()


def test_cifar20_are_the_same_images_under_coarse_labels_with_the_fine_ones_as_subclass(here: Path):
    coarse, fine = build("cifar20", options()), build("cifar100", options())
    np.testing.assert_array_equal(coarse.train.x, fine.train.x)
    assert fine.train.subclass is None
    for part in ("train", "test", "heldout"):
        np.testing.assert_array_equal(getattr(coarse, part).subclass, getattr(fine, part).y)
    apart = [cifar.validation(name, options()) for name in ("cifar20", "cifar100")]
    np.testing.assert_array_equal(apart[0].subclass, apart[1].y)
    np.testing.assert_array_equal(coarse.train.y, fine.train.y % 20)
    assert (coarse.names, fine.names) == (COARSE, FINE) and build("cifar10", options()).names == CIFAR10


def test_constants_are_the_published_ones_whatever_the_sample(here: Path):
    for seed in (0, 1):
        space = build("cifar10", options(seed=seed)).space
        np.testing.assert_allclose(space.mean.ravel(), [125.307, 122.961, 113.8575], rtol=1e-6)
        np.testing.assert_allclose(space.std.ravel(), [62.985, 62.0925, 66.708], rtol=1e-6)
        assert all(part.shape == (3, 1, 1) and part.dtype == np.float32 for part in vars(space).values())
        assert space.low.ravel().tolist() == [0, 0, 0] and space.high.ravel().tolist() == [255, 255, 255]
    np.testing.assert_allclose(
        build("cifar20", options()).space.mean.ravel(), [129.3105, 124.0575, 112.4295], rtol=1e-6
    )


def test_options_can_be_sent_to_a_worker():
    assert pickle.loads(pickle.dumps(options(seed=3))) == options(seed=3)


def test_what_is_kept_in_memory_cannot_be_changed_through_what_is_handed_out(here: Path):
    first = build("cifar10", options())
    first.test.x[:] = 0
    first.train.x[:] = 0
    again = build("cifar10", options())
    assert again.test.x.any() and again.train.x.any()


def test_files_are_read_once_and_again_when_they_change(here: Path, monkeypatch: pytest.MonkeyPatch):
    build("cifar10", options())
    monkeypatch.setattr(_read, "_file", lambda *_: pytest.fail("read again"))
    build("cifar10", options(seed=5))
    monkeypatch.undo()
    monkeypatch.setattr(_archives, "TRAIN", TRAIN)
    monkeypatch.setattr(_archives, "TEST", TEST)
    monkeypatch.setattr(_read, "SHA256", {})
    monkeypatch.setenv("EXPLORER_DATA", str(here))
    file = here / TEN / "test_batch.bin"
    content = ten()["test_batch.bin"]
    content[:, 1:] = 7
    file.write_bytes(content.tobytes())
    os.utime(file, ns=(1, 1))
    assert (build("cifar10", options()).test.x == 7).all()


# --- requests -----------------------------------------------------------------------------------------------------


def rows(name: str, chooser: str, scores: dict[str, np.ndarray] | None = None, **given: object) -> np.ndarray:
    chosen = CATALOG.choosers[chooser].options.model_validate(given)
    return choose(chooser, chosen, build(name, options()), scores or {}, 0)


def test_a_subclass_of_images_is_named_by_its_own_number(here: Path):
    rocket = FINE.index("rocket")
    found = rows("cifar20", "subclass", label=rocket)
    data = build("cifar20", options())
    assert data.train.subclass is not None and len(found) == 5
    assert set(data.train.subclass[found]) == {rocket} and set(data.train.y[found]) == {rocket % 20}
    spec = Spec.parse({"data": {"name": "cifar20"}, "request": {"choose": "subclass", "label": rocket}})
    assert Spec.parse(spec.as_json()) == spec


def test_a_class_of_images_is_checked_against_the_classes():
    with pytest.raises(SpecError, match=r"`request.label` must lie in \[0, 19\], got 69"):
        Spec.parse({"data": {"name": "cifar20"}, "request": {"choose": "class", "label": 69}})
    with pytest.raises(SpecError, match=r"`request.label` must lie in \[0, 9\], got 69"):
        Spec.parse({"data": {"name": "cifar10"}, "request": {"choose": "subclass", "label": 69}})
    assert Spec.parse({"data": {"name": "cifar100"}, "request": {"choose": "class", "label": 99}})


def test_choosers_that_are_for_images_choose_among_them(here: Path):
    y = build("cifar10", options()).train.y
    assert len(rows("cifar10", "random", fraction=0.1)) == 50
    part = rows("cifar10", "random", fraction=0.3, label=2)
    assert len(part) == 15 and set(y[part]) == {2}
    assert rows("cifar10", "class", label=3).tolist() == np.flatnonzero(y == 3).tolist()
    assert rows("cifar10", "points", index=[7, 3]).tolist() == [3, 7]
    near = np.arange(500, dtype=np.float32)
    assert rows("cifar10", "boundary", {"margin": near}, fraction=0.01).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("chooser", ["cluster", "outliers", "mislabelled", "memorised", "threshold", "wedge"])
def test_choosers_of_planes_refuse_images(here: Path, chooser: str):
    assert CATALOG.choosers[chooser].kinds == {"toy"}
    with pytest.raises(ValueError, match="cannot be chosen among images"):
        rows("cifar10", chooser)


def test_data_without_subclasses_say_so(here: Path):
    with pytest.raises(ValueError, match="have no sub-clusters"):
        rows("cifar10", "subclass")


# --- where the files are, and what is wrong with them -------------------------------------------------------------


def test_files_may_lie_directly_in_the_folder(root: Path):
    write(root, ten() | hundred())
    assert all(cifar.available(name) for name in cifar.NAMES)
    assert len(build("cifar10", options()).train) == len(build("cifar100", options()).train) == 500


def test_the_users_data_directory_is_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere")
    assert cifar.place().name == "unlearning-explorer"
    monkeypatch.setenv("EXPLORER_DATA", "~/cifar")
    assert cifar.place() == Path("~/cifar").expanduser()


def test_missing_data_are_said_with_place_and_remedy(root: Path):
    assert not any(cifar.available(name) for name in cifar.NAMES)
    with pytest.raises(ValueError) as error:
        build("cifar20", options())
    message = str(error.value)
    for part in ("CIFAR-100", HUNDRED, "cifar-100-binary.tar.gz", str(root), "https://www.cs.toronto", "EXPLORER_DATA"):
        assert part in message
    assert "\n" not in message


def refused(here: Path, file: str, *expected: str, name: str = "cifar10") -> None:
    """The data are refused with one sentence that holds the file, what was expected and found, and what to do."""
    with pytest.raises(ValueError) as error:
        build(name, options())
    message = str(error.value)
    for part in (str(here / file), *expected, "download"):
        assert part in message, message
    assert "\n" not in message


def test_a_missing_file_is_named(here: Path):
    (here / TEN / "data_batch_3.bin").unlink()
    assert not cifar.available("cifar10") and cifar.available("cifar100")
    refused(here, f"{TEN}/data_batch_3.bin", "is missing")


@pytest.mark.parametrize("bytes_", [0, 400 * 3073 - 1, 400 * 3073 + 3073])
def test_a_file_of_another_length_is_refused(here: Path, bytes_: int):
    file = here / TEN / "data_batch_2.bin"
    file.write_bytes(bytes(bytes_))
    refused(here, f"{TEN}/data_batch_2.bin", f"must have {400 * 3073} bytes, found {bytes_}")
    assert file.stat().st_size == bytes_


def altered(here: Path, file: str, record: int, byte: int, value: int, length: int = 3073) -> None:
    content = bytearray((here / file).read_bytes())
    content[record * length + byte] = value
    (here / file).write_bytes(content)


def test_a_label_that_no_class_has_is_refused(here: Path):
    altered(here, f"{TEN}/data_batch_4.bin", 17, 0, 12)
    refused(here, f"{TEN}/data_batch_4.bin", "label of record 17 must lie in [0, 9], found 12")
    altered(here, f"{HUNDRED}/test.bin", 3, 0, 20, 3074)
    refused(here, f"{HUNDRED}/test.bin", "label of record 3 must lie in [0, 19], found 20", name="cifar100")
    altered(here, f"{HUNDRED}/train.bin", 5, 1, 255, 3074)
    refused(here, f"{HUNDRED}/train.bin", "label of record 5 must lie in [0, 99], found 255", name="cifar20")


def test_one_altered_label_is_found(here: Path):
    first = ten()["data_batch_1.bin"][0, 0]
    altered(here, f"{TEN}/data_batch_1.bin", 0, 0, (int(first) + 1) % 10)
    refused(here, TEN, "must have 200 of the 2000 images, found", "a label is wrong")


def test_two_coarse_labels_changed_for_each_other_are_found(here: Path):
    coarse = hundred()["train.bin"][:, 0]
    other = int(np.flatnonzero(coarse != coarse[0])[0])
    altered(here, f"{HUNDRED}/train.bin", 0, 0, int(coarse[other]), 3074)
    altered(here, f"{HUNDRED}/train.bin", other, 0, int(coarse[0]), 3074)
    refused(here, HUNDRED, "must lie in one coarse class, found several", name="cifar100")


def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let the small files be the official ones, and return their hashes."""
    hashes = {file: hashlib.sha256(content.tobytes()).hexdigest() for file, content in (ten() | hundred()).items()}
    monkeypatch.setattr(_read, "SHA256", hashes)
    return hashes


def test_every_official_file_has_a_hash_that_is_checked():
    assert set(OFFICIAL) == {file for archive in _archives.ARCHIVES.values() for file in archive.sizes()}
    assert all(len(bytes.fromhex(value)) == 32 for value in OFFICIAL.values())


def test_files_of_the_known_hashes_are_read(here: Path, monkeypatch: pytest.MonkeyPatch):
    known(monkeypatch)
    assert len(build("cifar10", options()).train) == len(build("cifar100", options()).train) == 500


def hash_refused(here: Path, file: str, hashes: dict[str, str], name: str = "cifar10") -> None:
    found = hashlib.sha256((here / file).read_bytes()).hexdigest()
    refused(here, file, f"must have SHA-256 {hashes[Path(file).name]}, found {found}", "altered", "remove", name=name)


def test_two_labels_changed_for_each_other_are_found(here: Path, monkeypatch: pytest.MonkeyPatch):
    hashes = known(monkeypatch)
    labels = ten()["data_batch_2.bin"][:, 0]
    other = int(np.flatnonzero(labels != labels[0])[0])
    altered(here, f"{TEN}/data_batch_2.bin", 0, 0, int(labels[other]))
    altered(here, f"{TEN}/data_batch_2.bin", other, 0, int(labels[0]))
    hash_refused(here, f"{TEN}/data_batch_2.bin", hashes)


def test_a_blacked_out_image_is_found(here: Path, monkeypatch: pytest.MonkeyPatch):
    hashes = known(monkeypatch)
    content = hundred()["test.bin"]
    content[7, 2:] = 0
    (here / HUNDRED / "test.bin").write_bytes(content.tobytes())
    hash_refused(here, f"{HUNDRED}/test.bin", hashes, name="cifar20")


def test_an_altered_file_is_found_after_the_good_one_was_read(here: Path, monkeypatch: pytest.MonkeyPatch):
    hashes = known(monkeypatch)
    build("cifar10", options())
    altered(here, f"{TEN}/test_batch.bin", 3, 100, 0)
    os.utime(here / TEN / "test_batch.bin", ns=(1, 1))
    hash_refused(here, f"{TEN}/test_batch.bin", hashes)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(here: Path):
    (here / TEN / "test_batch.bin").chmod(0)
    with pytest.raises(ValueError, match=r"test_batch\.bin cannot be read"):
        build("cifar10", options())


# --- archives and downloads ---------------------------------------------------------------------------------------


def packed(folder: str, files: dict[str, np.ndarray], extra: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for file, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{file}")
            info.size = content.nbytes
            tar.addfile(info, io.BytesIO(content.tobytes()))
        for info in extra:
            tar.addfile(info, io.BytesIO(bytes(info.size)))
    return stream.getvalue()


class Quiet(http.server.SimpleHTTPRequestHandler):
    short = False

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_header(self, keyword: str, value: str) -> None:
        more = self.short and keyword.lower() == "content-length"
        super().send_header(keyword, str(int(value) + 1000) if more else value)


def changed(monkeypatch: pytest.MonkeyPatch, **fields: str) -> None:
    """Change what is known of the archive of CIFAR-10."""
    for field, value in fields.items():
        monkeypatch.setitem(vars(_archives.ARCHIVES["cifar10"]), field, value)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A server on 127.0.0.1 that has the small archive of CIFAR-10."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    served = tmp_path / "site"
    served.mkdir()
    content = packed(TEN, ten())
    (served / "cifar-10-binary.tar.gz").write_bytes(content)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(served))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/cifar-10-binary.tar.gz"
        changed(monkeypatch, url=url, md5=hashlib.md5(content).hexdigest())
        yield served
        server.shutdown()
        thread.join()


def test_a_download_gives_the_data_and_tells_its_progress(site: Path, root: Path):
    told: list[tuple[int, int]] = []
    folder = cifar.download("cifar10", lambda done, total: told.append((done, total)))
    assert folder == root / TEN and cifar.available("cifar10")
    size = (site / "cifar-10-binary.tar.gz").stat().st_size
    assert told[-1] == (size, size) and [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {size} and len(told) > 2
    assert len(build("cifar10", options()).train) == 500
    assert os.listdir(root) == [TEN]


def test_a_download_works_without_anyone_looking_and_does_nothing_twice(site: Path, root: Path):
    cifar.download("cifar10")
    (site / "cifar-10-binary.tar.gz").unlink()
    assert cifar.download("cifar10") == root / TEN


def test_the_folder_is_made(site: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_DATA", str(root / "a" / "b"))
    assert cifar.download("cifar10") == root / "a" / "b" / TEN


def test_a_cancelled_download_leaves_nothing(site: Path, root: Path):
    class Cancelled(Exception):
        pass

    def tick(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        cifar.download("cifar10", tick)
    assert os.listdir(root) == []


def test_what_a_killed_download_left_is_swept_away_a_day_later(site: Path, root: Path):
    for name in (".new-cifar-old", ".new-cifar-young", ".new-other"):
        (root / name).mkdir()
    for name in (".new-cifar-old", ".new-other"):
        os.utime(root / name, (0, 0))
    cifar.download("cifar10")
    assert sorted(os.listdir(root)) == sorted([".new-cifar-young", ".new-other", TEN])


def test_a_download_that_is_not_the_official_archive_is_refused(site: Path, root: Path):
    (site / "cifar-10-binary.tar.gz").write_bytes(b"something else")
    with pytest.raises(ValueError) as error:
        cifar.download("cifar10")
    message = str(error.value)
    assert _archives.ARCHIVES["cifar10"].md5 in message and hashlib.md5(b"something else").hexdigest() in message
    assert "cifar-10-binary.tar.gz" in message and "download" in message and os.listdir(root) == []


def test_a_transfer_that_ends_early_is_refused(site: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Quiet, "short", True)
    with pytest.raises(ValueError, match="cannot be reached"):
        cifar.download("cifar10")
    assert os.listdir(root) == []


def test_no_network_is_one_sentence_with_the_remedy(root: Path, monkeypatch: pytest.MonkeyPatch):
    for url in ("http://127.0.0.1:9/cifar-10-binary.tar.gz", "https://no-such-host.invalid/cifar-10-binary.tar.gz"):
        changed(monkeypatch, url=url)
        with pytest.raises(ValueError) as error:
            cifar.download("cifar10")
        message = str(error.value)
        assert (
            message.startswith(f"{url} cannot be reached (") and f"copy cifar-10-binary.tar.gz into {root}" in message
        )
        assert "\n" not in message and len(message) < 500 and os.listdir(root) == []


def test_a_failed_download_leaves_no_folder_that_it_made(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root / "mine").mkdir()
    changed(monkeypatch, url="http://127.0.0.1:9/cifar-10-binary.tar.gz")
    for below in ("a/b", "mine/c", "mine"):
        monkeypatch.setenv("EXPLORER_DATA", str(root / below))
        with pytest.raises(ValueError, match="cannot be reached"):
            cifar.download("cifar10")
    assert [place.name for place in root.rglob("*")] == ["mine"]


def test_a_page_that_is_not_there_is_no_archive(site: Path, root: Path):
    (site / "cifar-10-binary.tar.gz").unlink()
    with pytest.raises(ValueError, match=r"cannot be reached \(404"):
        cifar.download("cifar10")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said(site: Path, root: Path, monkeypatch: pytest.MonkeyPatch, number: int):
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pooch.HTTPDownloader.__call__", full)
    with pytest.raises(ValueError, match=r"has no room left: .* needs about .* found \d+ MB free; .*EXPLORER_DATA"):
        cifar.download("cifar10")
    monkeypatch.undo()
    assert os.listdir(root) == []


def test_a_disk_that_fills_while_unpacking_is_said_and_left_clean(
    site: Path, root: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tarfile.TarFile, "extractall", full)
    with pytest.raises(ValueError, match="has no room left"):
        cifar.download("cifar10")
    assert os.listdir(root) == []


def test_a_disk_that_cannot_be_written_is_said(root: Path, monkeypatch: pytest.MonkeyPatch):
    def read_only(*_: object, **__: object) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(_fetch.tempfile, "mkdtemp", read_only)
    with pytest.raises(ValueError) as error:
        cifar.download("cifar10")
    assert str(error.value) == (
        f"{root} must be a folder that can be written, found: Read-only file system; "
        "let EXPLORER_DATA name another folder"
    )


def test_a_file_where_the_folder_should_be_is_said(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root / "file").write_text("mine")
    monkeypatch.setenv("EXPLORER_DATA", str(root / "file"))
    with pytest.raises(ValueError, match="file must be a folder that can be written, found: File exists"):
        cifar.download("cifar10")
    assert (root / "file").read_text() == "mine"


def test_nothing_that_exists_is_overwritten(site: Path, root: Path):
    (root / TEN).mkdir()
    (root / TEN / "data_batch_1.bin").write_text("mine")
    (root / TEN / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"data_batch_1.bin must have .* remove .*cifar-10-batches-bin and download"):
        cifar.download("cifar10")
    (root / TEN / "data_batch_1.bin").unlink()
    with pytest.raises(ValueError, match=r"data_batch_1.bin is missing"):
        cifar.download("cifar10")
    assert (root / TEN / "notes.txt").read_text() == "mine" and os.listdir(root) == [TEN]


def test_a_process_that_was_faster_is_believed(site: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    extract = _fetch.extract

    def while_another_writes(archive: Path, to: Path) -> None:
        extract(archive, to)
        write(root / TEN, ten())

    monkeypatch.setattr(_fetch, "extract", while_another_writes)
    assert cifar.download("cifar10") == root / TEN and os.listdir(root) == [TEN]


def test_an_archive_that_lies_there_is_unpacked_when_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch):
    content = packed(TEN, ten())
    changed(monkeypatch, md5=hashlib.md5(content).hexdigest())
    (root / "cifar-10-binary.tar.gz").write_bytes(content)
    assert cifar.available("cifar10")
    assert len(build("cifar10", options()).train) == 500
    assert sorted(os.listdir(root)) == sorted([TEN, "cifar-10-binary.tar.gz"])


def test_an_archive_that_was_cut_short_is_refused_and_kept(root: Path):
    (root / "cifar-10-binary.tar.gz").write_bytes(packed(TEN, ten())[:-100])
    with pytest.raises(ValueError, match=r"cifar-10-binary.tar.gz must have MD5 c32a1d4a\w+, found \w{32}: .* remove"):
        build("cifar10", options())
    assert os.listdir(root) == ["cifar-10-binary.tar.gz"]


def test_an_archive_without_the_files_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch):
    content = packed("elsewhere", ten())
    changed(monkeypatch, md5=hashlib.md5(content).hexdigest())
    (root / "cifar-10-binary.tar.gz").write_bytes(content)
    with pytest.raises(ValueError, match="is missing"):
        build("cifar10", options())


def hostile() -> dict[str, tarfile.TarInfo]:
    out, link, hard, device = (tarfile.TarInfo(name) for name in ("../../evil", f"{TEN}/a", f"{TEN}/b", f"{TEN}/c"))
    out.size = 4
    link.type, link.linkname = tarfile.SYMTYPE, "../../../etc"
    hard.type, hard.linkname = tarfile.LNKTYPE, "../../evil"
    device.type = tarfile.CHRTYPE
    return {"path": out, "link": link, "hard link": hard, "device": device}


@pytest.mark.parametrize("kind", hostile())
def test_a_hostile_archive_is_refused_even_under_the_right_hash(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
):
    content = packed(TEN, ten(), (hostile()[kind],))
    changed(monkeypatch, md5=hashlib.md5(content).hexdigest())
    (root / "cifar-10-binary.tar.gz").write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=r"cifar-10-binary.tar.gz cannot be unpacked \(.*\): remove"):
        build("cifar10", options())
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_no_archive_is_refused(tmp_path: Path):
    for number, content in enumerate((b"", b"no archive", packed(TEN, ten())[:5000])):
        (tmp_path / "x.tar.gz").write_bytes(content)
        with pytest.raises(ValueError, match=r"x.tar.gz cannot be unpacked"):
            _fetch.extract(tmp_path / "x.tar.gz", tmp_path / str(number))


# --- the real files -----------------------------------------------------------------------------------------------

REAL = {name: cifar.available(name) for name in cifar.NAMES}


@pytest.fixture
def real(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not REAL[name]:
        pytest.skip(f"the files of {TITLES[name]} are not here: let EXPLORER_DATA name their folder")
    monkeypatch.setattr(_archives, "TRAIN", 50_000)
    monkeypatch.setattr(_archives, "TEST", 10_000)
    monkeypatch.setattr(_read, "SHA256", OFFICIAL)
    monkeypatch.setattr(cifar, "VALIDATION", 5_000)


@MINE
def test_the_published_constants_are_those_of_the_real_training_images(real: None, name: str):
    data = build(name, options(n=50_000))
    assert len(data.train) == 50_000 and len(data.test) == 10_000 and len(data.heldout) == 0
    x = data.train.x.transpose(1, 0, 2, 3).reshape(3, -1)
    np.testing.assert_allclose(x.mean(axis=1), data.space.mean.ravel(), atol=0.05)
    np.testing.assert_allclose(x.std(axis=1), data.space.std.ravel(), atol=0.3)


@MINE
def test_the_names_built_in_are_those_in_the_real_folder(real: None, name: str):
    folder = _archives.find(_archives.ARCHIVES[name], cifar.place())
    file = {"cifar10": "batches.meta.txt", "cifar20": "coarse_label_names.txt", "cifar100": "fine_label_names.txt"}[
        name
    ]
    if folder is None or not (folder / file).is_file():
        pytest.skip(f"{file} is not here")
    assert tuple((folder / file).read_text().split()) == cifar.class_names(name)


@pytest.mark.parametrize("name", ["cifar20"])
def test_rocket_is_a_vehicle_with_five_hundred_images(real: None, name: str):
    data = build(name, options(n=50_000))
    spec = Spec.parse({"data": {"name": name}, "request": {"choose": "subclass", "label": FINE.index("rocket")}})
    found = choose("subclass", spec.request.options, data, {}, 0)
    assert len(found) == 500 and {data.names[label] for label in data.train.y[found]} == {"vehicles_2"}
