"""Write the pictures that ship with the package: the default View's blob, and the one of the page *Start*.

    python -m tests.pictures.shipped

Run it again whenever the default View, one of its methods or the player's format changes; a test compares.
"""

from explorer.contents import front
from explorer.contents import picture as contents_picture
from explorer.pipeline import no_memo
from explorer.player import SHIPPED, START
from explorer.session.desk import Here, silent
from explorer.view import View


def fresh() -> bytes:
    """Return the default View's blob, computed now: all panels and the read-out, no numbers."""
    view = View.default()
    for picture in contents_picture.pictures(view, Here(no_memo), silent):
        if picture.ready(view) and picture.facts is not None:
            return contents_picture.blob(picture, view)
    raise RuntimeError("the default View did not become ready")


def fresh_start() -> bytes:
    """Return the blob of the page *Start*, computed now."""
    return front.blob(Here(no_memo))


if __name__ == "__main__":
    for file, made in ((SHIPPED, fresh), (START, fresh_start)):
        file.write_bytes(made())
        print(f"{file.name}: {file.stat().st_size:,} bytes")
