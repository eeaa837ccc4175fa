"""Cells written by hand, one step each, and loops over the steps that TorchScript accepts.

`p` is the projected input of a step, [batch, blocks*hidden], `u` the recurrent weights, [hidden, blocks*hidden].
Sequences are taken apart by `unbind`: the gradient of `p[t]` would be as large as `p`, at every step.
"""

from typing import List, Tuple

import torch
from torch import Tensor

BLOCKS = {"lstm": 4, "peephole_lstm": 4, "gru": 3, "gru_reset_before": 3, "mingru": 2}
STATES = {"lstm": 2, "peephole_lstm": 2, "gru": 1, "gru_reset_before": 1, "mingru": 1}


def parameter_shapes(cell, inputs, hidden):
    """Of the input's weights, the bias, and what the cell's step takes besides."""
    wide = BLOCKS[cell] * hidden
    more = {
        "lstm": [(hidden, wide)],
        "peephole_lstm": [(hidden, wide), (3, hidden)],
        "gru": [(hidden, wide), (hidden,)],
        "gru_reset_before": [(hidden, wide)],
        "mingru": [],
    }
    return [(inputs, wide), (wide,), *more[cell]]


def lstm(p: Tensor, h: Tensor, c: Tensor, u: Tensor) -> Tuple[Tensor, Tensor]:
    i, f, g, o = torch.addmm(p, h, u).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def peephole_lstm(p: Tensor, h: Tensor, c: Tensor, u: Tensor, peep: Tensor) -> Tuple[Tensor, Tensor]:
    i, f, g, o = torch.addmm(p, h, u).chunk(4, 1)
    i = torch.sigmoid(i + peep[0] * c)
    f = torch.sigmoid(f + peep[1] * c)
    c = f * c + i * torch.tanh(g)
    return torch.sigmoid(o + peep[2] * c) * torch.tanh(c), c


def gru(p: Tensor, h: Tensor, u: Tensor, inner: Tensor) -> Tuple[Tensor]:
    pz, pr, pn = p.chunk(3, 1)
    uz, ur, un = (h @ u).chunk(3, 1)
    z = torch.sigmoid(pz + uz)
    n = torch.tanh(pn + torch.sigmoid(pr + ur) * (un + inner))
    return (n + z * (h - n),)


def gru_reset_before(p: Tensor, h: Tensor, u: Tensor) -> Tuple[Tensor]:
    hidden = h.shape[1]
    z, r = torch.sigmoid(torch.addmm(p[:, : 2 * hidden], h, u[:, : 2 * hidden])).chunk(2, 1)
    n = torch.tanh(torch.addmm(p[:, 2 * hidden :], r * h, u[:, 2 * hidden :]))
    return (n + z * (h - n),)


def mingru(p: Tensor, h: Tensor) -> Tuple[Tensor]:
    z, n = p.chunk(2, 1)
    return (h + torch.sigmoid(z) * (n - h),)


def lstm_sequence(p: Tensor, h: Tensor, c: Tensor, u: Tensor) -> Tensor:
    outputs: List[Tensor] = []
    for row in p.unbind(0):
        h, c = lstm(row, h, c, u)
        outputs.append(h)
    return torch.stack(outputs)


def peephole_sequence(p: Tensor, h: Tensor, c: Tensor, u: Tensor, peep: Tensor) -> Tensor:
    outputs: List[Tensor] = []
    for row in p.unbind(0):
        h, c = peephole_lstm(row, h, c, u, peep)
        outputs.append(h)
    return torch.stack(outputs)


def gru_sequence(p: Tensor, h: Tensor, u: Tensor, inner: Tensor) -> Tensor:
    outputs: List[Tensor] = []
    for row in p.unbind(0):
        h = gru(row, h, u, inner)[0]
        outputs.append(h)
    return torch.stack(outputs)


def gru_before_sequence(p: Tensor, h: Tensor, u: Tensor) -> Tensor:
    outputs: List[Tensor] = []
    for row in p.unbind(0):
        h = gru_reset_before(row, h, u)[0]
        outputs.append(h)
    return torch.stack(outputs)


def mingru_sequence(p: Tensor, h: Tensor) -> Tensor:
    z, n = p.chunk(2, 2)
    z = torch.sigmoid(z)
    kept = 1 - z
    added = z * n
    outputs: List[Tensor] = []
    for keep, add in zip(kept.unbind(0), added.unbind(0)):
        h = torch.addcmul(add, keep, h)
        outputs.append(h)
    return torch.stack(outputs)


STEPS = {
    "lstm": lstm,
    "peephole_lstm": peephole_lstm,
    "gru": gru,
    "gru_reset_before": gru_reset_before,
    "mingru": mingru,
}
SEQUENCES = {
    "lstm": lstm_sequence,
    "peephole_lstm": peephole_sequence,
    "gru": gru_sequence,
    "gru_reset_before": gru_before_sequence,
    "mingru": mingru_sequence,
}
