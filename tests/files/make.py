#!/usr/bin/env python3
"""Regenerates the models in this folder: state_dicts of torch, as safetensors, each with what torch
computes from x.npy (tests/unit/test_files_model.c reads them). Needs python3-torch; the tests do not."""
import json, os, struct
import numpy as np
import torch

folder = os.path.dirname(os.path.abspath(__file__))
bits = {torch.float64: ("F64", None), torch.float32: ("F32", None), torch.float16: ("F16", None),
        torch.bfloat16: ("BF16", torch.int16)}


def save(name, state, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for key, value in state.items():
        dtype, view = bits[value.dtype]
        raw = (value.contiguous().view(view) if view else value).numpy().tobytes()
        header[key] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Tagger(torch.nn.Module):
    def __init__(self, cell, dtype, readout=True, **options):
        super().__init__()
        self.embedding = torch.nn.Linear(2, 2, dtype=dtype)  # a tensor that is not ours
        self.rnn = getattr(torch.nn, cell)(2, 3, num_layers=2, dtype=dtype, **options)
        self.fc = torch.nn.Linear(3, 2, dtype=dtype) if readout else None


def make(name, cell, dtype, metadata=None, **options):
    model = Tagger(cell, dtype, **options)
    save(name + ".safetensors", model.state_dict(), metadata)
    with torch.no_grad():
        y, _ = model.double().rnn(torch.from_numpy(x).double())
        y = model.fc(y) if model.fc else y
    np.save(os.path.join(folder, name + "_y.npy"), y.numpy())


torch.manual_seed(1)
x = np.random.default_rng(1).standard_normal((5, 4, 2)).astype(np.float32)
np.save(os.path.join(folder, "x.npy"), np.asfortranarray(x))
make("lstm", "LSTM", torch.float32, {"format": "pt"})
make("gru", "GRU", torch.float64, bias=False)
make("rnn", "RNN", torch.bfloat16, readout=False)
make("rnn_relu", "RNN", torch.float16, {"cell": "rnn-relu"}, nonlinearity="relu")
