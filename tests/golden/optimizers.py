"""What torch's optimisers and clipping do to one small parameter vector, for
tests/unit/test_train.c. Writes the header it includes:

    python3 tests/golden/optimizers.py > tests/golden/optimizers.h
"""
import torch

torch.set_default_dtype(torch.float64)
START = [0.5, -1.25, 2.0, 1e-3]
UPDATES = 5


def gradient(theta, t):
    """A gradient that depends on the parameters and on the update, from 1."""
    factor = torch.tensor([1.0, -0.3, 0.01, 5.0])
    return factor * theta + 0.1 * t * torch.tensor([1.0, -1.0, 1.0, -1.0])


def run(make):
    theta = torch.tensor(START, requires_grad=True)
    optimizer = make([theta])
    for t in range(1, UPDATES + 1):
        theta.grad = gradient(theta.detach(), t)
        optimizer.step()
    return theta.detach()


def row(values):
    return "{" + ", ".join("%.17g" % float(v) for v in values) + "}"


def clipped(clip, g):
    parameter = torch.zeros(len(g), requires_grad=True)
    parameter.grad = torch.tensor(g)
    result = clip([parameter])
    return parameter.grad, result


optimizers = [
    ("sgd", lambda p: torch.optim.SGD(p, lr=0.1)),
    ("momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    ("rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.1)),
    ("adam", lambda p: torch.optim.Adam(p, lr=0.1)),
]
G = [3.0, -4.0, 12.0, 0.0]
by_norm, norm = clipped(lambda p: torch.nn.utils.clip_grad_norm_(p, 2.5), G)
by_value, _ = clipped(lambda p: torch.nn.utils.clip_grad_value_(p, 3.5), G)

print("/* Made by tests/golden/optimizers.py with torch %s. */" % torch.__version__)
print("enum { GOLDEN_N = %d, GOLDEN_UPDATES = %d };" % (len(START), UPDATES))
print("static const double golden_start[] = %s;" % row(START))
print("static const struct {\n    const char *name;\n    double end[GOLDEN_N];\n} golden_optimizers[] = {")
for name, make in optimizers:
    print('    {"%s", %s},' % (name, row(run(make))))
print("};")
print("static const double golden_gradient[] = %s;" % row(G))
print("static const double golden_norm = %.17g;" % float(norm))
print("static const double golden_by_norm[] = %s; /* most 2.5 */" % row(by_norm))
print("static const double golden_by_value[] = %s; /* most 3.5 */" % row(by_value))
