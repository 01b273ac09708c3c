"""Every preset shows what its title says, on its pinned seed; comparisons of boundaries stand above the seed floor."""

from itertools import combinations

import numpy as np
import pytest

import toy_data.two_gaussians as two_gaussians
from explorer import metrics, pipeline
from explorer.pipeline.numbers import predictions
from explorer.pipeline.paths import evaluate
from explorer.records import Certificate, Drift, Plane
from explorer.spec import Spec
from explorer.view.presets import PRESETS, Preset
from tests._claims import all_originals, closed, crossing, end, loss, memo, retrained

CERTIFIED = ("certified_removal", "descent_to_delete")
BY_KEY = {preset.key: preset for preset in PRESETS}


def spec_of(key: str, method: str) -> Spec:
    """Return the Spec of a preset's panel."""
    view = BY_KEY[key].view()
    return next(s for s, panel in zip(view.specs(), view.panels, strict=True) if panel.name == method)


# --- each title ----------------------------------------------------------------------------------------------------


def test_gradient_ascent_explodes():
    spec = spec_of("explodes", "gradient_ascent")
    assert end(spec)["retain"] <= retrained(spec)["retain"].low - 0.2
    assert np.isfinite(loss(spec))


def test_a_gentler_ascent_does_not_explode():
    spec = spec_of("explodes", "gradient_ascent")
    assert spec.method is not None
    gentle = spec.with_part(method={**spec.method.as_json(), "knobs": {"lr": 0.01, "steps": 20}})
    assert end(gentle)["retain"] > retrained(spec)["retain"].low - 0.2


def test_fine_tuning_barely_forgets():
    assert closed(spec_of("barely", "fine_tune")) <= 0.25


def test_random_labels_over_forget():
    spec = spec_of("over", "random_labels")
    assert max(all_originals(spec, "forget")) < retrained(spec)["forget"].low


PLACES = {"gap": (0, two_gaussians.GAP), "inner": (1, two_gaussians.INNER)}


def moved(method: str, place: str) -> float:
    """Return by how much the boundary's distance from the forgotten point grows; below 0 it comes closer."""
    view, (row, point) = BY_KEY["jit"].view(), PLACES[place]
    base = view.bases()[row]
    made = pipeline.Run(base, memo).sets
    assert np.allclose(made.before.x[made.forget], [point], atol=1e-6)
    if method == "retrained":
        refs = pipeline.Run(base, memo).references
        weights = np.stack([refs.originals[0], refs.paired])
    else:
        panel = next(panel for panel in view.panels if panel.name == method)
        run = pipeline.path(pipeline.Run(base.with_method(panel.method), memo))
        assert run.weights is not None and run.trouble == ""
        weights = run.weights[[0, -1]]
    before, after = crossing(base, weights, point, two_gaussians.CENTRES[0])
    return after - before


def test_jit_pulls_the_boundary_towards_a_point_in_the_gap_as_retraining_does():
    assert moved("retrained", "gap") < -0.05
    assert moved("jit", "gap") < -0.05


def test_jit_leaves_an_inner_point_alone_as_retraining_does():
    assert abs(moved("retrained", "inner")) <= 0.02
    assert abs(moved("jit", "inner")) <= 0.02


def test_greedy_mislabelling_does_neither():
    assert moved("greedy", "gap") < 2 * moved("jit", "gap")
    assert np.isnan(moved("greedy", "inner"))  # no boundary is left


def test_jit_s_panel_is_its_toy_point_preset():
    from explorer.methods.jit import METHOD

    panel = next(panel for panel in BY_KEY["jit"].view().panels if panel.name == "jit")
    assert panel.knobs == METHOD.knobs(**METHOD.presets["toy point"].knobs)


def test_retrained_still_gets_forgotten_points_right():
    bands = retrained(BY_KEY["still_right"].view().base)
    assert bands["forget"].low >= 0.9  # of two classes: chance is a half
    assert abs(bands["forget"].mean - bands["test"].mean) <= 0.05


def test_a_new_seed_moves_the_boundary_too():
    base = BY_KEY["seeds"].view().base
    run = pipeline.Run(base, memo)
    retrained_areas = pipeline.reference_areas(run)["retrained"]
    apart = [float((one != other).mean()) for one, other in combinations(retrained_areas, 2)]
    assert np.mean(apart) >= 0.02  # of the plane
    assert pipeline.signal_to_floor(run) < 2


