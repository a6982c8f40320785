/* Looks for a factor that was left out of a term, put in once too often, or changed for another.
 *
 * Of a term slope · derivative the slope is known as a number only. So what stands in its place is
 * sought among simple expressions of the step's values: a factor φ is missing if the claimed term
 * is slope/φ · derivative, and exchanged for ψ if it is slope · ψ/φ · derivative. */
#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a value v. */
typedef enum form {
    PLAIN,            /* v */
    REST,             /* 1 − v */
    TANH_SLOPE,       /* 1 − v², tanh′ of a value that is a tanh */
    SIGMOID_SLOPE,    /* v(1 − v), σ′ of a value that is a σ */
    SQUARE_MORE,      /* 1 + v² */
    TANH,             /* tanh(v) */
    TANH_SLOPE_OF,    /* 1 − tanh²(v) */
    SIGMOID_SLOPE_OF, /* σ(v)(1 − σ(v)) */
    FORMS
} form;

typedef struct factor {
    form form;
    rs_place place; /* a channel or a pre-activation */
    long shift;     /* steps later than the equation's own */
    bool one;       /* the number 1 */
    double *value;  /* [n], NaN where there is none */
} factor;

typedef struct factors {
    factor *list;
    size_t n;
    double *numbers;
} factors;

static bool is_slope(form f)
{
    return f == TANH_SLOPE || f == SIGMOID_SLOPE || f == TANH_SLOPE_OF || f == SIGMOID_SLOPE_OF;
}

static double of_form(form f, double v)
{
    const double s = 1 / (1 + exp(-v));
    switch (f) {
    case REST:
        return 1 - v;
    case TANH_SLOPE:
        return 1 - v * v;
    case SIGMOID_SLOPE:
        return v * (1 - v);
    case SQUARE_MORE:
        return 1 + v * v;
    case TANH:
        return tanh(v);
    case TANH_SLOPE_OF:
        return 1 - tanh(v) * tanh(v);
    case SIGMOID_SLOPE_OF:
        return s * (1 - s);
    default:
        return v;
    }
}

static const char *text_of(const rs_net *net, const factor *f, char text[64])
{
    const char *step = f->shift < 0 ? "[t−1]" : f->shift > 0 ? "[t+1]" : "";
    char name[40];
    if (f->one) {
        (void)snprintf(text, 64, "1");
        return text;
    }
    const size_t k = f->place.kind == RS_AT_A ? (size_t)net->cell->gates[f->place.k] : f->place.k;
    const rs_channel *channel = &net->cell->channels[k];
    (void)snprintf(name, sizeof name, "%s%.20s", f->place.kind == RS_AT_A ? "a_" : "",
                   channel->role == RS_CACHE ? channel->symbol : channel->name);
    if (f->form == SIGMOID_SLOPE)
        (void)snprintf(text, 64, "%.20s%s(1−%.20s%s)", name, step, name, step);
    else if (f->form == TANH_SLOPE || f->form == SQUARE_MORE)
        (void)snprintf(text, 64, "1%s%.20s%s²", f->form == TANH_SLOPE ? "−" : "+", name, step);
    else if (f->form == REST || f->form == PLAIN)
        (void)snprintf(text, 64, "%s%.20s%s", f->form == REST ? "1−" : "", name, step);
    else
        (void)snprintf(text, 64, "%s%.20s%s%s",
                       f->form == TANH            ? "tanh("
                       : f->form == TANH_SLOPE_OF ? "1−tanh²("
                                                  : "σ′(",
                       name, step, ")");
    return text;
}

static double value_at(const rs_fault *fault, const factor *f, const rs_term *term,
                       const rs_sample *s)
{
    const rs_trace *v = fault->checking->linear.values;
    const rs_cell *cell = v->net->cell;
    const size_t H = v->net->hidden;
    const long t = s->t + term->shift + f->shift;
    const bool is_state =
        f->place.kind == RS_AT_CHANNEL && cell->channels[f->place.k].role == RS_STATE;
    if (f->one)
        return 1;
    if (t < (is_state ? -1 : 0) || t >= (long)v->T)
        return NAN;
    const size_t row = (size_t)(t + 1) * v->B + s->b;
    if (f->place.kind == RS_AT_A)
        return of_form(
            f->form,
            v->layer[fault->place.l].a[((row - v->B) * cell->gates_n + f->place.k) * H + s->u]);
    return of_form(f->form,
                   *(v->layer[fault->place.l].value[f->place.k] - v->B * H + row * H + s->u));
}

