"""What a run of one's own may ask, and how long it will take."""

from explorer.contents.recorded import own_run as may_run
from explorer.experiments.cifar.chosen_knobs import chosen, start_of
from explorer.spec import Spec


def test_what_is_asked_first_can_be_run():
    spec = Spec.parse(may_run.FIRST)
    assert spec.model.name == "compact" and spec.method is not None
    assert spec.method.name in may_run.offers(spec)[0]


def test_every_way_to_choose_images_can_be_asked_for():
    for data in ("cifar10", "cifar20", "cifar100"):
        spec = may_run.with_data(Spec.parse(may_run.FIRST), data)
        offered = may_run.choosers(spec)
        assert ("subclass" in offered) == (data == "cifar20")
        assert {"random", "class", "points"} <= set(offered)
        for name in offered:
            assert may_run.with_chooser(spec, name).request.choose == name


def test_a_request_that_other_data_do_not_have_takes_its_default():
    spec = Spec.parse({**may_run.FIRST, "data": {"name": "cifar100"}, "request": {"choose": "class", "label": 70}})
    assert may_run.with_data(spec, "cifar10").request.choose == "random"


def test_methods_that_cannot_run_on_images_are_not_offered_and_say_why():
    can, why = may_run.offers(Spec.parse(may_run.FIRST))
    assert "ntk" not in can and any("kernel" in reason for reason in why)
    for name in can:
        assert may_run.with_method(Spec.parse(may_run.FIRST), name).method is not None


def rate(spec: Spec) -> float:
    assert spec.method is not None
    return spec.method.knobs.model_dump()["lr"]


def test_ones_own_run_starts_from_the_knobs_chosen_for_its_request():
    spec = may_run.with_method(Spec.parse(may_run.FIRST), "jit")
    start = start_of("jit", spec)["lr"]
    assert rate(spec) == chosen()["cifar10-compact-memorise-random"]["jit"].knobs["lr"] != start
    whole = may_run.followed(spec, may_run.with_chooser(spec, "class"))
    assert rate(whole) == chosen()["cifar10-compact-memorise-class"]["jit"].knobs["lr"]
    other = may_run.followed(whole, may_run.with_method(whole, "fine_tune"))
    assert rate(other) == chosen()["cifar10-compact-memorise-class"]["fine_tune"].knobs["lr"]
    assert rate(may_run.followed(whole, may_run.with_model(whole, "vgg11"))) == start


def test_knobs_set_by_hand_stay_when_the_request_changes():
    spec = may_run.with_method(Spec.parse(may_run.FIRST), "jit")
    mine = may_run.followed(spec, spec.with_part(method={"name": "jit", "knobs": {"lr": 0.5}}))
    assert rate(mine) == 0.5
    assert rate(may_run.followed(mine, may_run.with_chooser(mine, "class"))) == 0.5


def test_the_time_left_follows_the_pace():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args), lambda: now[0])
    tell(0, 100, "Training")
    now[0] = 60.0
    tell(25, 100, "Training")
    assert heard == [(0, 100, "0 %: Training"), (25, 100, "25 %: Training, about 3 min left")]


def test_the_time_left_leaves_out_what_was_known_already():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args[2]), lambda: now[0])
    for at, done in ((0.0, 20), (0.5, 40), (60.5, 60)):
        now[0] = at
        tell(done, 100, "Training")
    assert heard == ["20 %: Training", "40 %: Training", "60 %: Training, about 2 min left"]


def test_the_time_left_leaves_out_where_a_training_goes_on_from():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args[2]), lambda: now[0])
    for at, done in ((0.0, 0), (3.0, 4), (23.0, 6)):  # read for three seconds, then went on at 4 %
        now[0] = at
        tell(done, 100, "Training")
    assert heard[1:] == ["4 %: Training", "6 %: Training, about 16 min left"]
