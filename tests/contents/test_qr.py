"""A picture to scan stands for itself."""

from explorer.contents.qr import scanned


def test_what_is_scanned_is_a_picture_of_its_own_that_fetches_nothing():
    made = scanned("http://10.0.0.5:8501/join?code=abc")
    assert made.startswith("data:image/svg+xml") and made.count("http") == 1  # the name space alone
