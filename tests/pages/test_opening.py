"""The pages that ask how much can be told open on the preset where there is much."""

from dataclasses import replace

from explorer.pages.parts import opening
from explorer.view import View


def test_only_the_default_view_gives_way_to_the_preset():
    assert opening.untouched(replace(View.default(), page="attacks", step=0.3))
    assert not opening.untouched(replace(View.default(), panels=View.default().panels[:1]))
    assert not opening.untouched(opening.preset())


def test_a_lesson_that_was_begun_is_no_change_of_the_view():
    view = View.default().looking("lesson", lesson="never_saw", at=2, g=("1.0",))
    assert opening.untouched(view)
