"""Writes onnx.json: outputs of the reference code in the ONNX package for its operators RNN, LSTM and GRU, in f64.

Obtained with Debian's python3-onnx 1.12:  python3 test/reference/make_onnx.py
The code is the one that makes ONNX's own test vectors (onnx.backend.test.case.node): numpy, forward only, with peepholes
and with either place of the reset gate. Parameters are written under the names of the .rnn files in dsl-examples.
"""

import json

import numpy
import onnx
from onnx.backend.test.case.node.gru import GRU_Helper
from onnx.backend.test.case.node.lstm import LSTM_Helper
from onnx.backend.test.case.node.rnn import RNN_Helper

random = numpy.random.default_rng(20261121)
T, B, I, H = 5, 2, 3, 4


def rows(array):
    return {"shape": list(array.shape), "data": array.flatten().tolist()}


def case(file, shapes, states, run):
    x = random.standard_normal((T, B, I))
    p = {k: random.standard_normal(v) for k, v in shapes.items()}
    s = {k: random.standard_normal((B, H)) for k in states}
    show = lambda arrays: {k: rows(v) for k, v in arrays.items()}
    return {
        "file": file,
        "sizes": {"I": I, "H": H},
        "steps": T,
        "batch": B,
        "parameters": show(p),
        "inputs": {"x": rows(x)},
        "starts": show(s),
        "expected": {"outputs": {"h": rows(run(x, p, s))}},
    }


def gates(names, **more):
    shapes = {}
    for g in names:
        shapes |= {f"W_{g}": (H, I), f"U_{g}": (H, H), f"b_{g}": (H,)}
    return shapes | more


def call(helper, x, p, s, order, more=(), **extra):
    """One direction; W and R stacked in ONNX's order of gates, the second half of the biases zero unless given."""
    stack = lambda kind: numpy.concatenate([p[f"{kind}_{g}"] for g in order])[None]
    recurrent = numpy.concatenate([more[g] if g in more else numpy.zeros(H) for g in order])[None]
    arrays = {"X": x, "W": stack("W"), "R": stack("U"), "B": numpy.concatenate([stack("b"), recurrent], 1)}
    starts = {f"initial_{k}": v[None] for k, v in s.items()}
    every, _ = helper(**arrays, **starts, **{k: v[None] for k, v in extra.items()}).step()
    return every[:, 0]


def elman(x, p, s):
    every, _ = RNN_Helper(
        X=x, W=p["W_xh"][None], R=p["W_hh"][None], B=numpy.concatenate([p["b"], numpy.zeros(H)])[None], initial_h=s["h"][None]
    ).step()
    return every[:, 0]


lstm = lambda x, p, s: call(LSTM_Helper, x, p, s, "iofg")
peephole = lambda x, p, s: call(LSTM_Helper, x, p, s, "iofg", P=numpy.concatenate([p["p_i"], p["p_o"], p["p_f"]]))
gru = lambda x, p, s: call(GRU_Helper, x, p, s, "zrn", linear_before_reset=numpy.array(0))
reset_after = lambda x, p, s: call(GRU_Helper, x, p, s, "zrn", {"n": p["c_n"]}, linear_before_reset=numpy.array(1))
cases = [
    case("elman.rnn", {"W_xh": (H, I), "W_hh": (H, H), "b": (H,)}, ["h"], elman),
    case("lstm.rnn", gates("ifog"), ["h", "c"], lstm),
    case("peephole_lstm.rnn", gates("ifog", p_i=(H,), p_f=(H,), p_o=(H,)), ["h", "c"], peephole),
    case("gru.rnn", gates("zrn"), ["h"], gru),
    case("gru_reset_after.rnn", gates("zrn", c_n=(H,)), ["h"], reset_after),
]
with open(__file__.replace("make_onnx.py", "onnx.json"), "w") as file:
    json.dump({"onnx": onnx.__version__, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
