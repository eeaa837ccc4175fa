"""Writes torch.json: outputs, final states and gradients of PyTorch's own recurrent layers, in f64.

Obtained with Debian's python3-torch 1.13.1:  python3 test/reference/make_torch.py
Each case feeds random numbers to nn.RNN, nn.LSTM or nn.GRU (one layer), and a hand-written peephole LSTM through
autograd; L = sum(output * output cotangent) + sum(final state * final cotangent). Parameters are written under the names
of the .rnn files in dsl-examples.
"""

import json
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261121)
T, B, I, H = 5, 2, 3, 4


def rows(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def case(name, parameters, starts, run):
    """run(x, parameters, starts) -> (output [T, B, H], finals)"""
    x = torch.randn(T, B, I, requires_grad=True)
    output, finals = run(x, parameters, starts)
    bar = torch.randn_like(output)
    final_bars = {k: torch.randn_like(v) for k, v in finals.items()}
    loss = (output * bar).sum() + sum((finals[k] * final_bars[k]).sum() for k in finals)
    leaves = {**parameters, **starts, "x": x}
    gradients = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))
    return {
        "file": name,
        "sizes": {"I": I, "H": H},
        "steps": T,
        "batch": B,
        "parameters": {k: rows(v) for k, v in parameters.items()},
        "inputs": {"x": rows(x)},
        "starts": {k: rows(v) for k, v in starts.items()},
        "cotangents": {"outputs": {"h": rows(bar)}, "finals": {k: rows(v) for k, v in final_bars.items()}},
        "expected": {
            "outputs": {"h": rows(output)},
            "finals": {k: rows(v) for k, v in finals.items()},
            "gradients": {
                "parameters": {k: rows(gradients[k]) for k in parameters},
                "inputs": {"x": rows(gradients["x"])},
                "starts": {k: rows(gradients[k]) for k in starts},
            },
        },
    }


def draw(**shapes):
    return {k: torch.randn(*shape, requires_grad=True) for k, shape in shapes.items()}


def call(layer, weights, x, h):
    """The function behind torch.nn's layers, with our weights: one layer, one direction."""
    order = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    return layer(x, h, [weights[k] for k in order], True, 1, 0.0, False, False, False)


def elman(x, p, s):
    weights = {"weight_ih_l0": p["W_xh"], "weight_hh_l0": p["W_hh"], "bias_ih_l0": p["b"], "bias_hh_l0": torch.zeros(H)}
    y, h = call(torch.rnn_tanh, weights, x, s["h"][None])
    return y, {"h": h[0]}


def lstm(x, p, s):
    gates = "ifgo"  # torch's order
    weights = {
        "weight_ih_l0": torch.cat([p[f"W_{g}"] for g in gates]),
        "weight_hh_l0": torch.cat([p[f"U_{g}"] for g in gates]),
        "bias_ih_l0": torch.cat([p[f"b_{g}"] for g in gates]),
        "bias_hh_l0": torch.zeros(4 * H),
    }
    y, h, c = call(torch.lstm, weights, x, (s["h"][None], s["c"][None]))
    return y, {"h": h[0], "c": c[0]}


def gru(x, p, s):
    gates = "rzn"
    zero = torch.zeros(H)
    weights = {
        "weight_ih_l0": torch.cat([p[f"W_{g}"] for g in gates]),
        "weight_hh_l0": torch.cat([p[f"U_{g}"] for g in gates]),
        "bias_ih_l0": torch.cat([p[f"b_{g}"] for g in gates]),
        "bias_hh_l0": torch.cat([zero, zero, p["c_n"]]),
    }
    y, h = call(torch.gru, weights, x, s["h"][None])
    return y, {"h": h[0]}


def peephole(x, p, s):
    h, c, out = s["h"], s["c"], []
    for t in range(T):
        a = {g: x[t] @ p[f"W_{g}"].T + h @ p[f"U_{g}"].T + p[f"b_{g}"] for g in "ifog"}
        i, f = torch.sigmoid(a["i"] + p["p_i"] * c), torch.sigmoid(a["f"] + p["p_f"] * c)
        c = f * c + i * torch.tanh(a["g"])
        h = torch.sigmoid(a["o"] + p["p_o"] * c) * torch.tanh(c)
        out.append(h)
    return torch.stack(out), {"h": h, "c": c}


def gate_parameters(gates, **more):
    shapes = {}
    for g in gates:
        shapes |= {f"W_{g}": (H, I), f"U_{g}": (H, H), f"b_{g}": (H,)}
    return draw(**shapes, **more)


cases = [
    case("elman.rnn", draw(W_xh=(H, I), W_hh=(H, H), b=(H,)), draw(h=(B, H)), elman),
    case("lstm.rnn", gate_parameters("ifog"), draw(h=(B, H), c=(B, H)), lstm),
    case("gru_reset_after.rnn", gate_parameters("zrn", c_n=(H,)), draw(h=(B, H)), gru),
    case(
        "peephole_lstm.rnn",
        gate_parameters("ifog", p_i=(H,), p_f=(H,), p_o=(H,)),
        draw(h=(B, H), c=(B, H)),
        peephole,
    ),
]
with open(__file__.replace("make_torch.py", "torch.json"), "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