def test_camu_leads_a_class_over_to_its_partners():
    spec = spec_of("camu", "camu")
    made, run = pipeline.Run(spec, memo).sets, pipeline.path(pipeline.Run(spec, memo))
    (partners,) = run.helpers
    assert sorted(partners.origin) == sorted(made.forget)
    assert np.abs(partners.x - made.before.x[partners.origin]).max() > 0.1  # there is an arrow to be seen
    assert end(spec, 0)["forget"] >= 0.95
    assert end(spec)["forget"] <= 0.15
    assert end(spec)["retain"] >= 0.95
    theirs = pipeline.reference_logits(pipeline.Run(spec, memo))["retrained"][:, made.forget]
    assert metrics.entropy(run.logits[-1, made.forget]).mean() > metrics.entropy(theirs).mean()


def test_boundary_expand_sends_a_class_into_a_shadow():
    spec = spec_of("shadow", "boundary_expand")
    made, have, run = (
        pipeline.Run(spec, memo).sets,
        pipeline.Run(spec, memo).data,
        pipeline.path(pipeline.Run(spec, memo)),
    )
    assert run.shadow
    answers = run.logits.argmax(axis=-1)
    assert (answers[-2, made.forget] == have.classes).mean() >= 0.9  # the shadow, before it is taken away
    assert (answers[-1] < have.classes).all()
    assert end(spec)["forget"] <= 0.05
    assert end(spec)["retain"] >= 0.95


def test_unsir_unlearns_a_class_with_learnt_noise():
    spec = spec_of("noise", "unsir")
    run, refs = pipeline.path(pipeline.Run(spec, memo)), pipeline.Run(spec, memo).references
    (noise,) = run.helpers
    network_says = evaluate(pipeline.Run(spec, memo), run, slice(0, 1), noise.x)[0]
    assert refs.originals.shape[1] == run.weights.shape[1]  # type: ignore[union-attr]
    assert (network_says.argmax(axis=1) != noise.y).mean() >= 0.9  # unlike the class whose label it has
    assert end(spec)["forget"] <= 0.05
    assert end(spec)["retain"] >= 0.95


def test_amun_steps_just_over_the_nearest_boundary():
    spec = spec_of("neighbours", "amun")
    made, run = pipeline.Run(spec, memo).sets, pipeline.path(pipeline.Run(spec, memo))
    (neighbours,) = run.helpers
    says = evaluate(pipeline.Run(spec, memo), run, slice(0, 1), neighbours.x)[0].argmax(axis=1)
    assert (says == neighbours.y).mean() >= 0.95  # each has the label that the original gives it
    assert (neighbours.y != made.before.y[neighbours.origin]).all()
    assert closed(spec) >= 0.8
    assert end(spec)["retain"] >= retrained(spec)["retain"].low - 0.02
    assert sorted(neighbours.origin) == sorted(made.forget)


def test_unsc_moves_where_no_retained_point_would_notice():
    _, labels, gradient, step = BY_KEY["null_space"].view().specs()
    assert max(area_to_retrained(gradient), area_to_retrained(step)) < area_to_retrained(labels)
    assert end(labels)["retain"] <= min(end(gradient)["retain"], end(step)["retain"]) - 0.01
    assert end(labels)["forget"] <= 0.25 and end(step)["forget"] <= 0.05


def area_to_retrained(spec: Spec) -> float:
    run = pipeline.Run(spec, memo)
    cells = Plane.around(run.data.train.x).grid(pipeline.AREA_CELLS)
    ours = evaluate(run, pipeline.path(run), slice(-1, None), cells).argmax(axis=-1)
    return float(np.mean(metrics.disagreement_area(ours, pipeline.reference_areas(run)["retrained"])))


def test_unsc_s_panel_is_its_toy_preset():
    from explorer.methods.unsc import METHOD

    panel = BY_KEY["null_space"].view().panels[3]
    assert panel.knobs == METHOD.knobs(**METHOD.presets["toy"].knobs)


def test_sisa_forgets_exactly_from_an_original_of_its_own():
    spec = spec_of("exact", "sisa")
    run = pipeline.Run(spec, memo)
    panel, compared = pipeline.panel(run), pipeline.compare(run, spread=False)
    assert panel.kind == "exact"
    assert not np.array_equal(panel.logits[0], pipeline.scene(run).original)
    area = "disagreement_area"
    assert compared.to_retrained[area].mean <= compared.untouched[area].mean / 3


def certificates(key: str) -> list[Certificate]:
    """Return the account of each certified panel of a preset."""
    specs = [spec for spec in BY_KEY[key].view().specs() if spec.method and spec.method.name in CERTIFIED]
    return [pipeline.certificate(pipeline.Run(spec, memo)) for spec in specs]


def test_certified_removal_spends_a_budget_and_buys_it_back():
    guo, sharper, wide = certificates("gauge")
    assert not wide.refilled.any()  # six times the noise, six times the budget
    assert wide.cloud[-1].std(axis=0).max() > 4 * guo.cloud[-1].std(axis=0).max()
    assert guo.refilled.any() and not sharper.refilled.any()
    assert guo.left.min() < 0.5 and (np.diff(guo.left)[~guo.refilled[1:]] <= 0).all()
    for found in (guo, sharper):
        spread = found.cloud[-1].std(axis=0)
        end = pipeline.path(pipeline.Run(spec_of("gauge", "certified_removal"), memo)).weights
        assert end is not None and (abs(end[-1] - found.cloud[-1].mean(axis=0)) <= 4 * spread).all()


