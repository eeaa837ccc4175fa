"""Writes torch_zoo.json: outputs, final states and gradients of published cells as PyTorch computes them, in f64.

Obtained with Debian's python3-torch 1.13.1:  python3 test/reference/make_torch_zoo.py
Each cell is written here a second time, in another way where there is one: complex numbers for pairs of reals, torch.roll
for slices, layer_norm and softmax of torch, nn.LSTM's own kernel for the projection. Derivatives are autograd's.
L = sum(output * output cotangent) + sum(final state * final cotangent). Names are those of the files in dsl-examples.
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261122)
T, B = 4, 2
sigmoid, tanh, exp = torch.sigmoid, torch.tanh, torch.exp


def rows(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def draw(shapes, scale=0.6):
    return {k: (scale * torch.randn(shape)).requires_grad_(True) for k, shape in shapes.items()}


def case(file, sizes, inputs, parameters, states, run, positive=()):
    """inputs, parameters, states: name -> shape without batch; run(x, p, s) -> ({output: [T, B, ...]}, {state: [B, ...]})"""
    xs = {k: torch.randn(T, B, *v).requires_grad_(True) for k, v in inputs.items()}
    p = draw(parameters)
    s = draw({k: (B, *v) for k, v in states.items()}, 0.4)
    s |= {k: s[k].detach().abs().requires_grad_(True) for k in positive}
    outputs, finals = run(xs, p, s)
    bars = {k: torch.randn_like(v) for k, v in outputs.items()}
    final_bars = {k: torch.randn_like(v) for k, v in finals.items()}
    loss = sum((outputs[k] * bars[k]).sum() for k in bars) + sum((finals[k] * final_bars[k]).sum() for k in finals)
    leaves = [*p.values(), *s.values(), *xs.values()]
    found = torch.autograd.grad(loss, leaves, allow_unused=True)
    found = iter([torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, found)])
    gradients = [{k: rows(next(found)) for k in named} for named in (p, s, xs)]
    show = lambda named: {k: rows(v) for k, v in named.items()}
    return {
        "file": file,
        "sizes": sizes,
        "steps": T,
        "batch": B,
        "parameters": show(p),
        "inputs": show(xs),
        "starts": show(s),
        "cotangents": {"outputs": show(bars), "finals": show(final_bars)},
        "expected": {
            "outputs": show(outputs),
            "finals": show(finals),
            "gradients": {"parameters": gradients[0], "inputs": gradients[2], "starts": gradients[1]},
        },
    }


def steps(step):
    """step(x, p, s, t) -> (outputs, states) of one step, for all rows of the batch"""

    def run(xs, p, s):
        all_outputs = []
        for t in range(T):
            outputs, s = step({k: v[t] for k, v in xs.items()}, p, s, t)
            all_outputs.append(outputs)
        return {k: torch.stack([o[k] for o in all_outputs]) for k in all_outputs[0]}, s

    return run


def mv(matrix, vector):
    return vector @ matrix.T


def outer(a, b):
    return torch.einsum("bi,bj->bij", a, b)


def read(vector, matrix):
    return torch.einsum("bk,bkv->bv", vector, matrix)


def gates(names, rows_, columns, recurrent):
    shapes = {}
    for g in names:
        shapes |= {f"W_{g}": (rows_, columns), f"U_{g}": (rows_, recurrent), f"b_{g}": (rows_,)}
    return shapes


def pre(p, g, x, h):
    return mv(p[f"W_{g}"], x) + mv(p[f"U_{g}"], h) + p[f"b_{g}"]


cases = []
add = lambda *arguments: cases.append(case(*arguments))
I, H = 3, 4


def gru(x, p, s, t):
    x, h = x["x"], s["h"]
    z, r = sigmoid(pre(p, "z", x, h)), sigmoid(pre(p, "r", x, h))
    n = tanh(pre(p, "n", x, r * h))
    h = torch.lerp(n, h, z)
    return {"h": h}, {"h": h}


add("gru.rnn", {"I": I, "H": H}, {"x": (I,)}, gates("zrn", H, I, H), {"h": (H,)}, steps(gru))


def projected(xs, p, s):
    order = "ifgo"  # torch's
    weights = [torch.cat([p[f"{k}_{g}"] for g in order]) for k in "WUb"]
    weights = [weights[0], weights[1], weights[2], torch.zeros(4 * 5), p["W_p"]]
    y, h, c = torch.lstm(xs["x"], (s["h"][None], s["c"][None]), weights, True, 1, 0.0, False, False, False)
    return {"h": y}, {"h": h[0], "c": c[0]}


add("gated/projected_lstm.rnn", {"I": I, "H": 5, "P": 2}, {"x": (I,)}, {**gates("ifog", 5, I, 2), "W_p": (2, 5)}, {"h": (2,), "c": (5,)}, projected)


def normed(x, p, s, t):
    norm = lambda v: F.layer_norm(v, v.shape[-1:])
    z = p["gain_x"] * norm(mv(p["W"], x["x"])) + p["gain_h"] * norm(mv(p["U"], s["h"])) + p["b"]
    i, f, o, g = z.chunk(4, dim=1)
    c = sigmoid(f) * s["c"] + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(p["gain_c"] * norm(c) + p["b_c"])
    return {"h": h}, {"h": h, "c": c}


shapes = {"W": (4 * H, I), "U": (4 * H, H), "gain_x": (4 * H,), "gain_h": (4 * H,), "b": (4 * H,), "gain_c": (H,), "b_c": (H,)}
add("regularised/layer_norm_lstm.rnn", {"I": I, "H": H}, {"x": (I,)}, shapes, {"h": (H,), "c": (H,)}, steps(normed))


def lru(x, p, s, t):
    eigen = exp(torch.complex(-exp(p["nu"]), exp(p["theta"])))
    gamma = torch.sqrt(1 - eigen.abs() ** 2)
    b, c = torch.complex(p["B_re"], p["B_im"]), torch.complex(p["C_re"], p["C_im"])
    state = eigen * torch.complex(s["re"], s["im"]) + gamma * (x["x"].to(b.dtype) @ b.T)
    return {"y": (state @ c.T).real + mv(p["D"], x["x"])}, {"re": state.real, "im": state.imag}


shapes = {"nu": (4,), "theta": (4,), "B_re": (4, I), "B_im": (4, I), "C_re": (2, 4), "C_im": (2, 4), "D": (2, I)}
add("parallel/lru.rnn", {"I": I, "N": 4, "O": 2}, {"x": (I,)}, shapes, {"re": (4,), "im": (4,)}, steps(lru))


def s4d(x, p, s, t):
    a = torch.complex(-exp(p["log_a_re"]), p["a_im"])
    decay = exp(exp(p["log_dt"])[:, None] * a)
    state = decay * torch.complex(s["re"], s["im"]) + (decay - 1) / a * x["x"][..., None]
    y = 2 * (torch.complex(p["C_re"], p["C_im"]) * state).sum(-1).real + p["D"] * x["x"]
    return {"y": y}, {"re": state.real, "im": state.imag}


shapes = {"log_dt": (3,), "log_a_re": (3, 4), "a_im": (3, 4), "C_re": (3, 4), "C_im": (3, 4), "D": (3,)}
add("parallel/s4d.rnn", {"H": 3, "N": 4}, {"x": (3,)}, shapes, {"re": (3, 4), "im": (3, 4)}, steps(s4d))


def mamba(x, p, s, t):
    x = x["x"]
    dt = F.softplus(mv(p["W_2"], mv(p["W_1"], x)) + p["b_dt"])
    h = exp(torch.einsum("bd,dn->bdn", dt, -exp(p["log_a"]))) * s["h"] + torch.einsum("bd,bn,bd->bdn", dt, mv(p["W_b"], x), x)
    return {"y": torch.einsum("bdn,bn->bd", h, mv(p["W_c"], x)) + p["skip"] * x}, {"h": h}


shapes = {"log_a": (3, 4), "W_b": (4, 3), "W_c": (4, 3), "W_1": (2, 3), "W_2": (3, 2), "b_dt": (3,), "skip": (3,)}
add("parallel/mamba.rnn", {"D": 3, "N": 4, "R": 2}, {"x": (3,)}, shapes, {"h": (3, 4)}, steps(mamba))

K, V = 2, 4
linear = {"W_q": (K, I), "W_k": (K, I), "W_v": (V, I)}


def mlstm(x, p, s, t):
    x = x["x"]
    q, k, v = mv(p["W_q"], x) + p["b_q"], mv(p["W_k"], x) / math.sqrt(K) + p["b_k"], mv(p["W_v"], x) + p["b_v"]
    i, f = x @ p["w_i"] + p["b_i"], F.logsigmoid(x @ p["w_f"] + p["b_f"])
    m = torch.maximum(f + s["m"], i)
    take, keep = exp(i - m), exp(f + s["m"] - m)
    c = keep[:, None, None] * s["C"] + take[:, None, None] * outer(k, v)
    n = keep[:, None] * s["n"] + take[:, None] * k
    bound = torch.maximum((q * n).sum(1).abs(), exp(-m))
    h = sigmoid(mv(p["W_o"], x) + p["b_o"]) * read(q, c) / bound[:, None]
    return {"h": h}, {"C": c, "n": n, "m": m}


shapes = {**linear, "W_o": (V, I), "w_i": (I,), "w_f": (I,), "b_q": (K,), "b_k": (K,), "b_v": (V,), "b_o": (V,), "b_i": (), "b_f": ()}
add("parallel/mlstm.rnn", {"I": I, "K": K, "V": V}, {"x": (I,)}, shapes, {"C": (K, V), "n": (K,), "m": ()}, steps(mlstm))


def delta(gated):
    def step(x, p, s, t):
        x = x["x"]
        unit = lambda a: a / torch.sqrt((a * a).sum(1, keepdim=True) + 1e-6)
        q, k, v = unit(F.silu(mv(p["W_q"], x))), unit(F.silu(mv(p["W_k"], x))), F.silu(mv(p["W_v"], x))
        beta = sigmoid(x @ p["w_b"])[:, None, None]
        # The memory times (1 - beta k k'), plus beta k v', as the papers write it.
        S = s["S"]
        if gated:
            S = exp(-exp(p["a"]) * F.softplus(x @ p["w_a"] + p["b_a"]))[:, None, None] * S
        S = (torch.eye(K) - beta * outer(k, k)) @ S + beta * outer(k, v)
        return {"o": read(q, S) / math.sqrt(K)}, {"S": S}

    return steps(step)


shapes = {**linear, "w_b": (I,)}
add("parallel/deltanet.rnn", {"I": I, "K": K, "V": V}, {"x": (I,)}, shapes, {"S": (K, V)}, delta(False))
shapes |= {"w_a": (I,), "a": (), "b_a": ()}
add("parallel/gated_deltanet.rnn", {"I": I, "K": K, "V": V}, {"x": (I,)}, shapes, {"S": (K, V)}, delta(True))


def gla(x, p, s, t):
    x = x["x"]
    a = sigmoid(mv(p["W_2"], mv(p["W_1"], x)) + p["b"]) ** (1 / 16)
    S = a[..., None] * s["S"] + outer(mv(p["W_k"], x), mv(p["W_v"], x))
    return {"o": read(mv(p["W_q"], x), S) / math.sqrt(K)}, {"S": S}


shapes = {**linear, "W_1": (1, I), "W_2": (K, 1), "b": (K,)}
add("parallel/gated_linear_attention.rnn", {"I": I, "K": K, "V": V, "R": 1}, {"x": (I,)}, shapes, {"S": (K, V)}, steps(gla))


def rwkv6(xs, p, s):
    x, S, outputs = xs["x"], s["S"], []
    before = torch.cat([torch.zeros(1, B, I), x[:-1]])
    for now, last in zip(x, before):
        mix = lambda name: torch.lerp(now, last, p[f"mu_{name}"].expand_as(now))
        r, k, v = mv(p["W_r"], mix("r")), mv(p["W_k"], mix("k")), mv(p["W_v"], mix("v"))
        w = exp(-exp(p["w_0"] + mv(p["B"], tanh(mv(p["A"], mix("w"))))))
        outputs.append(read(r, S) + (r * p["u"] * k).sum(1, keepdim=True) * v)
        S = w[..., None] * S + outer(k, v)
    return {"o": torch.stack(outputs)}, {"S": S}


shapes = {**{f"mu_{n}": (I,) for n in "rkvw"}, "W_r": (K, I), "W_k": (K, I), "W_v": (V, I), "A": (1, I), "B": (K, 1), "w_0": (K,), "u": (K,)}
add("parallel/rwkv6.rnn", {"I": I, "K": K, "V": V, "R": 1}, {"x": (I,)}, shapes, {"S": (K, V)}, rwkv6)


def cumulative(x, p, s, t):
    x, h = x["x"], s["h"]
    i, f, o, g = sigmoid(pre(p, "i", x, h)), sigmoid(pre(p, "f", x, h)), sigmoid(pre(p, "o", x, h)), tanh(pre(p, "g", x, h))
    cumax = lambda name: torch.cumsum(F.softmax(pre(p, name, x, h), dim=1), dim=1).repeat_interleave(2, dim=1)
    master_f, master_i = cumax("mf"), 1 - cumax("mi")
    overlap = master_f * master_i
    c = (f * overlap + master_f - overlap) * s["c"] + (i * overlap + master_i - overlap) * g
    h = o * tanh(c)
    return {"h": h}, {"h": h, "c": c}


add("gated/on_lstm.rnn", {"I": I, "N": 3, "C": 2}, {"x": (I,)}, {**gates("ifog", 6, I, 6), **gates(["mi", "mf"], 3, I, 6)}, {"h": (6,), "c": (6,)}, steps(cumulative))


def nested(x, p, s, t):
    x, h = x["x"], s["h"]
    i, f, o, g = sigmoid(pre(p, "i", x, h)), sigmoid(pre(p, "f", x, h)), sigmoid(pre(p, "o", x, h)), tanh(pre(p, "g", x, h))
    inner = {k.removeprefix("memory."): v for k, v in p.items() if k.startswith("memory.")}
    order = "ifgo"
    weights = [torch.cat([inner[f"{k}_{n}"] for n in order]) for k in "WUb"]
    _, c, memory = torch.lstm((i * g)[None], ((f * s["c"])[None], s["memory.c"][None]), [*weights, torch.zeros(4 * H)], True, 1, 0.0, False, False, False)
    h = o * tanh(c[0])
    return {"h": h}, {"h": h, "c": c[0], "memory.c": memory[0]}


shapes = {**gates("ifog", H, I, H), **{f"memory.{k}": v for k, v in gates("ifog", H, H, H).items()}}
add("structured/nested_lstm.rnn", {"I": I, "H": H}, {"x": (I,)}, shapes, {"h": (H,), "c": (H,), "memory.c": (H,)}, steps(nested))


def head(x, p, s, t):
    x = x["x"]
    key = tanh(mv(p["W_k"], x) + p["b_k"])
    beta, gamma = F.softplus(x @ p["w_beta"] + p["b_beta"]), 1 + F.softplus(x @ p["w_gamma"] + p["b_gamma"])
    gate = sigmoid(x @ p["w_g"] + p["b_g"])[:, None]
    shift = F.softmax(mv(p["W_s"], x) + p["b_s"], dim=1)
    length = lambda a: torch.sqrt((a * a).sum(-1) + 1e-6)
    alike = torch.einsum("bnw,bw->bn", s["M"], key) / (length(s["M"]) * length(key)[:, None])
    w = gate * F.softmax(beta[:, None] * alike, dim=1) + (1 - gate) * s["w"]
    w = sum(shift[:, j : j + 1] * torch.roll(w, j - 1, dims=1) for j in range(3))
    w = w ** gamma[:, None]
    w = w / w.sum(1, keepdim=True)
    erase, written = sigmoid(mv(p["W_e"], x) + p["b_e"]), tanh(mv(p["W_a"], x) + p["b_a"])
    M = s["M"] * (1 - outer(w, erase)) + outer(w, written)
    return {"r": read(w, M)}, {"M": M, "w": w}



shapes = {"W_k": (2, I), "W_e": (2, I), "W_a": (2, I), "b_k": (2,), "b_a": (2,), "b_e": (2,), "W_s": (3, I), "b_s": (3,)}
shapes |= {"w_beta": (I,), "w_g": (I,), "w_gamma": (I,), "b_beta": (), "b_g": (), "b_gamma": ()}
add("memory/ntm_head.rnn", {"I": I, "N": 4, "W": 2}, {"x": (I,)}, shapes, {"M": (4, 2), "w": (4,)}, steps(head), ["w"])


def clockwork(x, p, s, t):
    h = s["h"].chunk(3, dim=1)
    groups = []
    for g in range(3):
        own = slice(2 * g, 2 * g + 2)
        heard = torch.cat(h[g:], dim=1)
        new = tanh(mv(p["W"][own], x["x"]) + mv(p["U"][own, 2 * g :], heard) + p["b"][own])
        groups.append(new if t % 2**g == 0 else h[g])
    h = torch.cat(groups, dim=1)
    return {"h": h}, {"h": h}


add("time/clockwork_rnn.rnn", {"I": I, "G": 3, "N": 2}, {"x": (I,)}, {"W": (6, I), "U": (6, 6), "b": (6,)}, {"h": (6,)}, steps(clockwork))


def coupled(x, p, s, t):
    dt = 0.5
    z = s["z"] + dt * (tanh(mv(p["W"], s["y"]) + mv(p["U"], s["z"]) + mv(p["V"], x["x"]) + p["b"]) - s["y"] - s["z"])
    y = s["y"] + dt * z
    return {"y": y}, {"y": y, "z": z}


shapes = {"W": (H, H), "U": (H, H), "V": (H, I), "b": (H,)}
add("structured/cornn.rnn", {"I": I, "H": H}, {"x": (I,)}, shapes, {"y": (H,), "z": (H,)}, steps(coupled))


def gates_of_dynamics(x, p, s, t):
    a = lambda n, y: mv(p[f"W_{n}"], y) + mv(p[f"V_{n}"], x["x"]) + p[f"b_{n}"]
    d_1, d_2 = sigmoid(a("1", s["y"])), sigmoid(a("2", s["y"]))
    z = torch.lerp(s["z"], tanh(a("z", s["y"])), d_1)
    y = torch.lerp(s["y"], tanh(a("y", z)), d_2)
    return {"y": y}, {"y": y, "z": z}


shapes = {f"{k}_{n}": v for n in "12zy" for k, v in {"W": (H, H), "V": (H, I), "b": (H,)}.items()}
add("structured/lem.rnn", {"I": I, "H": H}, {"x": (I,)}, shapes, {"y": (H,), "z": (H,)}, steps(gates_of_dynamics))


def real_gated(x, p, s, t):
    x = x["x"]
    r, i = sigmoid(mv(p["W_r"], x) + p["b_r"]), sigmoid(mv(p["W_i"], x) + p["b_i"])
    a = sigmoid(-p["lambda"]) ** (8 * r)
    h = a * s["h"] + torch.sqrt(1 - a * a) * (i * x)
    return {"h": h}, {"h": h}


shapes = {"W_r": (H, H), "W_i": (H, H), "b_r": (H,), "b_i": (H,), "lambda": (H,)}
add("parallel/rg_lru.rnn", {"H": H}, {"x": (H,)}, shapes, {"h": (H,)}, steps(real_gated))


def spike(u, slope=5):
    """Forward a step; backward the fast sigmoid u/(1 + slope |u|), whose derivative is 1/(1 + slope |u|)^2."""
    smooth = u / (1 + slope * u.abs())
    return (u > 0).double() + smooth - smooth.detach()


def lif(x, p, s, t):
    u = 0.9 * s["U"] + mv(p["W"], x["x"]) + mv(p["V"], s["s"]) + p["b"] - s["s"].detach()
    fired = spike(u - 1)
    return {"s": fired, "U": u}, {"U": u, "s": fired}


add("spiking/lif.rnn", {"I": I, "H": 6}, {"x": (I,)}, {"W": (6, I), "V": (6, 6), "b": (6,)}, {"U": (6,), "s": (6,)}, steps(lif))


def spiking_lstm(x, p, s, t):
    x, u = x["x"], s["U"]
    i, f, o, g = sigmoid(pre(p, "i", x, u)), sigmoid(pre(p, "f", x, u)), sigmoid(pre(p, "o", x, u)), tanh(pre(p, "g", x, u))
    c = f * s["c"] + i * g
    u = o * tanh(c) - 0.2 * (u > 0.2).double()
    return {"s": spike(u - 0.2), "U": u}, {"U": u, "c": c}


add("spiking/spiking_lstm.rnn", {"I": I, "H": 5}, {"x": (I,)}, gates("ifog", 5, I, 5), {"U": (5,), "c": (5,)}, steps(spiking_lstm))


def skipping(x, p, s, t):
    x, h = x["x"], s["h"]
    i, f, o, g = sigmoid(pre(p, "i", x, h)), sigmoid(pre(p, "f", x, h)), sigmoid(pre(p, "o", x, h)), tanh(pre(p, "g", x, h))
    c = f * s["c"] + i * g
    new = {"h": o * tanh(c), "c": c, "p": sigmoid(c @ p["w_p"] + p["b_p"]), "a": torch.zeros(B)}
    total = s["a"] + torch.minimum(s["p"], 1 - s["a"])
    u = total + (torch.round(total) - total).detach()
    old = {**s, "a": total}
    spread = lambda name: u[:, None] if new[name].dim() == 2 else u
    state = {name: spread(name) * new[name] + (1 - spread(name)) * old[name] for name in new}
    return {"h": state["h"], "u": u}, state


add("time/skip_lstm.rnn", {"I": I, "H": H}, {"x": (I,)}, {**gates("ifog", H, I, H), "w_p": (H,), "b_p": ()}, {"h": (H,), "c": (H,), "p": (), "a": ()}, steps(skipping))


def unitary(x, p, s, t):
    turn = lambda name: torch.complex(torch.cos(p[name]), torch.sin(p[name]))

    def reflect(v, name):
        r = torch.complex(p[f"{name}_re"], p[f"{name}_im"])
        return v - 2 * r * (v * r.conj()).sum(1, keepdim=True) / (r.abs() ** 2).sum()

    v = torch.fft.fft(turn("angle_1") * torch.complex(s["re"], s["im"]), norm="ortho")
    v = reflect(v, "r_1")[:, [(3 * i + 1) % 4 for i in range(4)]]
    v = turn("angle_3") * reflect(torch.fft.ifft(turn("angle_2") * v, norm="ortho"), "r_2")
    z = v + x["x"].to(v.dtype) @ torch.complex(p["V_re"], p["V_im"]).T
    size = torch.sqrt(z.real**2 + z.imag**2 + 1e-6)
    z = torch.relu(size + p["b"]) / size * z
    return {"y": mv(p["C_re"], z.real) + mv(p["C_im"], z.imag) + p["c"]}, {"re": z.real, "im": z.imag}


shapes = {"angle_1": (4,), "angle_2": (4,), "angle_3": (4,), "r_1_re": (4,), "r_1_im": (4,), "r_2_re": (4,), "r_2_im": (4,)}
shapes |= {"V_re": (4, I), "V_im": (4, I), "b": (4,), "C_re": (2, 4), "C_im": (2, 4), "c": (2,)}
add("structured/unitary_rnn.rnn", {"I": I, "H": 4, "O": 2}, {"x": (I,)}, shapes, {"re": (4,), "im": (4,)}, steps(unitary))


def convolution(x, p, s, t):
    def along(kind, g, line):
        kernel = torch.stack([p[f"{kind}_{g}{k}"] for k in (1, 2, 3)]).permute(2, 1, 0)
        return F.conv1d(line.transpose(1, 2), kernel, padding=1).transpose(1, 2)

    a = lambda g: along("W", g, x["x"]) + along("U", g, s["h"]) + p[f"b_{g}"]
    i, f = sigmoid(a("i") + p["p_i"] * s["c"]), sigmoid(a("f") + p["p_f"] * s["c"])
    c = f * s["c"] + i * tanh(a("g"))
    h = sigmoid(a("o") + p["p_o"] * c) * tanh(c)
    return {"h": h}, {"h": h, "c": c}


shapes = {f"{k}_{g}{n}": v for g in "ifog" for n in (1, 2, 3) for k, v in {"W": (2, 3), "U": (3, 3)}.items()}
shapes |= {"p_i": (4, 3), "p_f": (4, 3), "p_o": (4, 3), **{f"b_{g}": (3,) for g in "ifog"}}
add("structured/conv_lstm.rnn", {"L": 4, "C": 2, "H": 3}, {"x": (4, 2)}, shapes, {"h": (4, 3), "c": (4, 3)}, steps(convolution))

with open(__file__.replace("make_torch_zoo.py", "torch_zoo.json"), "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
