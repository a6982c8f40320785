#include "viz/plots/equations.h"

#include "viz/plots/numbers.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGMA_GATE(x)                                                                              \
    {                                                                                              \
        "da_" x " = d" x " ⊙ " x " ⊙ (1 - " x ")", "{da:" x "}",                                   \
            "{d:" x "} * {" x "} * (1 - {" x "})", "da_" x "[u] ="                                 \
    }

static const cell_equations all[] = {
    {"rnn",
     "lib/cells/rnn.c",
     {{"state",
       {{"h_t = \\tanh(a)", "{h}", "tanh({a:h})", "h[u] ="}},
       {{"da = dh_t ⊙ (1 - h_t^2)", "{da:h}", "{d:h} * (1 - {h} * {h})", "da[u] ="}}}}},
    {"linear", /* the lessons' own cell, linear_cell.c */
     "lessons/engine/linear_cell.c",
     {{"state",
       {{"h_t = a", "{h}", "{a:h}", "h[u] ="}},
       {{"da = dh_t", "{da:h}", "{d:h}", "da[u] ="}}}}},
    {"rnn-relu",
     "lib/cells/rnn_relu.c",
     {{"state",
       {{"h_t = \\max(0, a)", "{h}", "max0({a:h})", "h[u] ="}},
       {{NULL, NULL, NULL, NULL}}}}},
    {"lstm",
     "lib/cells/lstm.c",
     {{"gates",
       {{"i = σ(a_i)", "{i}", "sigma({a:i})", "i[u] ="},
        {"f = σ(a_f)", "{f}", "sigma({a:f})", "f[u] ="},
        {"g = \\tanh(a_g)", "{g}", "tanh({a:g})", "g[u] ="},
        {"o = σ(a_o)", "{o}", "sigma({a:o})", "o[u] ="}},
       {SIGMA_GATE("i"),
        SIGMA_GATE("f"),
        {"da_g = dg ⊙ (1 - g^2)", "{da:g}", "{d:g} * (1 - {g} * {g})", "da_g[u] ="},
        SIGMA_GATE("o")}},
      {"state",
       {{"c_t = f ⊙ c_{t-1} + i ⊙ g", "{c}", "{f} * {c-} + {i} * {g}", "c[u] ="}},
       {{"df = dc_t ⊙ c_{t-1}", "{d:f}", "{d:c} * {c-}", "df[u] ="},
        {"di = dc_t ⊙ g", "{d:i}", "{d:c} * {g}", "di[u] ="},
        {"dg = dc_t ⊙ i", "{d:g}", "{d:c} * {i}", "dg[u] ="}}},
      {"output",
       {{"h_t = o ⊙ \\tanh(c_t)", "{h}", "{o} * tanh({c})", "h[u] ="}},
       {{"do = dh_t ⊙ \\tanh(c_t)", "{d:o}", "{d:h} * tanh({c})", "d_o[u] ="},
        {"dc_t = dc_{t+1} ⊙ f_{t+1} + dh_t ⊙ o ⊙ (1 - \\tanh^2(c_t))", "{d:c}",
         "{d:c+} * {f+} + {d:h} * {o} * (1 - tanh({c}) * tanh({c}))", "dc[u] +="}}}}},
    {"gru",
     "lib/cells/gru.c",
     {{"gates",
       {{"r = σ(a_r)", "{r}", "sigma({a:r})", "r[u] ="},
        {"z = σ(a_z)", "{z}", "sigma({a:z})", "z[u] ="}},
       {SIGMA_GATE("r"), SIGMA_GATE("z")}},
      {"candidate",
       {{"n = \\tanh(a_n + r ⊙ m)", "{n}", "tanh({a:n} + {r} * {m})", "n[u] ="}},
       {{"da_n = dn ⊙ (1 - n^2)", "{da:n}", "{d:n} * (1 - {n} * {n})", "da_n[u] ="},
        {"dr = da_n ⊙ m", "{d:r}", "{da:n} * {m}", "dr[u] ="},
        {"dm = da_n ⊙ r", "{d:m}", "{da:n} * {r}", "dm[u] +="}}},
      {"state",
       {{"h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}", "{h}", "(1 - {z}) * {n} + {z} * {h-}", "h[u] ="}},
       {{"dz = dh_t ⊙ (h_{t-1} - n)", "{d:z}", "{d:h} * ({h-} - {n})", "dz[u] ="},
        {"dn = dh_t ⊙ (1 - z)", "{d:n}", "{d:h} * (1 - {z})", "dn[u] ="}}}}},
    {"gru-reset-before",
     "lib/cells/gru_reset_before.c",
     {{"gates",
       {{"r = σ(a_r)", "{r}", "sigma({a:r})", "r[u] ="},
        {"z = σ(a_z)", "{z}", "sigma({a:z})", "z[u] ="}},
       {SIGMA_GATE("r"), SIGMA_GATE("z")}},
      {"reset",
       {{"m = r ⊙ h_{t-1}", "{m}", "{r} * {h-}", "m[u] ="}},
       {{"dr = dm ⊙ h_{t-1}", "{d:r}", "{d:m} * {h-}", "dr[u] ="}}},
      {"candidate",
       {{"n = \\tanh(a_n)", "{n}", "tanh({a:n})", "n[u] ="}},
       {{"da_n = dn ⊙ (1 - n^2)", "{da:n}", "{d:n} * (1 - {n} * {n})", "da_n[u] ="}}},
      {"state",
       {{"h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}", "{h}", "(1 - {z}) * {n} + {z} * {h-}", "h[u] ="}},
       {{"dz = dh_t ⊙ (h_{t-1} - n)", "{d:z}", "{d:h} * ({h-} - {n})", "dz[u] ="},
        {"dn = dh_t ⊙ (1 - z)", "{d:n}", "{d:h} * (1 - {z})", "dn[u] ="}}}}},
};

