/* The terms of a derivative's sum, and their values, right or changed. */
#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double rs_derivative_at(const rs_fault *fault, rs_place place, long t, size_t b, size_t u)
{
    const rs_trace *d = fault->d;
    const rs_net *net = d->net;
    const rs_cell *cell = net->cell;
    const size_t H = net->hidden;
    const bool has_initial =
        place.kind == RS_AT_CHANNEL && cell->channels[place.k].role == RS_STATE;
    if (t < (has_initial ? -1 : 0) || t >= (long)d->T)
        return NAN;
    const size_t row = (size_t)(t + 1) * d->B + b; /* counted from step −1 */
    switch (place.kind) {
    case RS_AT_Y:
        return d->dy[(row - d->B) * rs_net_width(net) + u];
    case RS_AT_X:
        return d->dx[(row - d->B) * net->inputs + u];
    case RS_AT_A:
        return d->layer[place.l].da[((row - d->B) * cell->gates_n + place.k) * H + u];
    default:
        return *(d->layer[place.l].d[place.k] - d->B * H + row * H + u);
    }
}

const char *rs_place_text(const rs_net *net, rs_place place, long shift, char text[48])
{
    const char *name =
        place.kind == RS_AT_Y ? "y"
        : place.kind == RS_AT_X
            ? "x"
            : net->cell
                  ->channels[place.kind == RS_AT_A ? (size_t)net->cell->gates[place.k] : place.k]
                  .name;
    const char *step = shift < -1 ? "[t−2]" : shift == -1 ? "[t−1]" : shift == 1 ? "[t+1]" : "";
    (void)snprintf(text, 48, "d%s%.24s%s", place.kind == RS_AT_A ? "a_" : "", name, step);
    return text;
}

static bool same_place(rs_place a, rs_place b)
{
    return a.kind == b.kind && a.l == b.l && a.k == b.k;
}

static size_t append(rs_term terms[RS_MAX_TERMS], size_t n, rs_term term)
{
    if (n < RS_MAX_TERMS)
        terms[n++] = term;
    return n;
}

/* Terms by the equations of stage s. */
static size_t path_terms(const rs_fault *f, size_t s, rs_term terms[RS_MAX_TERMS], size_t n)
{
    const rs_paths *paths = &f->checking->linear.paths;
    for (size_t k = 0; k < paths->n; k++) {
        const rs_path *path = &paths->path[k];
        const rs_place source = {path->source == RS_FROM_A ? RS_AT_A : RS_AT_CHANNEL, f->place.l,
                                 path->from};
        if (path->stage == s && same_place(source, f->place))
            n = append(terms, n,
                       (rs_term){.kind = RS_BY_PATH,
                                 .path = k,
                                 .from = {RS_AT_CHANNEL, f->place.l, path->to},
                                 .shift = path->source == RS_FROM_BEFORE});
    }
    return n;
}

/* Terms by the product of stage s, one a gate. */
static size_t product_terms(const rs_fault *f, size_t s, rs_term terms[RS_MAX_TERMS], size_t n)
{
    const rs_net *net = f->d->net;
    const rs_product *product = &net->cell->stages[s].product;
    const size_t H = net->hidden, source = (size_t)product->source;
    if (product->gates == 0 || f->place.kind != RS_AT_CHANNEL || f->place.k != source)
        return n;
    for (size_t g = product->gate; g < product->gate + product->gates; g++) {
        const rs_place a = {RS_AT_A, f->place.l, g};
        const rs_place into = {RS_AT_CHANNEL, f->place.l, (size_t)product->into};
        n = append(
            terms, n,
            (rs_term){.kind = RS_BY_WEIGHTS,
                      .from = product->into == RS_INTO_A ? a : into,
                      .shift = net->cell->channels[source].role == RS_STATE,
                      .offset = rs_net_block(net, RS_WEIGHT_HH, f->place.l)->offset + g * H * H,
                      .rows = H,
                      .cols = H,
                      .block = RS_WEIGHT_HH});
    }
    return n;
}

/* Terms by W_ih of layer l, one a gate. */
static size_t input_terms(const rs_net *net, size_t l, rs_term terms[RS_MAX_TERMS], size_t n)
{
    const size_t H = net->hidden, I = rs_net_layer_inputs(net, l);
    for (size_t g = 0; g < net->cell->gates_n; g++)
        n = append(terms, n,
                   (rs_term){.kind = RS_BY_WEIGHTS,
                             .from = {RS_AT_A, l, g},
                             .offset = rs_net_block(net, RS_WEIGHT_IH, l)->offset + g * H * I,
                             .rows = H,
                             .cols = I,
                             .block = RS_WEIGHT_IH});
    return n;
}

