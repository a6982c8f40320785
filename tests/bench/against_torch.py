"""rnnscope and PyTorch side by side, in one run: one thread, forward and whole backward.

usage: against_torch.py build/rnnscope [CELL ...]
"""
import json
import statistics
import subprocess
import sys
import time

import torch

SIZES = {"A": (50, 16, 32, 1), "B": (100, 32, 64, 1), "C": (100, 64, 128, 1),
         "D": (100, 64, 256, 32), "E": (1000, 16, 64, 1)}
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
DTYPES = {"f64": torch.float64, "f32": torch.float32}


def torch_ms(cell, dtype, T, I, H, B, seconds=0.5):
    module = MODULES[cell](I, H).to(DTYPES[dtype])
    x = torch.randn(T, B, I, dtype=DTYPES[dtype], requires_grad=True)
    times = []

    def one_pass():
        module.zero_grad()
        x.grad = None
        y, _ = module(x)
        (y * y).mean().backward()

    one_pass()
    start = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        one_pass()
        times.append(1e3 * (time.perf_counter() - before))
    return statistics.median(times)


def our_result(program, cell, dtype, T, I, H, B):
    line = subprocess.run(
        [program, "bench", "--json", "--threads", "1", "--cell", cell, "--dtype", dtype, "--steps", str(T),
         "--inputs", str(I), "--hidden", str(H), "--batch", str(B)], check=True, capture_output=True).stdout
    return json.loads(line)


def main():
    program, cells = sys.argv[1], sys.argv[2:] or list(MODULES)
    torch.set_num_threads(1)
    print(f"forward and whole backward, one thread; PyTorch {torch.__version__}")
    print(f"{'':2} {'cell':5}{'':4} {'T':>5} {'I':>4} {'H':>4} {'B':>3} {'ms':>9} {'GFLOP/s':>8} {'torch ms':>9} {'ratio':>7}")
    for cell in cells:
        for dtype in DTYPES:
            for name, size in SIZES.items():
                ours, theirs = our_result(program, cell, dtype, *size), torch_ms(cell, dtype, *size)
                T, I, H, B = size
                print(f"{name:2} {cell:5} {dtype} {T:5} {I:4} {H:4} {B:3} {ours['ms_median']:9.3f} {ours['gflops']:8.2f}"
                      f" {theirs:9.2f} {theirs / ours['ms_median']:6.1f}x", flush=True)


if __name__ == "__main__":
    main()
