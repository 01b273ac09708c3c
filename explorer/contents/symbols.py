"""What the symbols in equations stand for: one table for all methods, what differs in one of them, and in audits.

A knob's title names the symbol of that name, unless a method's own table says more. What an equation explains itself
needs no name here.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.contents.equations import Equation

#: Of all methods, in the notation of their docstrings. An index that is not named falls back to the symbol without it.
COMMON: Mapping[str, str] = {
    "w": "weights",
    "w_0": "weights of the original",
    "w_last": "weights of the last layers",
    "w_first": "weights of the layers before",
    "w_chosen": "the chosen weights",
    "lr": "learning rate",
    "v": "velocity, the step with momentum",
    "m": "momentum",
    "wd": "weight decay",
    "lam": "penalty on the weights",
    "D_f": "forget set",
    "D_r": "retain set",
    "x": "a point",
    "x_f": "a forget point",
    "x_r": "a retained point",
    "y": "a point's label",
    "y'": "a wrong label",
    "y_adv": "the adversarial point's label",
    "x_adv": "adversarial point",
    "f": "outputs of the model",
    "f_0": "outputs of the original",
    "L": "mean loss",
    "L_f": "mean loss on the forget set",
    "L_r": "mean loss on the retain set",
    "CE": "cross-entropy",
    "CE_f": "cross-entropy on the forget set",
    "KL": "Kullback-Leibler divergence",
    "HSIC": "Hilbert-Schmidt independence criterion",
    "normal": "normal distribution",
    "I": "identity matrix",
    "H": "Hessian of the loss",
    "p": "probabilities",
    "z": "a row",
    "Z": "the affected rows",
    "i": "index of a point",
    "j": "index of a weight",
    "t": "a step",
    "B": "a batch",
    "C": "number of classes",
    "N": "number of points",
    "N_f": "number of forget points",
    "N_r": "number of retained points",
    "n": "number of points",
    "e": "random noise",
    "s": "size of the noise",
}

#: Of one method, by its key.
OWN: Mapping[str, Mapping[str, str]] = {
    "amnesiac": {"s": "share of the updates that is taken back"},
    "bad_teacher": {
        "t_T": "probabilities of the teacher at temperature T",
        "q_T": "probabilities of the student at temperature T",
    },
    "camu": {
        "A": "step on the features",
        "B": "step on the outputs",
        "e": "features",
        "e_0": "features of the original",
        "x~": "the partner, a retained point with noise",
        "y~": "the partner's label",
        "y_r": "the retained point's label",
    },
    "certified_removal": {
        "b": "the random term's direction",
        "epsilon": "how much likelier an outcome may be",
        "delta": "chance that the promise fails",
        "s": "size of the noise",
        "z": "the point to delete",
        "l_z": "loss of that point",
        "H": "Hessian of the loss on what is left",
        "X": "the points that are left, a row each",
        "D": "Newton step",
    },
    "delete": {"t_i": "what the point is taught"},
    "descent_to_delete": {
        "I": "steps a deletion (in the normal distribution the identity matrix)",
        "epsilon": "how much likelier an outcome may be",
        "delta": "chance that the promise fails",
        "z": "the point to delete",
        "w*": "weights at the minimum",
        "n": "number of points left",
    },
    "dui": {
        "lambda_I": "weight of independence",
        "R": "how much the outputs depend on what was wrong",
        "J": "the corrected loss",
        "s'": "values of the erased column, drawn anew",
        "c": "a class",
    },
    "exact_influence": {"alpha": "length of the step"},
    "fisher": {"alpha": "strength of the noise", "p_y": "probability of class y"},
    "gdr_gma": {"c": "sharpness", "e": "allowed retain loss"},
    "influence_1": {"z~": "the row as it should be"},
    "jit": {
        "N": "number of noisy copies",
        "j": "index of a noisy copy",
        "xi_j": "noise",
        "k": "power",
        "sigma": "size of the noise",
    },
    "l1_sparse": {
        "gamma": "penalty at the start",
        "t": "an epoch",
        "E": "number of epochs",
        "E_0": "epochs without a penalty",
    },
    "l2ul": {
        "I_j": "importance of a weight",
        "w_{0,j}": "the weight in the original",
        "n_f": "number of forget points",
        "n_adv": "number of adversarial helpers",
    },
    "ntk": {"D": "a set of points", "p": "probabilities of the original", "y": "labels, one-hot"},
    "rewind_to_delete": {
        "w_{T-K}": "weights K steps before the end of training",
        "T": "steps of training",
        "K": "steps taken again",
        "B_t": "the batch of step t",
        "l_i": "loss of point i",
        "lr_t": "learning rate of step t",
    },
    "amun": {"y": "the true label"},
    "boundary_shrink": {"y": "the true label"},
    "boundary_expand": {"C": "number of classes"},
    "salun": {"m": "mask", "P": "number of weights", "L_i": "loss of point i"},
    "scrub": {"T": "temperature", "gamma": "weight of the labels", "alpha": "weight of the teacher"},
    "scrub_r": {"e": "an epoch", "e*": "the epoch that is gone back to"},
    "sfron": {
        "a": "strength of the climb",
        "b": "weight of known points",
        "g": "threshold of the mask",
        "l": "loss of a point",
        "j": "index of a point",
        "m": "mask",
        "F_f": "Fisher information on the forget set",
        "F_r": "Fisher information on the retain set",
    },
    "sisa": {"s": "a shard", "f_s": "outputs of a shard's model", "R": "number of slices"},
    "ssd": {
        "lambda": "dampening",
        "alpha": "selection",
        "I_f": "importance for the forget set",
        "I_D": "importance for the training set",
        "D": "a set of points",
    },
    "tmu": {
        "f_t": "outputs of the twin",
        "DF": "distance to the nearest retained points",
        "AF": "what an attack moves",
        "CF": "loss under a short training",
        "sigma": "size of the noise",
        "n": "random noise",
    },
    "undo": {"a": "damage", "b": "size of the noise", "w_u": "weights of the teacher"},
    "unrolling_sgd": {
        "s": "length of the step",
        "lr": "mean of the training's learning rates",
        "E": "passes of the training",
        "b": "batch size of the training",
    },
    "unsc": {"l": "a layer", "a": "the layer's input"},
    "unsir": {
        "n": "noise points",
        "n_i": "one of the noise points",
        "c": "the class to forget",
        "rho": "weight on length",
    },
    "weight_negation": {"W_1": "weights of the first layer"},
    "wood_fisher": {"alpha": "length of the step", "F": "Fisher information matrix", "m": "number of retained points"},
}

#: Of audits, by their key: LaTeX -> name.
AUDITS: Mapping[str, Mapping[str, str]] = {
    "completeness": {
        "C": "completeness",
        "f": "a forgotten point",
        "p_o": "probability under the original",
        "p_u": "under the unlearned model",
        r"\overline{p_r}": "mean under retrained models",
        "x_f": "the point",
        "y_f": "its label",
    },
    "linear_probe": {
        "V": "weights of the probe",
        "i": "index of a point",
        r"\omega_i": "weight of a point",
        r"\mathrm{CE}": "cross-entropy",
        r"\tilde{h}_w(x_i)": "what the hidden layer makes of a point",
        "y_i": "its label",
        "n": "number of points",
    },
    "reconstruction": {
        r"\hat{x}": "the point as reconstructed",
        "j": "index of a hidden unit",
        r"\Delta b_j": "change of a unit's bias",
        r"\Delta W_j": "change of its weights",
        "n": "number of training points",
        "G": "gradient of the mean loss",
        "w_o": "weights of the original",
        "w_u": "weights of the unlearned model",
        r"\lambda": "weight decay",
    },
    "relearning": {
        "w": "weights",
        "v": "velocity, the step with momentum",
        r"\mathcal{L}": "mean loss",
        "D_r": "retain set",
    },
    "two_model_membership": {
        "s": "score",
        "x": "a point",
        "y": "its label",
        r"p_{\text{before}}": "probability under the original",
        r"p_{\text{after}}": "probability under the unlearned model",
    },
    "weight_path": {
        "a": "share of the way",
        "w_o": "weights of the original",
        "w_u": "weights of the unlearned model",
    },
}

_LIRA = {
    r"\ell": "log-likelihood",
    r"\mathcal{N}": "normal distribution",
    r"\mu": "mean over the models that have seen the point, or have not",
    r"\sigma": "standard deviation over them",
}
#: Of attacks, by their key, beside what all of them have: LaTeX -> name.
ATTACKS: Mapping[str, Mapping[str, str]] = {
    "camu_asr": {"t": "index of a tree", "p_{(1)}": "largest probability", "c": "number of classes"},
    "lira": _LIRA,
    "lira_offline": {
        r"\mu_{\text{out}}": "mean over models that have not seen the point",
        r"\sigma_{\text{out}}": "standard deviation over them",
    },
    "rmia": {
        "z": "an unseen point",
        "y_z": "its label",
        r"\bar p": "mean probability over models, with and without the point",
    },
    "svc": {"x_i": "a point that the classifier learnt from", "y_i": "its label", r"\gamma": "width of its kernel"},
    "u_lira": _LIRA,
}


def names(equation: Equation, key: str, knobs: Mapping[str, str]) -> dict[str, str]:
    """Return what the symbols of a method's equation stand for, by their LaTeX, in the order of reading.

    What the equation explains itself is left out; "" stands where the tables have no name.

    Args:
        equation: of the method.
        key: of the method.
        knobs: name -> title of its knobs.
    """
    known = {**COMMON, **{name: title[:1].lower() + title[1:] for name, title in knobs.items()}, **OWN.get(key, {})}
    found = dict[str, str]()
    for symbol in equation.symbols:
        for form, tex in symbol.forms:
            if form in equation.defined and not form.startswith("w"):
                break
            if form in known:
                found.setdefault(tex, known[form])
                break
        else:
            found.setdefault(symbol.forms[0][1], "")
    return found


def line(named: Mapping[str, str]) -> str:
    """Return one line for a page: "$w$: weights; ...". Symbols without a name are left out."""
    return "; ".join(f"${tex}$: {name}" for tex, name in named.items() if name)