/* The list: first plain values, of the same step before others, then the other forms. */
static bool list_factors(const rs_fault *fault, const rs_term *term, factors *all)
{
    static const long shifts[] = {0, -1, 1};
    const rs_cell *cell = fault->d->net->cell;
    const size_t most = 1 + FORMS * 3 * (cell->channels_n + cell->gates_n);
    all->list = calloc(most, sizeof *all->list);
    all->numbers = calloc(most * fault->n, sizeof *all->numbers);
    if (!all->list || !all->numbers)
        return false;
    all->list[all->n++].one = true;
    for (form f = PLAIN; f < FORMS; f++)
        for (size_t s = 0; s < 3; s++)
            for (size_t k = 0; k < cell->channels_n + cell->gates_n; k++) {
                const bool of_a = k >= cell->channels_n;
                const rs_place place = {of_a ? RS_AT_A : RS_AT_CHANNEL, fault->place.l,
                                        of_a ? k - cell->channels_n : k};
                if (!of_a || f >= TANH)
                    all->list[all->n++] = (factor){.form = f, .place = place, .shift = shifts[s]};
            }
    for (size_t k = 0; k < all->n; k++) {
        all->list[k].value = all->numbers + k * fault->n;
        for (size_t j = 0; j < fault->n; j++)
            all->list[k].value[j] = value_at(fault, &all->list[k], term, &fault->sample[j]);
    }
    return true;
}

/* Whether claimed = rest + right · ψ/φ at all samples that can say; `right` is the term as it is.
 */
static bool fits(const rs_fault *fault, const double *q, const double *right, const double *psi,
                 const double *phi)
{
    const double same = rs_same(fault->checking);
    size_t told = 0, faulty = 0;
    for (size_t k = 0; k < fault->n; k++) {
        const rs_sample *s = &fault->sample[k];
        if (isnan(psi[k]) || isnan(phi[k]) || fabs(phi[k]) < 1e-3)
            continue;
        const double candidate = right[k] * psi[k] / phi[k];
        const double room =
            8 * s->tolerance + same * (fabs(candidate) + fabs(q[k]) + fabs(right[k]));
        if (!(fabs(q[k] - candidate) <= room))
            return false;
        told++;
        faulty += fabs(q[k] - right[k]) > 4 * room;
    }
    return faulty > 0 && 2 * told >= fault->n;
}

static void say_factor(const rs_fault *fault, const rs_term *term, const factor *psi,
                       const factor *phi, rs_check_finding *finding)
{
    const rs_net *net = fault->d->net;
    rs_phrase *what = &finding->says[RS_FINDING_WHAT];
    char made[48], node[48], right[64], wrong[64];
    rs_place_text(net, term->from, 0, made);
    rs_place_text(net, fault->place, -term->shift, node);
    text_of(net, psi, wrong);
    text_of(net, phi, right);
    finding->mistake = RS_FACTOR;
    if (psi->one && !is_slope(phi->form))
        rs_say(what, RS_SAYS_FACTOR_MISSING, "%s\n%s\n%s", right, node, made);
    else if (psi->one)
        rs_say(what, RS_SAYS_SLOPE_MISSING, "%s\n%s\n%s", made, node, right);
    else if (phi->one)
        rs_say(what, RS_SAYS_FACTOR_MORE, "%s\n%s\n%s", made, node, wrong);
    else
        rs_say(what, RS_SAYS_FACTOR_OTHER, "%s\n%s\n%s\n%s", made, node, wrong, right);
    if (is_slope(psi->form) || is_slope(phi->form) || fault->place.kind == RS_AT_A)
        finding->mistake = RS_SLOPE;
    else if (!psi->one && !phi->one)
        finding->mistake = RS_VALUE;
}

/* Whether claimed = derivative · ψ, whatever the slope: of a relu that is off the slope is 0, and
 * no ψ/φ makes anything of it. ψ NULL: 1 − slope. */
static bool fits_alone(const rs_fault *fault, const double *q, const double *right, const double *d,
                       const double *psi)
{
    const double same = rs_same(fault->checking);
    size_t told = 0, faulty = 0;
    for (size_t k = 0; k < fault->n; k++) {
        const rs_sample *s = &fault->sample[k];
        const double candidate = psi ? d[k] * psi[k] : d[k] - right[k];
        const double room =
            8 * s->tolerance + same * (fabs(candidate) + fabs(q[k]) + fabs(right[k]));
        if (isnan(candidate))
            continue;
        if (!(fabs(q[k] - candidate) <= room))
            return false;
        told++;
        faulty += fabs(q[k] - right[k]) > 4 * room;
    }
    return faulty > 0 && 2 * told >= fault->n;
}

