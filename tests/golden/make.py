#!/usr/bin/env python3
"""Writes the golden values that tests/unit/test_golden.c compares with: tests/golden/CELL.safetensors.

Every cell is unrolled here in Python from its equations, with PyTorch's autograd on every channel.
Where torch has a module for the cell (RNN, LSTM, GRU) its output and every gradient come from the
module, and the unrolled ones must agree with them. All numbers are float64.

    python3 tests/golden/make.py [FOLDER]        needs torch; `make golden` does it

A file has several cases, the tensors of one named CASE/NAME, and the case described in the metadata
under its name:
    x [T,B,I]   h0, c0 [L,B,H]   target [n,B,O] or label [n,B]   parameters by torch's names
    loss []     y [T,B,O]        dx, dh0, dc0    grad.PARAMETER
    channels h.l0 … [t,B,H] and their total derivatives dh.l0 …, of the steps 0, every, 2·every …
"""
import json
import struct
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

GATES = {"rnn": 1, "rnn-relu": 1, "lstm": 4, "gru": 3, "gru-reset-before": 3}

# name: what differs from the first line
DEFAULT = dict(T=4, B=2, I=2, H=3, L=2, O=2, loss="mse", at="all", reduction="mean", scale=0.8,
               bias=True, readout_bias=True, every=1)
CASES = {
    "mse-all-mean": {},
    "mse-all-sum": dict(reduction="sum", T=5, B=3),
    "mse-last-mean-no-readout": dict(at="last", O=0),
    "mse-last-sum-tiny": dict(at="last", reduction="sum", scale=1e-5),
    "bce-all-mean-single": dict(loss="bce", T=1, B=1, L=1, O=1),
    "bce-all-sum": dict(loss="bce", reduction="sum", I=4, H=2, O=3),
    "bce-last-mean-large": dict(loss="bce", at="last", scale=2.0),
    "bce-last-sum": dict(loss="bce", at="last", reduction="sum", L=3),
    "xent-all-mean": dict(loss="xent", O=4),
    "xent-all-sum-no-biases": dict(loss="xent", reduction="sum", O=3, bias=False,
                                   readout_bias=False),
    "xent-last-mean-large": dict(loss="xent", at="last", O=3, scale=2.0),
    "xent-last-sum-one-unit": dict(loss="xent", at="last", reduction="sum", H=1, I=1),
    "mse-all-mean-long": dict(T=1000, B=1, L=1, O=1, every=111),
    "xent-last-mean-long": dict(loss="xent", at="last", T=1000, B=1, L=1, O=3, every=111),
}


def channels_of(cell):
    return {"lstm": "h c i f g o", "rnn": "h", "rnn-relu": "h"}.get(cell, "h r z n").split()


def kept(tensor):
    tensor.retain_grad()
    return tensor


def step(cell, x, h, c, W_ih, W_hh, b_ih, b_hh):
    """One step of one layer, from the state h (and c): a dict of its channels, [B,H] each."""
    sigmoid, tanh = torch.sigmoid, torch.tanh
    if cell in ("rnn", "rnn-relu"):
        a = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh
        return {"h": kept(tanh(a) if cell == "rnn" else torch.relu(a))}
    if cell == "lstm":
        a_i, a_f, a_g, a_o = (x @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(4, dim=1)
        i, f, g, o = kept(sigmoid(a_i)), kept(sigmoid(a_f)), kept(tanh(a_g)), kept(sigmoid(a_o))
        c_t = kept(f * c + i * g)
        return {"h": kept(o * tanh(c_t)), "c": c_t, "i": i, "f": f, "g": g, "o": o}
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)
    W_hr, W_hz, W_hn = W_hh.chunk(3)
    b_hr, b_hz, b_hn = b_hh.chunk(3)
    r = kept(sigmoid(x_r + h @ W_hr.T + b_hr))
    z = kept(sigmoid(x_z + h @ W_hz.T + b_hz))
    if cell == "gru":
        n = kept(tanh(x_n + r * (h @ W_hn.T + b_hn)))
    else:
        n = kept(tanh(x_n + (r * h) @ W_hn.T + b_hn))
    return {"h": kept((1 - z) * n + z * h), "r": r, "z": z, "n": n}


def unroll(cell, case, tensors):
    """The output of the top layer [T,B,H], and a list over layers of lists over steps of channels."""
    layers, below = [], list(tensors["x"])
    rows = GATES[cell] * case["H"]
    for l in range(case["L"]):
        h, c = tensors["h0"][l], tensors["c0"][l] if cell == "lstm" else None
        none = torch.zeros(rows)
        weights = [tensors[f"weight_ih_l{l}"], tensors[f"weight_hh_l{l}"],
                   tensors.get(f"bias_ih_l{l}", none), tensors.get(f"bias_hh_l{l}", none)]
        steps = []
        for x in below:
            steps.append(step(cell, x, h, c, *weights))
            h, c = steps[-1]["h"], steps[-1].get("c")
        layers.append(steps)
        below = [s["h"] for s in steps]
    return torch.stack(below), layers


