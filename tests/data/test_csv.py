import hashlib
from threading import Thread

import numpy as np
import pytest

from explorer.data import OPTIONS, build, resolve
from explorer.data.csv import FILES, CsvOptions, split_rows

remember, recall = FILES.remember, FILES.recall


def content(each=30, shift=0.0) -> bytes:
    """Two classes; in each, 2 of 3 points lie near x1 = 0 or 10 and the third ones lie 100 higher."""
    lines = [
        f"{10 * c + i / each + shift},{100 * (i % 3 == 0) + i % 5},{'ab'[c]}" for c in range(2) for i in range(each)
    ]
    return ("x1,x2,label\n" + "\n".join(lines)).encode()


def test_a_file_is_kept_under_the_hash_of_its_points():
    lines = [f"{float(i)},{float(i % 7)},{'ab'[i % 2]}" for i in range(60)]
    table = ("x1,x2,label\n" + "\n".join(lines) + "\n").encode()  # in the fixed form already
    key = remember(table)
    assert key == hashlib.sha256(table).hexdigest()
    assert len(recall(key).split) == 60 and recall(key).names == ("a", "b")
    german = table.decode().replace(",", ";").replace(".0", ",0").replace("x1;x2;label", "größe;höhe;klasse")
    assert remember(german.encode("latin-1")) == key


def test_a_malformed_file_is_not_kept():
    with pytest.raises(ValueError, match="found none in nothing"):
        remember(b"nothing")
    with pytest.raises(ValueError, match="please give it again"):
        recall(hashlib.sha256(b"nothing").hexdigest())


def test_only_so_many_files_are_kept_and_the_one_unused_for_longest_goes(monkeypatch):
    monkeypatch.setattr(FILES, "kept", 2)
    first, second = remember(content(shift=0.1)), remember(content(shift=0.2))
    recall(first)
    third = remember(content(shift=0.3))
    recall(first)
    recall(third)
    with pytest.raises(ValueError, match="please give it again"):
        recall(second)


def test_threads_remember_their_own_files():
    wrong = []

    def work(shift):
        points = recall(remember(content(shift=shift))).split
        wrong.extend([shift] if not np.isclose(points.x[0, 0], shift) else [])

    threads = [Thread(target=work, args=(float(shift),)) for shift in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, "A" * 64, "../" * 22])
def test_what_is_no_hash_is_refused(sha256):
    with pytest.raises(ValueError, match="must be 64 hexadecimal digits"):
        recall(sha256)


def test_a_file_is_split_by_class_sixty_twenty_twenty():
    data = build("csv", CsvOptions(sha256=remember(content())))
    for split, size in ((data.train, 18), (data.test, 6), (data.heldout, 6)):
        assert np.bincount(split.y).tolist() == [size, size]
    together = np.vstack([data.train.x, data.test.x, data.heldout.x])
    assert {tuple(row) for row in together} == {tuple(row) for row in recall(remember(content())).split.x}


def test_the_seed_changes_the_split_and_nothing_else():
    y = np.repeat([0, 1], 30)
    assert all((a == b).all() for a, b in zip(split_rows(y, 3), split_rows(y, 3), strict=True))
    assert (split_rows(y, 3)[0] != split_rows(y, 4)[0]).any()


def test_every_class_of_five_points_has_some_of_each():
    assert [len(rows) for rows in split_rows(np.repeat([0, 1], [5, 40]), 0)] == [3 + 24, 1 + 8, 1 + 8]


