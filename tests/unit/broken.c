#include "tests/unit/broken.h"

#include <math.h>
#include <string.h>

size_t broken_layer = SIZE_MAX;

static rs_trace *under_test;
static const mistake *active;

void broken_backward(rs_trace *trace, const double *parameters, double *gradient, size_t truncate)
{
    under_test = trace;
    rs_backward(trace, parameters, gradient, truncate);
}

/* Whether this step belongs to the layer with the mistake. */
static bool is_here(const rs_step *s)
{
    if (broken_layer == SIZE_MAX)
        return true;
    const rs_layer *layer = &under_test->layer[broken_layer];
    const size_t n = under_test->T * under_test->B * s->H;
    return s->now[RS_H] >= layer->value[RS_H] && s->now[RS_H] < layer->value[RS_H] + n;
}

static size_t stage_of(const rs_cell *cell, const char *name)
{
    size_t k = 0;
    while (strcmp(cell->stages[k].name, name) != 0)
        k++;
    return k;
}

/* The right function, or the wrong one where the mistake is. */
static void either(const rs_step *s)
{
    const size_t k = stage_of(active->cell, active->stage);
    if (is_here(s))
        active->backward(s);
    else
        active->cell->stages[k].backward(s);
}

rs_cell broken_cell(const mistake *m)
{
    rs_cell cell = *m->cell;
    active = m;
    cell.stages[stage_of(m->cell, m->stage)].backward = either;
    return cell;
}

/* ---- lstm: channels h c i f g o tanh_c ------------------------------------------------------- */

enum { H, C, I, F, G, O, TANH_C };

/* dc[t−1], df, di, dg of c_t = f ⊙ c_{t−1} + i ⊙ g, each times a factor of the caller's */
static void lstm_state(const rs_step *s, const double *carry, const double *for_f, double times)
{
    for (size_t u = 0; u < s->H; u++) {
        const double dc = s->d[C][u];
        s->d[F][u] = dc * for_f[u];
        s->d_before[C][u] += times * dc * (carry ? carry[u] : 1);
        s->d[I][u] = dc * s->now[G][u];
        s->d[G][u] = dc * s->now[I][u];
    }
}

static void no_f(const rs_step *s) { lstm_state(s, NULL, s->before[C], 1); }
static void no_carry(const rs_step *s) { lstm_state(s, s->now[F], s->before[C], 0); }
static void carry_twice(const rs_step *s) { lstm_state(s, s->now[F], s->before[C], 2); }
static void carry_sign(const rs_step *s) { lstm_state(s, s->now[F], s->before[C], -1); }
static void c_now(const rs_step *s) { lstm_state(s, s->now[F], s->now[C], 1); }
static void f_before(const rs_step *s)
{
    lstm_state(s, s->now[F] - under_test->B * s->H, s->before[C], 1);
}

static void lstm_output(const rs_step *s, const double *gate, const double *squashed,
                        const double *shown)
{
    for (size_t u = 0; u < s->H; u++) {
        s->d[O][u] = s->d[H][u] * shown[u];
        s->d[C][u] +=
            s->d[H][u] * (gate ? gate[u] : 1) * (squashed ? 1 - squashed[u] * squashed[u] : 1);
    }
}

static void square_of_c(const rs_step *s) { lstm_output(s, s->now[O], s->now[C], s->now[TANH_C]); }
static void no_o(const rs_step *s) { lstm_output(s, NULL, s->now[TANH_C], s->now[TANH_C]); }
static void no_tanh_slope(const rs_step *s) { lstm_output(s, s->now[O], NULL, s->now[TANH_C]); }
static void o_of_c(const rs_step *s) { lstm_output(s, s->now[O], s->now[TANH_C], s->now[C]); }

static void lstm_gates(const rs_step *s, int i_from, int f_from, bool slope_of_f, bool g_as_sigmoid)
{
    double *da_i = s->da, *da_f = da_i + s->H, *da_g = da_f + s->H, *da_o = da_g + s->H;
    for (size_t u = 0; u < s->H; u++) {
        const double i = s->now[i_from][u], f = s->now[f_from][u], g = s->now[G][u];
        da_i[u] = s->d[i_from][u] * i * (1 - i);
        da_f[u] = s->d[f_from][u] * (slope_of_f ? f * (1 - f) : 1);
        da_g[u] = s->d[G][u] * (g_as_sigmoid ? g * (1 - g) : 1 - g * g);
        da_o[u] = s->d[O][u] * s->now[O][u] * (1 - s->now[O][u]);
    }
}

static void exchanged(const rs_step *s) { lstm_gates(s, F, I, true, false); }
static void no_sigmoid_slope(const rs_step *s) { lstm_gates(s, I, F, false, false); }
static void g_sigmoid(const rs_step *s) { lstm_gates(s, I, F, true, true); }