def test_more_steps_a_deletion_need_less_noise():
    widths = [float(found.cloud[-1].std(axis=0).max()) for found in certificates("descents")]
    assert widths[0] > 3 * widths[1] > 9 * widths[2]


def test_tmu_forgets_the_hard_points_only():
    spec = spec_of("twin", "tmu")
    run, made = pipeline.path(pipeline.Run(spec, memo)), pipeline.Run(spec, memo).sets
    after, band = end(spec), retrained(spec)["forget"]
    right = run.logits.argmax(axis=2)[:, : len(made.before)] == made.before.y
    assert right[0, made.forget].all()
    # Rounding in training moves single points: within a third of the original's distance on one machine, a little
    # more on another (.78 of the forget points stay known, retrained .84). That half of it is gone holds on both.
    assert abs(after["forget"] - band.mean) <= (1 - band.mean) / 2
    assert after["retain"] >= 0.95
    quality = predictions.quality(pipeline.Run(spec, memo), run)
    assert quality is not None and quality["balanced_accuracy"] >= 0.8
    hard = next(points for points in run.helpers if points.kind == "predicted hard")
    assert 0 < len(hard.origin) < len(made.forget) / 2
    kept = np.setdiff1d(made.forget, hard.origin)
    assert right[-1, kept].mean() >= 0.95 and right[-1, hard.origin].mean() <= 0.2


# --- after the deletion --------------------------------------------------------------------------------------------


def audited(key: str, name: str = "") -> dict[str, float]:
    """Return the numbers of a preset's audit of one of its panels, or the means over its retrained models."""
    view = BY_KEY[key].view()
    audit = view.looks.audits.audit
    found = (
        pipeline.audit_of_unlearned(pipeline.Run(spec_of(key, name), memo), audit)
        if name
        else pipeline.audit_of_retrained(pipeline.Run(view.base, memo), audit)
    )
    return {field: band.mean for field, band in found.items()}


def test_it_comes_back_without_one_forgotten_point():
    found, retrained = audited("comes_back", "greedy"), audited("comes_back")
    assert found["start"] <= 0.02 and found["peak"] >= 0.7
    assert found["peak"] - max(found["control_peak"], found["matched_peak"], retrained["peak"]) >= 0.45
    drawn = pipeline.audit_panel(pipeline.Run(spec_of("comes_back", "greedy"), memo), "relearning")[1]
    assert drawn.arrays["curve"].argmax() <= 10  # within ten steps
    (beside, _), *_ = pipeline.audit_beside(pipeline.Run(spec_of("comes_back", "greedy"), memo), "relearning")
    assert beside.title == "Greedy mislabelling on retrained"


def test_half_as_far_would_be_better():
    assert audited("half_as_far", "neg_grad_plus")["nearest"] < 0.75
    assert audited("half_as_far", "fine_tune")["nearest"] > 1
    assert audited("half_as_far", "neg_grad_plus")["barrier"] < 0.03 < 0.05 < audited("half_as_far")["barrier"]


def test_the_deletion_prints_the_point():
    for name in ("jit", "greedy", "gradient_ascent"):
        assert audited("prints", name)["error"] <= 0.02
    assert audited("prints", "fine_tune")["error"] >= 0.4
    run = pipeline.Run(BY_KEY["prints"].view().base, memo)
    frames, drawn = pipeline.audit_reference(run, "reconstruction", "retrained")
    assert frames.title == "Retrained (paired)"
    point = run.sets.before.x[run.sets.forget[0]]
    assert np.linalg.norm(drawn.arrays["ghost"] - point) >= 0.4


def test_even_exact_retraining_gives_the_point_away():
    assert audited("even_exact")["error"] <= 0.2 <= audited("even_exact")["chance"] / 3
    run = pipeline.Run(BY_KEY["even_exact"].view().base, memo)
    frames, drawn = pipeline.audit_reference(run, "reconstruction", "retrained")
    point = run.sets.before.x[run.sets.forget[0]]
    assert np.linalg.norm(drawn.arrays["ghost"] - point) <= 0.2
    assert len(frames.helpers) == 1  # it lies on the plane


def test_deleting_tells_more_than_the_model_did():
    retrained, labels = audited("tells_more"), audited("tells_more", "random_labels")
    assert retrained["auc"] - retrained["before_auc"] >= 0.03
    assert abs(retrained["new_seed_auc"] - 0.5) <= 0.04
    assert labels["auc"] >= 0.65


