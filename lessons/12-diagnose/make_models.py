"""Makes what lesson 12 looks at: sequence.csv, forgetful.safetensors and patient.safetensors.

    python3 make_models.py        (PyTorch 1.13 or later; takes a minute or two)

The task: a pulse of +1 or -1 at row 0, a cue at row 40, and at row 41 a reply with the pulse's sign;
every 50 rows anew. The network sees a row and predicts the next. Both models are the same
torch.nn.LSTM, trained in the same way on the same sequences; `patient` began with a forget bias of 4.
"""
import json
import struct

import torch

PERIOD, CUE, EPISODES, HIDDEN, UPDATES = 50, 40, 4, 8, 500


def sequences(n, generator):
    x = torch.zeros(EPISODES * PERIOD + 1, n, 2)
    for e in range(EPISODES):
        sign = torch.randint(0, 2, (n,), generator=generator) * 2.0 - 1
        x[e * PERIOD, :, 0] = sign
        x[e * PERIOD + CUE, :, 1] = 1
        x[e * PERIOD + CUE + 1, :, 0] = sign
    return x


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(2, HIDDEN)
        self.head = torch.nn.Linear(HIDDEN, 2)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


def train(forget_bias, mean, deviation):
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    model = Model()
    if forget_bias is not None:
        with torch.no_grad():
            model.lstm.bias_ih_l0[HIDDEN:2 * HIDDEN] = forget_bias
            model.lstm.bias_hh_l0[HIDDEN:2 * HIDDEN] = 0
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for update in range(UPDATES):
        x = (sequences(32, generator) - mean) / deviation
        loss = torch.nn.functional.mse_loss(model(x[:-1]), x[1:])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        if update % 50 == 0 or update == UPDATES - 1:
            print(forget_bias, update, round(loss.item(), 4), flush=True)
    return model


def save(model, path):
    """What safetensors.torch.save_file does, in a few lines."""
    header, data = {}, b""
    for name, tensor in model.state_dict().items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.set_num_threads(1)
    x = sequences(1, torch.Generator().manual_seed(3))[:, 0]
    with open("sequence.csv", "w") as f:
        f.write("signal,cue\n" + "".join(f"{a:g},{b:g}\n" for a, b in x.tolist()))
    mean, deviation = x.mean(0), x.std(0, unbiased=False)
    save(train(None, mean, deviation), "forgetful.safetensors")
    save(train(4.0, mean, deviation), "patient.safetensors")


main()
