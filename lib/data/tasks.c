/* The made tasks. One-hot inputs have one 1 a step; T is the whole length of a sequence.
 *
 * adding          (value, mark) a step, value ~ U[0,1); the marks of two steps are 1, one step in
 *                 each half. Asked at the last step: the sum of the two marked values. Ignorant: 1,
 *                 which errs by the variance of the sum, 1/6.
 *                 Hochreiter & Schmidhuber 1997, experiment 4, in the form of Arjovsky, Shah &
 * Bengio 2016, section 5.2. copy            K = min(10, ⌊(T−1)/2⌋) symbols of 8, then blanks, a go
 * sign K+1 steps before the end, blanks; asked: blanks, and in the last K steps the symbols.
 * Ignorant: blanks, then 1/8 each: K ln 8 / T. Arjovsky et al. 2016, section 5.1 (there T is the
 * delay, ours is 20 more), after Hochreiter & Schmidhuber 1997. temporal-order  one-hot A B c d e
 * f; A or B at a step in [T/10, 2T/10] and at one in [4T/10, 5T/10], c d e f elsewhere; asked at
 * the last step: AA, AB, BA or BB. Ignorant: ln 4. Hochreiter & Schmidhuber 1997, experiment 6a,
 * with the positions of Pascanu, Mikolov & Bengio 2013. delayed-xor     (bit, mark) a step; marked
 * are a step of the first tenth and a later one of the first half, so that the answer is wanted T/2
 * steps after. Asked at the last step: the exclusive or of the two. Ignorant: 1/2, so ln 2. The XOR
 * problem of Martens & Sutskever 2011, section 5.1. anbn            one-hot # a b: # aⁿ bⁿ, asked
 * at each step: the next symbol of # aⁿ bⁿ #; n is uniform in 1 … ⌊(T−1)/2⌋, nothing is asked after
 * the end (label −1, x = 0). Right answers are certain only once the b begin. Ignorant: the
 * frequencies of the three at each step. Gers & Schmidhuber 2001. sine            x_t = sin(2πt/P +
 * φ), P ~ U[10, 40) steps, φ uniform; asked: x_{t+1}, at each step. Two past values and P settle
 * it, x_{t+1} = 2cos(2π/P) x_t − x_{t−1} (Yule 1927). Ignorant: 0, so 1/2. noise           x_t ~
 * N(0,1), asked: x_{t+1}, at each step. There is nothing to learn: a control. Ignorant, and
 * everyone else: 0, so 1. */
#include "data/tasks.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

/* x_t of sequence b, [I] */
static double *input_at(const rs_data *data, size_t t, size_t b)
{
    return data->x + (t * data->B + b) * data->I;
}

static double ignorant_adding(size_t T)
{
    (void)T;
    return 1.0 / 6;
}

static void adding(rs_data *data, size_t b, rs_random *random)
{
    const size_t half = data->T / 2;
    const size_t first = rs_random_below(random, half);
    const size_t second = half + rs_random_below(random, data->T - half);
    for (size_t t = 0; t < data->T; t++) {
        input_at(data, t, b)[0] = rs_random_uniform(random);
        input_at(data, t, b)[1] = t == first || t == second;
    }
    data->target[b] = input_at(data, first, b)[0] + input_at(data, second, b)[0];
}

enum { COPY_SYMBOLS = 8, COPY_BLANK = 8, COPY_GO = 9, COPY_INPUTS = 10, COPY_OUTPUTS = 9 };

static size_t copy_length(size_t T) { return T >= 21 ? 10 : (T - 1) / 2; }

static double ignorant_copy(size_t T)
{
    return (double)copy_length(T) * log(COPY_SYMBOLS) / (double)T;
}

static void copy(rs_data *data, size_t b, rs_random *random)
{
    const size_t T = data->T, B = data->B, K = copy_length(T);
    for (size_t t = 0; t < T; t++)
        data->label[t * B + b] = COPY_BLANK;
    for (size_t t = 0; t < T; t++) {
        const size_t symbol = t < K            ? rs_random_below(random, COPY_SYMBOLS)
                              : t == T - K - 1 ? COPY_GO
                                               : COPY_BLANK;
        input_at(data, t, b)[symbol] = 1;
        if (t < K)
            data->label[(T - K + t) * B + b] = (int)symbol;
    }
}

static double ignorant_order(size_t T)
{
    (void)T;
    return log(4);
}

static size_t between(rs_random *random, size_t first, size_t last)
{
    return first + rs_random_below(random, last - first + 1);
}

static void temporal_order(rs_data *data, size_t b, rs_random *random)
{
    enum { MARKS = 2, DISTRACTORS = 4 };
    const size_t T = data->T;
    const size_t first = between(random, T / 10, 2 * T / 10);
    const size_t second = between(random, 4 * T / 10, 5 * T / 10);
    int answer = 0;
    for (size_t t = 0; t < T; t++) {
        const bool asked = t == first || t == second;
        const size_t symbol =
            asked ? rs_random_below(random, MARKS) : MARKS + rs_random_below(random, DISTRACTORS);
        input_at(data, t, b)[symbol] = 1;
        if (asked)
            answer = answer * MARKS + (int)symbol;
    }
    data->label[b] = answer;
}

static double ignorant_xor(size_t T)
{
    (void)T;
    return log(2);
}

