/* Each function is one of lib/cells with one mistake, which people have really made; the table says
 * which. Read it beside the original. */
#include "lessons/engine/bugs.h"

#include <math.h>
#include <string.h>

/* The channels and stages of the three cells, in the order of their tables. */
enum lstm_channel { LSTM_H, LSTM_C, LSTM_I, LSTM_F, LSTM_G, LSTM_O, LSTM_TANH_C };
enum gru_channel { GRU_H, GRU_R, GRU_Z, GRU_N, GRU_M };
enum { RNN_H };
enum { GATES, STATE, OUTPUT };     /* of the LSTM */
enum { CANDIDATE = 1, GRU_STATE }; /* of the GRU */

/* --- RNN ----------------------------------------------------------------------------------- */

static void rnn_no_slope(const rs_step *s)
{
    const double *dh = s->d[RNN_H];
    for (size_t u = 0; u < s->H; u++)
        s->da[u] = dh[u];
}

static void rnn_slope_twice_squashed(const rs_step *s)
{
    const double *h = s->now[RNN_H], *dh = s->d[RNN_H];
    for (size_t u = 0; u < s->H; u++)
        s->da[u] = dh[u] * (1 - tanh(h[u]) * tanh(h[u]));
}

/* --- LSTM, output -------------------------------------------------------------------------- */

static void lstm_carry_lost(const rs_step *s)
{
    const double *o = s->now[LSTM_O], *tanh_c = s->now[LSTM_TANH_C], *dh = s->d[LSTM_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[LSTM_O][u] = dh[u] * tanh_c[u];
        s->d[LSTM_C][u] = dh[u] * o[u] * (1 - tanh_c[u] * tanh_c[u]);
    }
}

static void lstm_slope_of_c(const rs_step *s)
{
    const double *o = s->now[LSTM_O], *c = s->now[LSTM_C], *tanh_c = s->now[LSTM_TANH_C];
    const double *dh = s->d[LSTM_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[LSTM_O][u] = dh[u] * tanh_c[u];
        s->d[LSTM_C][u] += dh[u] * o[u] * (1 - c[u] * c[u]);
    }
}

static void lstm_output_gate_missing(const rs_step *s)
{
    const double *tanh_c = s->now[LSTM_TANH_C], *dh = s->d[LSTM_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[LSTM_O][u] = dh[u] * tanh_c[u];
        s->d[LSTM_C][u] += dh[u] * (1 - tanh_c[u] * tanh_c[u]);
    }
}

static void lstm_output_not_squashed(const rs_step *s)
{
    const double *o = s->now[LSTM_O], *c = s->now[LSTM_C], *tanh_c = s->now[LSTM_TANH_C];
    const double *dh = s->d[LSTM_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[LSTM_O][u] = dh[u] * c[u];
        s->d[LSTM_C][u] += dh[u] * o[u] * (1 - tanh_c[u] * tanh_c[u]);
    }
}

/* --- LSTM, state --------------------------------------------------------------------------- */

/* The stage with f in the place of what the carry is multiplied by, and `before` in c_{t−1}'s. */
static void lstm_state(const rs_step *s, const double *keep, const double *before)
{
    const double *i = s->now[LSTM_I], *g = s->now[LSTM_G], *dc = s->d[LSTM_C];
    for (size_t u = 0; u < s->H; u++) {
        s->d[LSTM_F][u] = dc[u] * before[u];
        s->d_before[LSTM_C][u] += keep ? dc[u] * keep[u] : dc[u];
        s->d[LSTM_I][u] = dc[u] * g[u];
        s->d[LSTM_G][u] = dc[u] * i[u];
    }
}

static void lstm_forget_missing(const rs_step *s) { lstm_state(s, NULL, s->before[LSTM_C]); }

static void lstm_state_too_late(const rs_step *s) { lstm_state(s, s->now[LSTM_F], s->now[LSTM_C]); }

/* --- LSTM, gates --------------------------------------------------------------------------- */

static double sigmoid_slope(double y) { return y * (1 - y); }
static double tanh_slope(double y) { return 1 - y * y; }

static void lstm_gates(const rs_step *s, double (*const slope[4])(double))
{
    static const enum lstm_channel order[4] = {LSTM_I, LSTM_F, LSTM_G, LSTM_O};
    for (size_t k = 0; k < 4; k++)
        for (size_t u = 0; u < s->H; u++)
            s->da[k * s->H + u] = s->d[order[k]][u] * slope[k](s->now[order[k]][u]);
}

