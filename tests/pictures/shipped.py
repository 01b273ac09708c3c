"""Write the picture that ships with the package: the default View's blob, on screen before torch is imported.

    python -m tests.pictures.shipped

Run it again whenever the default View, one of its methods or the player's format changes; a test compares.
"""

from explorer.contents import picture as contents_picture
from explorer.pipeline import no_memo
from explorer.player import SHIPPED
from explorer.session.desk import Here, silent
from explorer.view import View


def fresh() -> bytes:
    """Return the default View's blob, computed now: all panels and the read-out, no numbers."""
    view = View.default()
    for picture in contents_picture.pictures(view, Here(no_memo), silent):
        if picture.ready(view) and picture.facts is not None:
            return contents_picture.blob(picture, view)
    raise RuntimeError("the default View did not become ready")


if __name__ == "__main__":
    SHIPPED.write_bytes(fresh())
    print(f"{SHIPPED.name}: {SHIPPED.stat().st_size:,} bytes")
