#!/usr/bin/env python3
"""Regenerates the first inputs of the fuzz targets of files: tests/fuzz/corpus/safetensors and npy."""
import json, os, struct
import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
bytes_of = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "U8": 1}


def tensors(name, shapes, metadata=None, dtype="F32", spoil=None):
    header, end = ({"__metadata__": metadata} if metadata else {}), 0
    for key, shape in shapes.items():
        begin, end = end, end + int(np.prod(shape)) * bytes_of[dtype]
        header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    if spoil:
        spoil(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(os.path.join(folder, "safetensors", name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + bytes(end))
    with open(os.path.join(folder, "safetensors", name + "_bare"), "wb") as file:  # see fuzz_safetensors.c
        file.write(text + bytes(end))


def layer(gates, prefix="", inputs=1, units=1):
    rows = gates * units
    return {prefix + "weight_ih_l0": [rows, inputs], prefix + "weight_hh_l0": [rows, units],
            prefix + "bias_ih_l0": [rows], prefix + "bias_hh_l0": [rows]}


two = {**layer(3, "e.", units=2), **{k.replace("l0", "l1"): v for k, v in layer(3, "e.", 2, 2).items()}}
tensors("lstm", {**layer(4, "rnn."), "fc.weight": [2, 1], "fc.bias": [2]}, {"cell": "lstm"})
tensors("gru", two, dtype="F64")
tensors("rnn", {**layer(1), "weight": [1, 1], "steps": []}, {"cell": "rnn-relu", "format": "pt"}, "F16")
tensors("single", {"c.weight_ih": [4, 1], "c.weight_hh": [4, 1]}, dtype="BF16")
tensors("reverse", {**layer(4), "weight_ih_l0_reverse": [4, 1]})
tensors("other", {"a": [2, 3], "b": [0, 7], "c": []}, dtype="I64")
tensors("unknown", {"a": [3]}, dtype="U8")
tensors("overlap", {"a": [1], "b": [1]}, spoil=lambda h: h["b"].update(data_offsets=[2, 6]))
tensors("huge", {"a": [1]}, spoil=lambda h: h["a"].update(shape=[2**52, 2**52]))
tensors("empty", {})

for k, dtype in enumerate(["<f8", "<f4", "<i8", "<i4", ">f8"]):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    for version in [(1, 0), (2, 0), (3, 0)][:1 + k]:
        with open(os.path.join(folder, "npy", f"{dtype[1:]}{'_big' * (dtype[0] == '>')}_{version[0]}"), "wb") as file:
            np.lib.format.write_array(file, np.asfortranarray(array) if k % 2 else array, version)
np.lib.format.write_array(open(os.path.join(folder, "npy", "scalar"), "wb"), np.array(1.5))
np.lib.format.write_array(open(os.path.join(folder, "npy", "none"), "wb"), np.zeros((0, 3)))
