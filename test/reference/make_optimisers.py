"""Writes optimisers.json: what PyTorch's optimisers and schedules make of given gradients, in f64.

Obtained with Debian's python3-torch 1.13.1:  python3 test/reference/make_optimisers.py
Start and gradients are numbers of f32, so that both sides begin alike: entries of usual size, one with tiny gradients,
one with large ones, one whose gradient never changes, one whose gradient is mostly 0. Options are spelled as rnnc does.
A schedule's numbers are the learning rates of update 0, 1, ... where the optimiser's own is 1.
"""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler

warnings.simplefilter("ignore")
torch.manual_seed(20261121)
UPDATES = 16

start = torch.tensor([0.5, -1.25, 3.0, 0.125, -0.75, 2.0]).double()
scales = torch.tensor([1.0, 1.0, 1e-4, 1e3, 0.0, 1.0])
gradients = (torch.randn(UPDATES, 6) * scales).float()
gradients[:, 4] = 0.375
gradients[1:-3, 5] = 0
gradients = gradients.double()

sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
rmsprop, adagrad = torch.optim.RMSprop, torch.optim.Adagrad
optimisers = [
    ("sgd", {"learningRate": 0.05}, sgd, {"lr": 0.05}),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9}, sgd, {"lr": 0.05, "momentum": 0.9}),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9, "nesterov": True}, sgd, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"learningRate": 0.2, "momentum": 0.5, "nesterov": True}, sgd, {"lr": 0.2, "momentum": 0.5, "nesterov": True}),
    ("adam", {}, adam, {}),
    ("adam", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}, adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-4}),
    ("adamw", {}, adamw, {}),
    ("adamw", {"learningRate": 0.05, "weightDecay": 0.3, "beta1": 0.8, "beta2": 0.95}, adamw, {"lr": 0.05, "weight_decay": 0.3, "betas": (0.8, 0.95)}),
    ("adamw", {"learningRate": 0.05, "weightDecay": 0}, adamw, {"lr": 0.05, "weight_decay": 0}),
    ("rmsprop", {}, rmsprop, {}),
    ("rmsprop", {"learningRate": 0.02, "alpha": 0.9, "epsilon": 1e-3}, rmsprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-3}),
    ("rmsprop", {"learningRate": 0.02, "alpha": 0.9, "momentum": 0.8}, rmsprop, {"lr": 0.02, "alpha": 0.9, "momentum": 0.8}),
    ("rmsprop", {"learningRate": 0.02, "alpha": 0.9, "centred": True}, rmsprop, {"lr": 0.02, "alpha": 0.9, "centered": True}),
    ("rmsprop", {"centred": True, "momentum": 0.5}, rmsprop, {"centered": True, "momentum": 0.5}),
    ("adagrad", {}, adagrad, {}),
    ("adagrad", {"learningRate": 0.3, "learningRateDecay": 0.1}, adagrad, {"lr": 0.3, "lr_decay": 0.1}),
    ("adagrad", {"learningRate": 0.3, "initialSum": 0.5, "epsilon": 1e-3}, adagrad, {"lr": 0.3, "initial_accumulator_value": 0.5, "eps": 1e-3}),
]


def path(kind, options):
    parameter = start.clone().requires_grad_(True)
    optimiser = kind([parameter], **options)
    rows = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
        rows.append(parameter.detach().tolist())
    return rows


def rates(make, count=24):
    parameter = torch.zeros(1, requires_grad=True)
    optimiser = sgd([parameter], lr=1.0)
    schedule = make(optimiser)
    found = []
    for _ in range(count):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return found


def after_warmup(then):
    return lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=5), then(o)], milestones=[5])


step = lambda o: lr_scheduler.StepLR(o, step_size=3, gamma=0.5)
cosine = lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=12, eta_min=0.05)
schedules = {
    "step": rates(step),
    "cosine": rates(cosine, 13),
    "warmup": rates(lambda o: lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=5)),
    "warmup, then step": rates(after_warmup(step)),
    "warmup, then cosine": rates(after_warmup(cosine), 18),
}

reference = {
    "torch": torch.__version__,
    "start": start.tolist(),
    "gradients": gradients.tolist(),
    "optimisers": [{"name": n, "options": o, "path": path(k, t)} for n, o, k, t in optimisers],
    "schedules": schedules,
}
pathlib.Path(__file__).with_name("optimisers.json").write_text(json.dumps(reference, indent=1) + "\n")