static void delayed_xor(rs_data *data, size_t b, rs_random *random)
{
    const size_t T = data->T, tenth = T < 20 ? 1 : T / 10;
    const size_t first = rs_random_below(random, tenth);
    const size_t second = between(random, tenth, T / 2 > tenth ? T / 2 - 1 : tenth);
    size_t answer = 0;
    for (size_t t = 0; t < T; t++) {
        const size_t bit = rs_random_below(random, 2);
        const bool marked = t == first || t == second;
        input_at(data, t, b)[0] = (double)bit;
        input_at(data, t, b)[1] = marked;
        if (marked)
            answer ^= bit;
    }
    data->target[b] = (double)answer;
}

/* −c ln(c/n): what c of n cases cost a predictor that knows this share, in all */
static double cost(double c, double n) { return c > 0 ? -c * log(c / n) : 0; }

/* Step t is followed by an a while t < n, by a b while n ≤ t < 2n, by # at t = 2n. */
static double ignorant_anbn(size_t T)
{
    double costs = 0, asked = 0;
    const size_t N = (T - 1) / 2;
    for (size_t t = 0; t <= 2 * N; t++) {
        const double a = t < N ? (double)(N - t) : 0;         /* of the n in 1 … N: those > t */
        const double end = t >= 2 && t % 2 == 0;              /* n = t/2 */
        const size_t least = t / 2 + 1, most = t < N ? t : N; /* t/2 < n ≤ t */
        const double b = most >= least ? (double)(most - least + 1) : 0;
        costs += cost(a, a + b + end) + cost(b, a + b + end) + cost(end, a + b + end);
        asked += a + b + end;
    }
    return costs / asked;
}

static void anbn(rs_data *data, size_t b, rs_random *random)
{
    enum { HASH, A, B };
    const size_t n = between(random, 1, (data->T - 1) / 2);
    int symbol = HASH;
    for (size_t t = 0; t <= 2 * n; t++) {
        input_at(data, t, b)[symbol] = 1;
        symbol = t < n ? A : t < 2 * n ? B : HASH;
        data->label[t * data->B + b] = symbol;
    }
}

static double ignorant_sine(size_t T)
{
    (void)T;
    return 0.5;
}

static void sine(rs_data *data, size_t b, rs_random *random)
{
    const double period = 10 + 30 * rs_random_uniform(random);
    const double phase = 2 * PI * rs_random_uniform(random);
    for (size_t t = 0; t < data->T; t++) {
        input_at(data, t, b)[0] = sin(2 * PI * (double)t / period + phase);
        data->target[t * data->B + b] = sin(2 * PI * (double)(t + 1) / period + phase);
    }
}

static double ignorant_noise(size_t T)
{
    (void)T;
    return 1;
}

static void noise(rs_data *data, size_t b, rs_random *random)
{
    double next = rs_random_normal(random);
    for (size_t t = 0; t < data->T; t++) {
        input_at(data, t, b)[0] = next;
        next = rs_random_normal(random);
        data->target[t * data->B + b] = next;
    }
}

const rs_task rs_tasks[] = {
    {"adding", "add the two marked numbers",
     "Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016", 2, 1, RS_MSE, true, 2, "1/6",
     ignorant_adding, adding},
    {"copy", "say the first symbols again at the end",
     "Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016", COPY_INPUTS, COPY_OUTPUTS,
     RS_XENT, false, 3, "K ln 8 / T, K = min(10, (T-1)/2)", ignorant_copy, copy},
    {"temporal-order", "say which two marks came in which order",
     "Hochreiter & Schmidhuber 1997; Pascanu, Mikolov & Bengio 2013", 6, 4, RS_XENT, true, 3,
     "ln 4", ignorant_order, temporal_order},
    {"delayed-xor", "exclusive or of the two marked bits, long after", "Martens & Sutskever 2011",
     2, 1, RS_BCE, true, 2, "ln 2", ignorant_xor, delayed_xor},
    {"anbn", "predict the next symbol of a^n b^n", "Gers & Schmidhuber 2001", 3, 3, RS_XENT, false,
     3, "entropy of the next symbol given the step", ignorant_anbn, anbn},
    {"sine", "predict the next value of a sine of unknown period", "Yule 1927", 1, 1, RS_MSE, false,
     1, "1/2", ignorant_sine, sine},
    {"noise", "predict white noise: nothing to learn, a control", "none: a control", 1, 1, RS_MSE,
     false, 1, "1", ignorant_noise, noise},
    {0}};

const rs_task *rs_task_named(const char *name)
{
    for (const rs_task *task = rs_tasks; task->name; task++)
        if (strcmp(task->name, name) == 0)
            return task;
    return NULL;
}

void rs_task_refill(const rs_task *task, rs_random *random, rs_data *data)
{
    const size_t n = data->loss.last ? data->B : data->T * data->B;
    memset(data->x, 0, data->T * data->B * data->I * sizeof *data->x);
    for (size_t k = 0; data->label && k < n; k++)
        data->label[k] = -1;
    for (size_t b = 0; b < data->B; b++)
        task->sequence(data, b, random);
}

rs_status rs_task_make(const rs_task *task, size_t T, size_t B, rs_random *random, rs_data *data,
                       rs_error *err)
{
    if (T < task->least_T)
        return rs_fail(err, RS_USAGE, "%zu steps: the task %s needs at least %zu", T, task->name,
                       task->least_T);
    rs_status status =
        rs_data_make(data, T, B, task->inputs, task->outputs, task->loss, task->last, err);
    if (status == RS_OK)
        rs_task_refill(task, random, data);
    return status;
}
