/* Inside a term of a sum: another derivative, another matrix, another factor. */
#include "gradcheck/sums.h"

#include <stdio.h>

static const char *weights_text(const rs_term *term)
{
    return term->block == RS_WEIGHT_HH ? "W_hh" : term->block == RS_WEIGHT_IH ? "W_ih" : "V";
}

bool rs_sums_transposed(const rs_sums *s)
{
    for (size_t k = 0; k < s->n; k++) {
        const rs_term *term = &s->terms[k];
        if (term->kind != RS_BY_WEIGHTS || term->rows != term->cols)
            continue;
        for (int whole = 1; whole >= 0; whole--) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            char text[100];
            for (size_t j = 0; j < s->n; j++) {
                in_set[j] = whole ? rs_sums_alike(&s->terms[j], term) : j == k;
                variants[j] = rs_as_it_is(&s->terms[j]);
                variants[j].transposed = true;
            }
            if (!rs_sums_varied(s, in_set, variants))
                continue;
            s->finding->mistake = RS_TRANSPOSED;
            rs_sums_set_path(s, k);
            rs_say(s->what, RS_SAYS_TRANSPOSED, "%s\n%s", rs_sums_path_text(s, k, text),
                   weights_text(term));
            return true;
        }
    }
    return false;
}

static bool say_derivative(const rs_sums *s, size_t k, rs_place other, long shift)
{
    char text[100], name[48], right[48];
    const rs_net *net = s->fault->d->net;
    s->finding->mistake = RS_DERIVATIVE;
    rs_sums_set_path(s, k);
    rs_say(s->what, RS_SAYS_TAKES, "%s\n%s\n%s", rs_sums_path_text(s, k, text),
           rs_place_text(net, other, shift, name), rs_place_text(net, s->terms[k].from, 0, right));
    return true;
}

/* Another derivative in a term: of another channel or gate, of another step. */
bool rs_sums_other_derivative(const rs_sums *s)
{
    const rs_cell *cell = s->fault->d->net->cell;
    for (size_t k = 0; k < s->n; k++)
        for (long shift = -1; shift <= 1; shift++)
            for (size_t j = 0; j < cell->channels_n + cell->gates_n; j++) {
                bool in_set[RS_MAX_TERMS] = {false};
                rs_variant variants[RS_MAX_TERMS];
                const bool of_a = j >= cell->channels_n;
                const rs_place other = {of_a ? RS_AT_A : RS_AT_CHANNEL, s->terms[k].from.l,
                                        of_a ? j - cell->channels_n : j};
                if (s->terms[k].kind == RS_BY_LOSS || s->terms[k].from.kind == RS_AT_Y ||
                    (!of_a && !s->fault->d->layer[other.l].d[j]))
                    continue;
                in_set[k] = true;
                variants[k] = rs_as_it_is(&s->terms[k]);
                variants[k].from = other;
                variants[k].from_shift = shift;
                if (rs_sums_varied(s, in_set, variants))
                    return say_derivative(s, k, other, shift);
            }
    return false;
}

/* All gates of a product take the derivative of another step. */
bool rs_sums_other_step_everywhere(const rs_sums *s)
{
    for (size_t k = 0; k < s->n; k++)
        for (long shift = -1; shift <= 1; shift += 2) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            if (s->terms[k].kind != RS_BY_WEIGHTS)
                continue;
            for (size_t j = 0; j < s->n; j++) {
                in_set[j] = rs_sums_alike(&s->terms[j], &s->terms[k]);
                variants[j] = rs_as_it_is(&s->terms[j]);
                variants[j].from_shift = shift;
            }
            if (rs_sums_varied(s, in_set, variants))
                return say_derivative(s, k, s->terms[k].from, shift);
        }
    return false;
}

/* All gates of a product take the derivative of the gate in place of its pre-activation's (or the
 * one channel h). */
bool rs_sums_other_derivative_everywhere(const rs_sums *s)
{
    const rs_cell *cell = s->fault->d->net->cell;
    for (size_t k = 0; k < s->n; k++) {
        bool in_set[RS_MAX_TERMS] = {false};
        rs_variant variants[RS_MAX_TERMS];
        if (s->terms[k].kind != RS_BY_WEIGHTS || s->terms[k].from.kind != RS_AT_A)
            continue;
        for (size_t j = 0; j < s->n; j++) {
            in_set[j] =
                rs_sums_alike(&s->terms[j], &s->terms[k]) && s->terms[j].from.kind == RS_AT_A;
            variants[j] = rs_as_it_is(&s->terms[j]);
            if (in_set[j])
                variants[j].from = (rs_place){RS_AT_CHANNEL, s->terms[j].from.l,
                                              (size_t)cell->gates[s->terms[j].from.k]};
        }
        if (rs_sums_varied(s, in_set, variants))
            return say_derivative(s, k, variants[k].from, 0);
    }
    return false;
}