def module_output(cell, case, tensors):
    """The same by torch's module, which gets the very same tensors; None where torch has none."""
    if cell == "gru-reset-before":
        return None
    state = (tensors["h0"], tensors["c0"]) if cell == "lstm" else tensors["h0"]
    flat = [tensors[n] for n in parameter_names(case) if "_l" in n]
    options = (case["bias"], case["L"], 0.0, False, False, False)
    if cell == "lstm":
        return torch.lstm(tensors["x"], state, flat, *options)[0]
    function = {"rnn": torch.rnn_tanh, "rnn-relu": torch.rnn_relu, "gru": torch.gru}[cell]
    return function(tensors["x"], state, flat, *options)[0]


def parameter_names(case):
    names = []
    for l in range(case["L"]):
        names += [f"weight_ih_l{l}", f"weight_hh_l{l}"]
        names += [f"bias_ih_l{l}", f"bias_hh_l{l}"] if case["bias"] else []
    if case["O"]:
        names += ["weight"] + (["bias"] if case["readout_bias"] else [])
    return names


def make_tensors(cell, case, generator):
    """Parameters, inputs and initial states as leaves, and the target."""
    T, B, I, H, L, O = (case[k] for k in "TBIHLO")
    rows = GATES[cell] * H
    scale = case["scale"] if case["T"] < 1000 else 0.5 / H ** 0.5  # relu must not grow without bound
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    shapes = {"weight": (O, H), "bias": (O,)}
    for l in range(L):
        shapes[f"weight_ih_l{l}"] = (rows, H if l else I)
        shapes[f"weight_hh_l{l}"] = (rows, H)
        shapes[f"bias_ih_l{l}"] = shapes[f"bias_hh_l{l}"] = (rows,)
    tensors = {name: scale * normal(*shapes[name]) for name in parameter_names(case)}
    tensors.update(x=normal(T, B, I), h0=0.7 * normal(L, B, H))
    if cell == "lstm":
        tensors["c0"] = normal(L, B, H)
    for tensor in tensors.values():
        tensor.requires_grad_()
    n, width = T if case["at"] == "all" else 1, O or H
    if case["loss"] == "xent":
        target = torch.randint(0, width, (n, B), generator=generator)
        if n > 1:
            target[1, 0] = -1
    else:
        target = torch.rand(n, B, width, generator=generator)
    return tensors, target


def loss_of(case, tensors, top, target):
    functional = torch.nn.functional
    y = functional.linear(top, tensors["weight"], tensors.get("bias")) if case["O"] else top
    used = y if case["at"] == "all" else y[-1:]
    if case["loss"] == "xent":
        return y, functional.cross_entropy(used.flatten(0, 1), target.flatten(), ignore_index=-1,
                                           reduction=case["reduction"])
    kind = {"mse": functional.mse_loss,
            "bce": functional.binary_cross_entropy_with_logits}[case["loss"]]
    return y, kind(used, target, reduction=case["reduction"])


def gradients(tensors):
    found = {n: t.grad.clone() for n, t in tensors.items()}
    for tensor in tensors.values():
        tensor.grad = None
    return found


def agree(what, a, b):
    if not torch.allclose(a, b, rtol=1e-9, atol=1e-13 * max(1e-300, b.abs().max().item())):
        sys.exit(f"{what}: the unrolled cell and torch's module differ by {(a - b).abs().max()}")


def run_case(cell, case, generator):
    """Every tensor of a case by its name in the file."""
    tensors, target = make_tensors(cell, case, generator)
    top, layers = unroll(cell, case, tensors)
    y, loss = loss_of(case, tensors, top, target)
    loss.backward()
    found = gradients(tensors)
    by_module = module_output(cell, case, tensors)
    if by_module is not None:
        y_module, loss_module = loss_of(case, tensors, by_module, target)
        loss_module.backward()
        agree(f"{cell}: y", y, y_module)
        for name, gradient in gradients(tensors).items():
            agree(f"{cell}: {name}", found[name], gradient)
            found[name] = gradient
        y, loss = y_module, loss_module
    out = {name: tensor.detach() for name, tensor in tensors.items()}
    out["label" if case["loss"] == "xent" else "target"] = target
    out.update(loss=loss.detach(), y=y.detach())
    for name, gradient in found.items():
        out[("d" if name in ("x", "h0", "c0") else "grad.") + name] = gradient
    for l, steps in enumerate(layers):
        for channel in channels_of(cell):
            values = [s[channel] for s in steps[::case["every"]]]
            zeros = torch.zeros_like(values[0])
            out[f"{channel}.l{l}"] = torch.stack(values).detach()
            out[f"d{channel}.l{l}"] = torch.stack([zeros if v.grad is None else v.grad for v in values])
    return out


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "I64" if tensor.dtype == torch.int64 else "F64",
                        "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/golden"
    for seed, cell in enumerate(GATES):
        generator = torch.Generator().manual_seed(1000 + seed)
        tensors, metadata = {}, {"cell": cell, "torch": torch.__version__}
        for name, changes in CASES.items():
            case = dict(DEFAULT, **changes)
            for tensor_name, tensor in run_case(cell, case, generator).items():
                tensors[f"{name}/{tensor_name}"] = tensor
            metadata[f"case {name}"] = " ".join(
                f"{k}={int(v) if isinstance(v, bool) else v}" for k, v in case.items() if k != "scale")
        write_safetensors(f"{folder}/{cell}.safetensors", tensors, metadata)


main()