/* From above at the same step: readout or the next layer; the loss itself. */
static size_t outer_terms(const rs_fault *f, rs_term terms[RS_MAX_TERMS], size_t n)
{
    const rs_net *net = f->d->net;
    const bool is_h = f->place.kind == RS_AT_CHANNEL && f->place.k == RS_H;
    const bool on_top = f->place.l == net->layers - 1;
    if (is_h && on_top && net->outputs > 0)
        n = append(terms, n,
                   (rs_term){.kind = RS_BY_WEIGHTS,
                             .from = {RS_AT_Y, 0, 0},
                             .offset = rs_net_block(net, RS_READOUT_WEIGHT, 0)->offset,
                             .rows = net->outputs,
                             .cols = net->hidden,
                             .block = RS_READOUT_WEIGHT});
    if (is_h && !on_top)
        n = input_terms(net, f->place.l + 1, terms, n);
    if (f->place.kind == RS_AT_Y || (is_h && on_top && net->outputs == 0) ||
        (f->place.kind == RS_AT_CHANNEL && net->cell->channels[f->place.k].role == RS_STATE &&
         f->checking->loss->last_state))
        n = append(terms, n, (rs_term){.kind = RS_BY_LOSS});
    return n;
}

size_t rs_terms(const rs_fault *f, rs_term terms[RS_MAX_TERMS])
{
    const rs_net *net = f->d->net;
    size_t n = outer_terms(f, terms, 0);
    if (f->place.kind == RS_AT_X)
        n = input_terms(net, 0, terms, n);
    if (f->place.kind != RS_AT_CHANNEL && f->place.kind != RS_AT_A)
        return n;
    /* what comes from the next step is there before the equations of this one */
    for (int later = 1; later >= 0; later--)
        for (size_t s = net->cell->stages_n; s-- > 0;) {
            rs_term found[RS_MAX_TERMS];
            const size_t here = product_terms(f, s, found, path_terms(f, s, found, 0));
            for (size_t k = 0; k < here; k++)
                if (found[k].shift == later)
                    n = append(terms, n, found[k]);
        }
    return n;
}

rs_variant rs_as_it_is(const rs_term *term)
{
    return (rs_variant){.from = term->from, .offset = term->offset};
}

/* The loss's own share: dy, and the weight of the last state. */
static double loss_term(const rs_fault *f, const rs_sample *s)
{
    const rs_linear *linear = &f->checking->linear;
    const rs_trace *d = f->d;
    const rs_net *net = d->net;
    const size_t O = rs_net_width(net), H = net->hidden;
    const bool is_output = f->place.kind == RS_AT_Y || (net->outputs == 0 && f->place.k == RS_H &&
                                                        f->place.l == net->layers - 1);
    double sum = 0;
    if (is_output && s->t >= 0)
        sum += linear->dy[((size_t)s->t * d->B + s->b) * O + s->u];
    if (f->place.kind == RS_AT_CHANNEL && linear->loss->last_state && s->t == (long)d->T - 1) {
        size_t state = 0;
        for (size_t k = 0; k < f->place.k; k++)
            state += net->cell->channels[k].role == RS_STATE;
        state += f->place.l * rs_cell_states(net->cell);
        sum += linear->loss->last_state[(state * d->B + s->b) * H + s->u];
    }
    return sum;
}

double rs_term_value(const rs_fault *f, const rs_term *term, const rs_variant *variant,
                     const rs_sample *s)
{
    const long t = s->t + term->shift;
    if (term->kind == RS_BY_LOSS)
        return loss_term(f, s);
    if (t < 0 || t >= (long)f->d->T)
        return 0;
    if (term->kind == RS_BY_PATH)
        return rs_slope(&f->checking->linear, f->place.l, (size_t)t, s->b, term->path)[s->u] *
               rs_derivative_at(f, variant->from, t + variant->from_shift, s->b, s->u);
    const double *W = f->checking->parameters + variant->offset;
    double sum = 0;
    for (size_t r = 0; r < term->rows; r++)
        sum += (variant->transposed ? W[s->u * term->cols + r] : W[r * term->cols + s->u]) *
               rs_derivative_at(f, variant->from, t + variant->from_shift, s->b, r);
    return sum;
}

double rs_same(const rs_checking *checking) { return checking->options->single ? 1e-4 : 1e-9; }

bool rs_explains(const rs_fault *f, const double *candidate)
{
    const double same = rs_same(f->checking);
    size_t told = 0, faulty = 0;
    for (size_t k = 0; k < f->n; k++) {
        const rs_sample *s = &f->sample[k];
        if (isnan(candidate[k]))
            continue;
        const double room =
            8 * s->tolerance + same * (fabs(candidate[k]) + fabs(s->expected) + fabs(s->claimed));
        if (!(fabs(s->claimed - candidate[k]) <= room))
            return false;
        told++;
        faulty += fabs(s->claimed - s->expected) > 4 * room;
    }
    return faulty > 0 && 2 * told >= f->n;
}