/* The share of the derivative that passes where the slope is 0 and nothing should; NaN if it is not
 * the same everywhere. */
static double leak(const rs_fault *fault, const double *q, const double *right, const double *d)
{
    double share = NAN;
    for (size_t k = 0; k < fault->n; k++) {
        if (right[k] != 0 || d[k] == 0) {
            if (fabs(q[k] - right[k]) > 8 * fault->sample[k].tolerance + 1e-6 * fabs(right[k]))
                return NAN;
            continue;
        }
        if (isnan(share))
            share = q[k] / d[k];
        if (fabs(q[k] - share * d[k]) > 1e-6 * fabs(q[k]))
            return NAN;
    }
    return share;
}

/* What stands in the place of the whole slope. */
static bool search_alone(const rs_fault *fault, const rs_term *term, const factors *all,
                         const double *q, const double *right, const double *d,
                         rs_check_finding *finding)
{
    const rs_net *net = fault->d->net;
    const double share = leak(fault, q, right, d);
    rs_phrase_kind says = RS_SAYS_NOTHING;
    char made[48], node[48], wrong[64] = "";
    rs_place_text(net, term->from, 0, made);
    rs_place_text(net, fault->place, -term->shift, node);
    if (fits_alone(fault, q, right, d, NULL))
        says = RS_SAYS_SLOPE_REST;
    else if (share != 0 && !isnan(share)) {
        says = RS_SAYS_SLOPE_LEAKS;
        (void)snprintf(wrong, sizeof wrong, "%.6g", share);
    }
    for (size_t k = 0; k < all->n && says == RS_SAYS_NOTHING; k++)
        if (fits_alone(fault, q, right, d, all->list[k].value)) {
            says = RS_SAYS_SLOPE_OTHER;
            text_of(net, &all->list[k], wrong);
        }
    if (says == RS_SAYS_NOTHING)
        return false;
    finding->mistake = fault->place.kind == RS_AT_A ? RS_SLOPE : RS_VALUE;
    rs_say(&finding->says[RS_FINDING_WHAT], says, "%s\n%s\n%s", made, node, wrong);
    return true;
}

/* Tries every φ for one ψ range. */
static bool search(const rs_fault *fault, const rs_term *term, const factors *all, const double *q,
                   const double *right, size_t psi_first, size_t psi_end, size_t phi_first,
                   size_t phi_end, rs_check_finding *finding)
{
    for (size_t phi = phi_first; phi < phi_end; phi++)
        for (size_t psi = psi_first; psi < psi_end; psi++)
            if (psi != phi && fits(fault, q, right, all->list[psi].value, all->list[phi].value)) {
                say_factor(fault, term, &all->list[psi], &all->list[phi], finding);
                return true;
            }
    return false;
}

/* claimed / slope: the derivative that the term takes, by the variant of it that is right. */
static void find_parts(const rs_fault *fault, const rs_term *term, double *right, double *d)
{
    const rs_variant plain = rs_as_it_is(term);
    for (size_t k = 0; k < fault->n; k++) {
        const rs_sample *s = &fault->sample[k];
        const double from = rs_derivative_at(fault, term->from, s->t + term->shift, s->b, s->u);
        right[k] = rs_term_value(fault, term, &plain, s);
        d[k] = isnan(from) ? 0 : from;
    }
}

bool rs_diagnose_factor(const rs_fault *fault, const rs_term *term, const double *q,
                        rs_check_finding *finding)
{
    /* with a few numbers of single precision some of so many pairs would fit by chance */
    const size_t enough = fault->checking->options->single ? 6 : 1;
    factors all = {0};
    double *right = calloc(2 * fault->n, sizeof *right);
    double *d = right ? right + fault->n : NULL;
    bool found = false;
    if (right && fault->n >= enough && list_factors(fault, term, &all)) {
        find_parts(fault, term, right, d);
        found = search(fault, term, &all, q, right, 0, 1, 1, all.n, finding) ||
                rs_diagnose_replaced(fault, term, q, d, finding) ||
                search(fault, term, &all, q, right, 1, all.n, 0, 1, finding) ||
                search(fault, term, &all, q, right, 1, all.n, 1, all.n, finding) ||
                search_alone(fault, term, &all, q, right, d, finding);
    }
    free(right);
    free(all.list);
    free(all.numbers);
    return found;
}