const cell_equations *equations_of(const rs_cell *cell)
{
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (strcmp(all[k].cell, cell->name) == 0)
            return &all[k];
    return NULL;
}

/* The gate whose pre-activation makes a channel, or gates_n. */
static size_t gate_of(const rs_cell *cell, int channel)
{
    size_t gate = 0;
    while (gate < cell->gates_n && cell->gates[gate] != channel)
        gate++;
    return gate;
}

double moment_value(const moment *m, const char *name, size_t n)
{
    const rs_cell *cell = m->trace->net->cell;
    const size_t H = m->trace->net->hidden, row = m->t * m->trace->B + m->b;
    const rs_layer *layer = &m->trace->layer[m->layer];
    char channel_name[24];
    const char *colon = memchr(name, ':', n);
    const size_t prefix = colon ? (size_t)(colon - name) : 0, from = colon ? prefix + 1 : 0;
    const bool before = n > from && name[n - 1] == '-', after = n > from && name[n - 1] == '+';
    (void)snprintf(channel_name, sizeof channel_name, "%.*s", (int)(n - from - before - after),
                   name + from);
    const int k = rs_channel_named(cell, channel_name);
    if (k < 0)
        return NAN;
    if (prefix == 2 || (prefix == 1 && name[0] == 'a')) { /* da:, a: */
        const size_t gate = gate_of(cell, k), at = (row * cell->gates_n + gate) * H + m->unit;
        return gate < cell->gates_n ? (prefix == 2 ? layer->da : layer->a)[at] : NAN;
    }
    const double *values = prefix == 1 ? layer->d[k] : layer->value[k];
    if (!values || (before && cell->channels[k].role != RS_STATE))
        return NAN;
    const double *here = values + row * H + m->unit;
    if (after)
        return m->t + 1 < m->trace->T ? *(here + m->trace->B * H) : 0;
    return before ? *(here - m->trace->B * H) : *here;
}

void moment_fill(const moment *m, const char *template, char *text, size_t room)
{
    char number[NUMBER_TEXT];
    size_t n = 0;
    if (room > 0)
        *text = '\0';
    for (const char *p = template; *p && n + 1 < room;) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end) {
            const double v = moment_value(m, p + 1, (size_t)(end - p - 1));
            const bool alone = p > template && p[-1] == '(' && end[1] == ')';
            const bool sign = v < 0 && p > template && !alone;
            n += (size_t)snprintf(text + n, room - n, sign ? "(%s)" : "%s",
                                  number_text(number, v, 3));
            p = end + 1;
        } else {
            const bool sigma = strncmp(p, "sigma", 5) == 0, max = strncmp(p, "max0(", 5) == 0;
            n += (size_t)snprintf(text + n, room - n, "%.*s",
                                  max                  ? 7
                                  : *p == '*' || sigma ? 2
                                                       : 1,
                                  sigma       ? "σ"
                                  : max       ? "max(0, "
                                  : *p == '*' ? "·"
                                              : p);
            p += sigma || max ? 5 : 1;
        }
    }
}

typedef struct reader {
    const moment *m;
    const char *p;
} reader;

static double sum(reader *in);

static void skip(reader *in)
{
    while (*in->p == ' ')
        in->p++;
}

/* a number, a name in braces, a sum in parentheses, or a function of one */
static double factor(reader *in)
{
    static const char *const functions[] = {"tanh(", "sigma(", "max0("};
    skip(in);
    if (*in->p == '{') {
        const char *end = strchr(in->p, '}');
        if (!end)
            return NAN;
        const double v = moment_value(in->m, in->p + 1, (size_t)(end - in->p - 1));
        in->p = end + 1;
        return v;
    }
    if (isdigit((unsigned char)*in->p)) {
        char *end;
        const double v = strtod(in->p, &end);
        in->p = end;
        return v;
    }
    for (size_t k = 0; k < 3; k++) {
        const size_t n = strlen(functions[k]);
        if (strncmp(in->p, functions[k], n) != 0)
            continue;
        in->p += n;
        const double x = sum(in);
        in->p += *in->p == ')';
        return k == 0 ? tanh(x) : k == 1 ? 1 / (1 + exp(-x)) : fmax(0, x);
    }
    if (*in->p != '(')
        return NAN;
    in->p++;
    const double x = sum(in);
    in->p += *in->p == ')';
    return x;
}

static double product(reader *in)
{
    double x = factor(in);
    for (skip(in); *in->p == '*'; skip(in)) {
        in->p++;
        x *= factor(in);
    }
    return x;
}

static double sum(reader *in)
{
    double x = product(in);
    for (skip(in); *in->p == '+' || *in->p == '-'; skip(in)) {
        const double sign = *in->p++ == '+' ? 1 : -1;
        x += sign * product(in);
    }
    return x;
}

double moment_evaluate(const moment *m, const char *template)
{
    reader in = {m, template};
    const double x = sum(&in);
    skip(&in);
    return *in.p == '\0' ? x : NAN;
}