/* Two gates' rows of a weight matrix changed over. */
bool rs_sums_other_weights(const rs_sums *s)
{
    for (size_t a = 0; a < s->n; a++)
        for (size_t b = a + 1; b < s->n; b++) {
            bool in_set[RS_MAX_TERMS] = {false};
            rs_variant variants[RS_MAX_TERMS];
            char first[100], second[48];
            if (s->terms[a].kind != RS_BY_WEIGHTS || !rs_sums_alike(&s->terms[a], &s->terms[b]))
                continue;
            in_set[a] = in_set[b] = true;
            variants[a] = rs_as_it_is(&s->terms[a]);
            variants[b] = rs_as_it_is(&s->terms[b]);
            variants[a].offset = s->terms[b].offset;
            variants[b].offset = s->terms[a].offset;
            if (!rs_sums_varied(s, in_set, variants))
                continue;
            s->finding->mistake = RS_EXCHANGED;
            rs_sums_set_path(s, a);
            rs_say(s->what, RS_SAYS_WEIGHTS_EXCHANGED, "%s\n%s", rs_sums_path_text(s, a, first),
                   rs_place_text(s->fault->d->net, s->terms[b].from, 0, second));
            return true;
        }
    return false;
}

/* The terms of one product, or term k of it alone, with weights `further` numbers on; false if
 * those are not all in the block. */
static bool weights_moved(const rs_sums *s, size_t k, bool whole, const rs_block *block,
                          ptrdiff_t further)
{
    const size_t each = s->terms[k].rows * s->terms[k].cols;
    const ptrdiff_t first = (ptrdiff_t)block->offset,
                    end = first + (ptrdiff_t)(block->rows * block->cols - each);
    rs_variant variants[RS_MAX_TERMS];
    bool in_set[RS_MAX_TERMS] = {false};
    for (size_t j = 0; j < s->n; j++) {
        const ptrdiff_t offset = (ptrdiff_t)s->terms[j].offset + further;
        in_set[j] = whole ? rs_sums_alike(&s->terms[j], &s->terms[k]) : j == k;
        variants[j] = rs_as_it_is(&s->terms[j]);
        if (in_set[j] && (offset < first || offset > end))
            return false;
        if (in_set[j])
            variants[j].offset = (size_t)offset;
    }
    return rs_sums_varied(s, in_set, variants);
}

static bool say_weights(const rs_sums *s, size_t k, const rs_block *block, size_t gate)
{
    const rs_net *net = s->fault->d->net;
    const rs_block *own = block;
    char text[100];
    for (size_t j = 0; j < net->blocks_n; j++)
        if (s->terms[k].offset >= net->blocks[j].offset)
            own = &net->blocks[j];
    const size_t right = (s->terms[k].offset - own->offset) / (s->terms[k].rows * s->terms[k].cols);
    s->finding->mistake = RS_VALUE;
    rs_sums_set_path(s, k);
    if (own != block)
        rs_say(s->what, RS_SAYS_TAKES, "%s\n%s\n%s", rs_sums_path_text(s, k, text), block->name,
               own->name);
    else
        rs_say(s->what, RS_SAYS_ROWS_OF_GATE, "%s\n%s\n%s\n%s", rs_sums_path_text(s, k, text),
               own->name, net->cell->channels[net->cell->gates[gate]].name,
               net->cell->channels[net->cell->gates[right]].name);
    return true;
}

/* Weights of another gate, another layer, or W_hh for W_ih. */
bool rs_sums_weights_from_elsewhere(const rs_sums *s)
{
    const rs_net *net = s->fault->d->net;
    for (size_t k = 0; k < s->n; k++)
        for (size_t b = 0; b < net->blocks_n; b++) {
            const rs_block *block = &net->blocks[b];
            const size_t each = s->terms[k].rows * s->terms[k].cols;
            if (s->terms[k].kind != RS_BY_WEIGHTS || s->terms[k].block == RS_READOUT_WEIGHT ||
                block->cols != s->terms[k].cols || block->kind > RS_WEIGHT_HH)
                continue;
            for (size_t gate = 0; gate < net->cell->gates_n; gate++) {
                const ptrdiff_t further =
                    (ptrdiff_t)(block->offset + gate * each) - (ptrdiff_t)s->terms[k].offset;
                if (further != 0 && (weights_moved(s, k, true, block, further) ||
                                     weights_moved(s, k, false, block, further)))
                    return say_weights(s, k, block, gate);
            }
        }
    return false;
}

bool rs_sums_factor_in_a_term(const rs_sums *s)
{
    for (size_t k = 0; k < s->n; k++) {
        if (s->terms[k].kind != RS_BY_PATH)
            continue;
        for (size_t j = 0; j < s->fault->n; j++)
            s->candidate[j] =
                s->fault->sample[j].claimed - s->fault->sample[j].expected + rs_sums_value(s, k)[j];
        if (rs_diagnose_factor(s->fault, &s->terms[k], s->candidate, s->finding)) {
            rs_sums_set_path(s, k);
            return true;
        }
    }
    return false;
}