def test_points_are_forgotten_still_known_or_over_forgotten():
    tuned, labels = audited("point_by_point", "fine_tune"), audited("point_by_point", "random_labels")
    assert tuned["above"] >= 0.5 and tuned["below"] <= 0.02
    assert labels["below"] >= 0.1 and labels["inside"] >= 0.6
    retrained = audited("point_by_point")
    assert retrained["inside"] >= 0.95 and 0.95 <= retrained["c"] <= 1.05


def test_the_mouth_forgets_and_the_head_does_not():
    labels, retrained = audited("mouth", "random_labels"), audited("mouth")
    assert end(spec_of("mouth", "random_labels"))["forget"] <= 0.1
    assert labels["few3"] - retrained["few3"] >= 0.15
    run = pipeline.Run(spec_of("mouth", "random_labels"), memo)
    (frames, _), *_ = pipeline.audit_beside(run, "linear_probe")
    assert frames.title == "Head alone copies retrained"
    goal = pipeline.retrained_accuracy(run)
    for name in ("retain", "test", "forget"):
        assert abs(frames.accuracy[name][0] - goal[name].mean) <= 0.03  # its own answers are retrained's
    assert frames.accuracy["forget"][-1] >= 0.75  # the probe of its hidden layer


# --- what all of them keep to -------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=BY_KEY)
def test_a_preset_about_boundaries_stands_above_the_seed_floor(preset: Preset):
    view = preset.view()
    for base in (view.stream(),) if preset.group == "Streams" else view.bases():
        ratio, made = pipeline.signal_to_floor(pipeline.Run(base, memo)), pipeline.Run(base, memo).sets
        few = len(made.forget) < 0.05 * len(made.before)
        assert few == (preset.about == "point")
        if preset.about == "boundary":
            assert ratio >= 2
        elif preset.about == "point":
            assert "paired" in preset.sentence
            assert pipeline.reference_panel(pipeline.Run(base, memo), "retrained").title == "Retrained (paired)"
        else:
            assert f"{ratio:.1f}" in preset.sentence  # exempt, and says its ratio


def test_where_few_points_go_the_retrained_panel_is_the_paired_model():
    few, many = BY_KEY["jit"].view().base, BY_KEY["over"].view().base
    run = pipeline.Run(few, memo)
    assert np.array_equal(
        pipeline.reference_panel(run, "retrained").logits[0],
        pipeline.scene(run).paired,
    )
    panel = pipeline.reference_panel(pipeline.Run(many, memo), "retrained")
    assert panel.title == "Retrained"
    assert np.array_equal(panel.logits[0], pipeline.scene(pipeline.Run(many, memo)).retrained[0])


def test_the_titles_are_those_that_were_promised():
    first = [preset.title for preset in PRESETS if preset.group == "First"]
    assert first == [
        "Gradient ascent explodes",
        "Fine-tuning barely forgets",
        "Random labels over-forget",
        "JiT pulls the boundary towards a point in the gap and leaves an inner point alone",
        "Retrained still gets forgotten points right",
        "A new seed moves the boundary too",
    ]


def test_keys_and_pictures_are_all_different():
    assert len({preset.key for preset in PRESETS}) == len(PRESETS)
    assert len({tuple(preset.view().to_query().items()) for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("seed", range(6))
def test_the_default_moves_the_boundary_at_least_five_times_as_much_as_a_new_seed(seed: int):
    assert pipeline.signal_to_floor(pipeline.Run(Spec.parse({"data": {"seed": seed}}), memo)) >= 5


# --- streams -------------------------------------------------------------------------------------------------------


def streamed(key: str, method: str) -> Drift:
    """Return the numbers of a preset's stream of one of its panels."""
    view = BY_KEY[key].view()
    panel = next(panel for panel in view.panels if panel.name == method)
    return pipeline.drift(pipeline.Run(view.stream().with_method(panel.method), memo))


def test_of_the_same_points_one_request_after_another_some_methods_hold_and_some_break_in_this_order():
    found = [streamed("one_after_another", name).breaks_at for name in ("influence_1", "ssd", "gradient_ascent")]
    assert found[0] > 10 > found[1] >= found[2] == 1
    tuned = streamed("one_after_another", "fine_tune")  # of SCRUB, which takes longer, tests/accept says the same
    assert tuned.breaks_at == 0 and tuned.area["unlearned"][-1] < tuned.area["original"][-1] / 2


def test_in_random_order_a_stream_can_only_harm():
    found = {name: streamed("only_harm", name) for name in ("influence_1", "ssd", "gradient_ascent")}
    untouched = found["ssd"].area["original"][-1]
    assert untouched <= 0.05
    assert min(one.area["unlearned"][-1] for one in found.values()) >= 0.95 * untouched
    assert found["ssd"].breaks_at and found["gradient_ascent"].breaks_at