def test_constants_are_those_of_the_whole_file_and_the_data_say_so():
    key = remember(content())
    data, points = build("csv", CsvOptions(sha256=key)), recall(key).split
    np.testing.assert_allclose(data.space.mean, points.x.astype(float).mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(data.space.std, points.x.astype(float).std(axis=0), rtol=1e-6)
    assert "whole file" in data.note and data.names == ("a", "b") and data.classes == 2


def test_a_class_is_anchored_in_the_smaller_of_its_two_clusters():
    data = build("csv", CsvOptions(sha256=remember(content())))
    assert data.anchors is not None
    for label in range(2):
        own = data.train.x[data.train.y == label]
        np.testing.assert_allclose(data.anchors[label], own[own[:, 1] > 50].mean(axis=0), rtol=1e-4)


def test_a_class_whose_points_coincide_is_anchored_there():
    lines = [f"{c},{c},{c}" for c in (1, 2) for _ in range(10)]
    data = build("csv", CsvOptions(sha256=remember(("x1,x2,label\n" + "\n".join(lines)).encode())))
    assert data.anchors is not None
    np.testing.assert_allclose(data.anchors, [[1, 1], [2, 2]], rtol=1e-5)


def test_the_command_line_reads_a_path_and_gets_the_hash(tmp_path):
    (tmp_path / "points.csv").write_bytes(content(each=40))
    options = resolve(CsvOptions(path=str(tmp_path / "points.csv")))
    assert isinstance(options, CsvOptions) and options.sha256 == remember(content(each=40))
    assert len(build("csv", options).train) == 48
    assert resolve(OPTIONS["moons"]()) == OPTIONS["moons"]()


def test_a_path_alone_is_never_read_by_build(tmp_path):
    (tmp_path / "points.csv").write_bytes(content(each=41))
    with pytest.raises(ValueError, match=r"`data.path` is read on the command line only"):
        build("csv", CsvOptions(path=str(tmp_path / "points.csv")))


def test_another_process_reads_the_path_if_the_hash_is_right(tmp_path, monkeypatch):
    (tmp_path / "points.csv").write_bytes(content(each=42))
    options = resolve(CsvOptions(path=str(tmp_path / "points.csv")))
    FILES.clear()
    assert len(build("csv", options).train.y) == 2 * (42 - 16)


def test_another_file_at_the_path_is_not_read(tmp_path):
    (tmp_path / "secret.csv").write_bytes(content(each=43))
    options = CsvOptions(path=str(tmp_path / "secret.csv"), sha256="0" * 64)
    with pytest.raises(ValueError, match=r"the file with SHA-256 000000000000... is not here: please give it again"):
        build("csv", options)
    with pytest.raises(ValueError, match=r"is not that of `data.sha256`"):
        resolve(options)


def test_paths_that_cannot_be_read_get_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"`data.path` must name a file"):
        resolve(CsvOptions(path=str(tmp_path)))
    with pytest.raises(ValueError, match=r"`data.path` must name a file"):
        resolve(CsvOptions(path=str(tmp_path / "absent.csv")))
    with pytest.raises(ValueError, match=r"`data.path`"):
        resolve(CsvOptions(path="a\0b"))
    (tmp_path / "large.csv").write_bytes(b"1" * 20_000_001)
    with pytest.raises(ValueError, match="must be at most 20 MB"):
        resolve(CsvOptions(path=str(tmp_path / "large.csv")))


def test_the_command_line_may_name_the_columns(tmp_path):
    lines = [f"{i},{i % 7},{i % 5 + 0.5},{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "points.csv").write_text("\n".join(["id,wide,high,kind", *lines]))
    guessed = resolve(CsvOptions(path=str(tmp_path / "points.csv")))
    named = resolve(CsvOptions(path=str(tmp_path / "points.csv"), columns=["high", "wide", "kind"]))
    assert isinstance(guessed, CsvOptions) and isinstance(named, CsvOptions)
    assert guessed.sha256 and named.sha256 and guessed.sha256 != named.sha256
    assert (recall(guessed.sha256).split.x == recall(named.sha256).split.x[:, ::-1]).all()
    FILES.clear()
    assert len(build("csv", named).train) == 36  # another process reads the same columns
    with pytest.raises(ValueError, match="the file has no column deep: its columns are id, wide, high, kind"):
        resolve(CsvOptions(path=str(tmp_path / "points.csv"), columns=["deep", "wide", "kind"]))
    with pytest.raises(ValueError, match=r"`data.columns` must name both inputs and the label, got high"):
        resolve(CsvOptions(path=str(tmp_path / "points.csv"), columns=["high"]))


def test_no_file_is_one_sentence():
    with pytest.raises(ValueError, match="no file was given"):
        build("csv", CsvOptions())