/* ---- gru: channels h r z n m ----------------------------------------------------------------- */

enum { R = 1, Z, N, M };

static void gru_state(const rs_step *s, bool direct, bool rest, double sign)
{
    for (size_t u = 0; u < s->H; u++) {
        const double dh = s->d[H][u], z = s->now[Z][u];
        s->d[N][u] = dh * (1 - z);
        s->d[Z][u] = sign * dh * (s->before[H][u] - s->now[N][u]);
        s->d_before[H][u] += direct ? dh * (rest ? 1 - z : z) : 0;
    }
}

static void no_direct(const rs_step *s) { gru_state(s, false, false, 1); }
static void rest_of_z(const rs_step *s) { gru_state(s, true, true, 1); }
static void sign_of_z(const rs_step *s) { gru_state(s, true, false, -1); }

static void dm_without_r(const rs_step *s)
{
    double *da_n = s->da + 2 * s->H;
    for (size_t u = 0; u < s->H; u++) {
        da_n[u] = s->d[N][u] * (1 - s->now[N][u] * s->now[N][u]);
        s->d[R][u] = da_n[u] * s->now[M][u];
        s->d[M][u] += da_n[u];
    }
}

/* ---- rnn ------------------------------------------------------------------------------------- */

static void tanh_of_h(const rs_step *s)
{
    for (size_t u = 0; u < s->H; u++) {
        const double wrong = tanh(s->now[H][u]);
        s->da[u] = s->d[H][u] * (1 - wrong * wrong);
    }
}

static void odd_factor(const rs_step *s)
{
    const double h = 0;
    for (size_t u = 0; u < s->H; u++)
        s->da[u] = s->d[H][u] * (1 - s->now[H][u] * s->now[H][u]) * (1.25 + 0.1 * (double)u + h);
}

const mistake mistakes[] = {
    {"dc[t−1] without f", &rs_cell_lstm, "state", no_f, "c", RS_FACTOR,
     "path f → dc[t−1] is missing (dc not multiplied by f)"},
    {"the cell's carry is lost", &rs_cell_lstm, "state", no_carry, "c", RS_MISSING,
     "path dc → dc[t−1] is missing"},
    {"the carry twice", &rs_cell_lstm, "state", carry_twice, "c", RS_TWICE, "dc → dc[t−1]"},
    {"the carry's sign", &rs_cell_lstm, "state", carry_sign, "c", RS_SIGN, "dc → dc[t−1]"},
    {"df from c_t", &rs_cell_lstm, "state", c_now, "f", RS_VALUE, "c where c[t−1] belongs"},
    {"f of the step before", &rs_cell_lstm, "state", f_before, "c", RS_VALUE,
     "f[t−1] where f belongs"},
    {"1 − c² for 1 − tanh²(c)", &rs_cell_lstm, "output", square_of_c, "c", RS_SLOPE,
     "1−c² where 1−tanh(c)² belongs"},
    {"o missing in dc", &rs_cell_lstm, "output", no_o, "c", RS_FACTOR, "path o → dc is missing"},
    {"tanh′ missing in dc", &rs_cell_lstm, "output", no_tanh_slope, "c", RS_SLOPE, "is missing"},
    {"do from c", &rs_cell_lstm, "output", o_of_c, "o", RS_VALUE, "c where tanh(c) belongs"},
    {"i and f exchanged", &rs_cell_lstm, "gates", exchanged, "a_i", RS_EXCHANGED, "da_f"},
    {"σ′ of f missing", &rs_cell_lstm, "gates", no_sigmoid_slope, "a_f", RS_SLOPE,
     "the slope f(1−f) is missing"},
    {"g as a σ", &rs_cell_lstm, "gates", g_sigmoid, "a_g", RS_SLOPE, "g(1−g) where 1−g² belongs"},
    {"z ⊙ dh missing", &rs_cell_gru, "state", no_direct, "h", RS_MISSING, "dh → dh[t−1]"},
    {"1 − z for z", &rs_cell_gru, "state", rest_of_z, "h", RS_VALUE, "1−z where z belongs"},
    {"sign of dz", &rs_cell_gru, "state", sign_of_z, "z", RS_SIGN, "wrong sign"},
    {"dm without r", &rs_cell_gru, "candidate", dm_without_r, "m", RS_FACTOR,
     "path r → dm is missing"},
    {"1 − tanh(h)²", &rs_cell_rnn, "state", tanh_of_h, "a_h", RS_SLOPE, "1−tanh²(h)"},
    {"a mistake of no kind", &rs_cell_rnn, "state", odd_factor, "a_h", RS_UNKNOWN, "da_h"},
};
const size_t mistakes_n = sizeof mistakes / sizeof *mistakes;