static void lstm_candidate_as_gate(const rs_step *s)
{
    static double (*const slope[4])(double) = {sigmoid_slope, sigmoid_slope, sigmoid_slope,
                                               sigmoid_slope};
    lstm_gates(s, slope);
}

static void lstm_gate_as_candidate(const rs_step *s)
{
    static double (*const slope[4])(double) = {sigmoid_slope, sigmoid_slope, tanh_slope,
                                               tanh_slope};
    lstm_gates(s, slope);
}

/* --- GRU ----------------------------------------------------------------------------------- */

static void gru_direct_path_missing(const rs_step *s)
{
    const double *n = s->now[GRU_N], *z = s->now[GRU_Z], *h_before = s->before[GRU_H];
    const double *dh = s->d[GRU_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[GRU_N][u] = dh[u] * (1 - z[u]);
        s->d[GRU_Z][u] = dh[u] * (h_before[u] - n[u]);
    }
}

static void gru_update_sign(const rs_step *s)
{
    const double *n = s->now[GRU_N], *z = s->now[GRU_Z], *h_before = s->before[GRU_H];
    const double *dh = s->d[GRU_H];
    for (size_t u = 0; u < s->H; u++) {
        s->d[GRU_N][u] = dh[u] * (1 - z[u]);
        s->d[GRU_Z][u] = dh[u] * (n[u] - h_before[u]);
        s->d_before[GRU_H][u] += dh[u] * z[u];
    }
}

static void gru_reset_ignored(const rs_step *s)
{
    const double *n = s->now[GRU_N], *m = s->now[GRU_M], *dn = s->d[GRU_N];
    double *da_n = s->da + 2 * s->H;
    for (size_t u = 0; u < s->H; u++) {
        da_n[u] = dn[u] * (1 - n[u] * n[u]);
        s->d[GRU_R][u] = da_n[u] * m[u];
        s->d[GRU_M][u] += da_n[u];
    }
}

const bug bugs[] = {
    {"no-slope", "rnn", 0, rnn_no_slope, "da = dh", "da = dh ⊙ (1 − h²)"},
    {"slope-of-tanh-h", "rnn", 0, rnn_slope_twice_squashed, "da = dh ⊙ (1 − tanh(h)²)",
     "da = dh ⊙ (1 − h²)"},
    {"carry-lost", "lstm", OUTPUT, lstm_carry_lost, "dc = dh ⊙ o ⊙ (1 − tanh²(c))",
     "dc += dh ⊙ o ⊙ (1 − tanh²(c))"},
    {"slope-of-c", "lstm", OUTPUT, lstm_slope_of_c, "dc += dh ⊙ o ⊙ (1 − c²)",
     "dc += dh ⊙ o ⊙ (1 − tanh²(c))"},
    {"output-gate-missing", "lstm", OUTPUT, lstm_output_gate_missing, "dc += dh ⊙ (1 − tanh²(c))",
     "dc += dh ⊙ o ⊙ (1 − tanh²(c))"},
    {"output-not-squashed", "lstm", OUTPUT, lstm_output_not_squashed, "do = dh ⊙ c",
     "do = dh ⊙ tanh(c)"},
    {"forget-missing", "lstm", STATE, lstm_forget_missing, "dc[t−1] += dc", "dc[t−1] += dc ⊙ f"},
    {"state-too-late", "lstm", STATE, lstm_state_too_late, "df = dc ⊙ c[t]", "df = dc ⊙ c[t−1]"},
    {"candidate-as-gate", "lstm", GATES, lstm_candidate_as_gate, "da_g = dg ⊙ g ⊙ (1 − g)",
     "da_g = dg ⊙ (1 − g²)"},
    {"gate-as-candidate", "lstm", GATES, lstm_gate_as_candidate, "da_o = do ⊙ (1 − o²)",
     "da_o = do ⊙ o ⊙ (1 − o)"},
    {"direct-path-missing", "gru", GRU_STATE, gru_direct_path_missing, "dh[t−1] += nothing",
     "dh[t−1] += dh ⊙ z"},
    {"update-sign", "gru", GRU_STATE, gru_update_sign, "dz = dh ⊙ (n − h[t−1])",
     "dz = dh ⊙ (h[t−1] − n)"},
    {"reset-ignored", "gru", CANDIDATE, gru_reset_ignored, "dm += da_n", "dm += da_n ⊙ r"},
    {0}};

const bug *bug_named(const char *name)
{
    for (const bug *b = bugs; b->name; b++)
        if (strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

rs_cell bug_cell(const bug *b)
{
    rs_cell cell = *rs_cell_named(b->cell);
    cell.stages[b->stage].backward = b->backward;
    return cell;
}
