"""JAX on the CPU: lax.scan, value_and_grad and jit."""

import os

os.environ["XLA_FLAGS"] = (
    os.environ.get("XLA_FLAGS", "")
    + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import protocol

sigmoid, tanh = jax.nn.sigmoid, jnp.tanh


def lstm(w, p, state):
    h, c = state
    i, f, g, o = jnp.split(p + h @ w["u"], 4, 1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def peephole_lstm(w, p, state):
    h, c = state
    i, f, g, o = jnp.split(p + h @ w["u"], 4, 1)
    i, f = sigmoid(i + w["peep"][0] * c), sigmoid(f + w["peep"][1] * c)
    c = f * c + i * tanh(g)
    return sigmoid(o + w["peep"][2] * c) * tanh(c), c


def gru(w, p, state):
    (h,) = state
    pz, pr, pn = jnp.split(p, 3, 1)
    uz, ur, un = jnp.split(h @ w["u"], 3, 1)
    z = sigmoid(pz + uz)
    n = tanh(pn + sigmoid(pr + ur) * (un + w["inner"]))
    return ((1 - z) * n + z * h,)


def gru_reset_before(w, p, state):
    (h,) = state
    hidden = h.shape[1]
    z, r = jnp.split(sigmoid(p[:, : 2 * hidden] + h @ w["u"][:, : 2 * hidden]), 2, 1)
    n = tanh(p[:, 2 * hidden :] + (r * h) @ w["u"][:, 2 * hidden :])
    return ((1 - z) * n + z * h,)


def mingru(w, p, state):
    (h,) = state
    z, n = jnp.split(p, 2, 1)
    z = sigmoid(z)
    return ((1 - z) * h + z * n,)


CELLS = {
    "lstm": (lstm, 4, 2),
    "two_layers": (lstm, 4, 2),
    "peephole_lstm": (peephole_lstm, 4, 2),
    "gru": (gru, 3, 1),
    "gru_reset_before": (gru_reset_before, 3, 1),
    "mingru": (mingru, 2, 1),
}


def prepare(cell, operation, inputs, hidden, steps, batch):
    if cell not in CELLS:
        return None
    step, blocks, states = CELLS[cell]
    random = np.random.default_rng(0)

    def uniform(*shape, scale=1.0):
        return jnp.asarray((random.random(shape) * 2 - 1) * scale, jnp.float32)

    def weights(width):
        scale = hidden**-0.5
        made = {
            "w": uniform(width, blocks * hidden, scale=scale),
            "u": uniform(hidden, blocks * hidden, scale=scale),
            "b": uniform(blocks * hidden, scale=scale),
        }
        if cell == "peephole_lstm":
            made["peep"] = uniform(3, hidden, scale=scale)
        if cell == "gru":
            made["inner"] = uniform(hidden, scale=scale)
        if cell == "mingru":
            del made["u"]
        return made

    layers = [weights(inputs), *([weights(hidden)] if cell == "two_layers" else [])]
    zeros = (jnp.zeros((batch, hidden), jnp.float32),) * states
    x, target = uniform(steps, batch, inputs), uniform(steps, batch, hidden)

    def advance(layers, carried, row):
        after = []
        for w, state in zip(layers, carried):
            state = step(w, row @ w["w"] + w["b"], state)
            after.append(state)
            row = state[0]
        return after, row

    def forward(layers, x):
        for w in layers:

            def body(state, p, w=w):
                state = step(w, p, state)
                return state, state[0]

            x = lax.scan(body, zeros, x @ w["w"] + w["b"])[1]
        return x

    if operation == "train":
        gradient = jax.jit(
            jax.value_and_grad(lambda layers, x: jnp.mean((forward(layers, x) - target) ** 2))
        )
        return lambda: jax.block_until_ready(gradient(layers, x))
    if operation == "infer":
        run = jax.jit(forward)
        return lambda: jax.block_until_ready(run(layers, x))
    run = jax.jit(advance)
    carried = [[zeros] * len(layers)]

    def one():
        carried[0], output = run(layers, carried[0], x[0])
        jax.block_until_ready(output)

    return one


protocol.serve(f"JAX {jax.__version__}", prepare)
