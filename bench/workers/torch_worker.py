"""PyTorch. The argument is the form: `layers` (torch.nn), or cells written by hand, `eager` or `jit`."""

import sys

import torch
from torch import nn

import protocol
import torch_cells

form = sys.argv[1]
torch.set_num_threads(1)
torch.set_flush_denormal(True)

LAYERS = {"lstm": (nn.LSTM, 1), "gru": (nn.GRU, 1), "two_layers": (nn.LSTM, 2)}
STEPS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}


def uniform(*shape, scale=1.0):
    return (torch.rand(*shape) * 2 - 1) * scale


def stepper(advance, state):
    """One step per call, the state carried."""
    carried = [state]

    def run():
        with torch.inference_mode():
            carried[0] = advance(carried[0])

    return run


def trainer(forward, parameters, target):
    def run():
        for parameter in parameters:
            parameter.grad = None
        ((forward() - target) ** 2).mean().backward()

    return run


def inference(forward):
    def run():
        with torch.no_grad():
            forward()

    return run


def of_layers(cell, operation, inputs, hidden, steps, batch):
    x = uniform(steps, batch, inputs)
    if operation == "step":
        if cell not in STEPS:
            return None
        step = STEPS[cell](inputs, hidden)
        zero = torch.zeros(batch, hidden)
        return stepper(lambda state: step(x[0], state), (zero, zero) if cell == "lstm" else zero)
    if cell not in LAYERS:
        return None
    make, layers = LAYERS[cell]
    net = make(inputs, hidden, layers)

    def forward():
        return net(x)[0]

    if operation == "infer":
        return inference(forward)
    return trainer(forward, list(net.parameters()), uniform(steps, batch, hidden))


def by_hand(cell, operation, inputs, hidden, steps, batch):
    if cell not in torch_cells.BLOCKS:
        return None
    blocks = torch_cells.BLOCKS[cell]
    scale = hidden**-0.5
    sizes = torch_cells.parameter_shapes(cell, inputs, hidden)
    parameters = [uniform(*shape, scale=scale).requires_grad_() for shape in sizes]
    x = uniform(steps, batch, inputs)
    zero = torch.zeros(batch, hidden)
    if operation == "step":
        step = torch_cells.STEPS[cell]
        if form == "jit":
            step = torch.jit.script(step)
        weights, bias = parameters[0].detach(), parameters[1].detach()
        rest = [parameter.detach() for parameter in parameters[2:]]

        def advance(state):
            return step(torch.addmm(bias, x[0], weights), *state, *rest)

        return stepper(advance, (zero,) * torch_cells.STATES[cell])
    sequence = torch_cells.SEQUENCES[cell]
    if form == "jit":
        sequence = torch.jit.script(sequence)

    def forward():
        weights, bias, *rest = parameters
        # What does not depend on the state, for all steps at once, as anyone who cares for speed writes it.
        projected = torch.addmm(bias, x.view(-1, inputs), weights).view(steps, batch, blocks * hidden)
        return sequence(projected, *((zero,) * torch_cells.STATES[cell]), *rest)

    if operation == "infer":
        return inference(forward)
    return trainer(forward, parameters, uniform(steps, batch, hidden))


protocol.serve(f"PyTorch {torch.__version__}", of_layers if form == "layers" else by_hand)
