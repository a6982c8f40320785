/* One diagnosis at work: a derivative's sum, its terms and their values, and the ways in which it
 * can be wrong. Each hypothesis fills in the finding and what it says and returns true if it
 * explains what is claimed. Inside the checker. */
#ifndef RS_SUMS_H
#define RS_SUMS_H

#include "gradcheck/diagnose.h"

typedef struct rs_sums {
    const rs_fault *fault;
    rs_term terms[RS_MAX_TERMS];
    size_t n;
    double *values;    /* [n][samples] each term as it is */
    double *candidate; /* [samples] */
    rs_check_finding *finding;
    rs_phrase *what; /* that the finding says */
} rs_sums;

static inline const double *rs_sums_value(const rs_sums *s, size_t k)
{
    return s->values + k * s->fault->n;
}

/* ---- what hypotheses share ---------------------------------------------------------------------
 */

/* "dc → dc[t−1]" */
const char *rs_sums_path_text(const rs_sums *s, size_t k, char text[100]);

/* Notes the path a finding is about, and its step: the one whose equations go wrong. */
void rs_sums_set_path(const rs_sums *s, size_t k);

/* Whether claimed = Σ weight_k · term_k, with `change` added to the weight 1 of terms in the set.
 */
bool rs_sums_changed(const rs_sums *s, const bool in_set[], double change);

/* Whether claimed = expected − term + the changed term, for the terms in the set. */
bool rs_sums_varied(const rs_sums *s, const bool in_set[], const rs_variant variants[]);

/* Whether a step as a whole was left out: none of its pre-activations has a derivative. */
bool rs_sums_step_skipped(const rs_sums *s, size_t t);

/* Whether two terms come from the same step and the same sort of place: one line of code. */
bool rs_sums_alike(const rs_term *a, const rs_term *b);

/* ---- whole terms (sums_terms.c) ----------------------------------------------------------------
 */
bool rs_sums_left_zero(const rs_sums *s);
bool rs_sums_steps_zero(const rs_sums *s); /* at some steps, or at the initial state */
bool rs_sums_one_term(const rs_sums *s, double change, rs_mistake mistake, rs_phrase_kind says);
bool rs_sums_overwritten(const rs_sums *s);
bool rs_sums_overwritten_where_both_are(const rs_sums *s);
bool rs_sums_group_of_terms(const rs_sums *s);
bool rs_sums_nothing_from_next(const rs_sums *s);
bool rs_sums_two_terms(const rs_sums *s);

/* ---- the sum as a whole (sums_whole.c) ---------------------------------------------------------
 */
bool rs_sums_scaled(const rs_sums *s);
bool rs_sums_scaled_term(const rs_sums *s);
bool rs_sums_exchanged(const rs_sums *s);
bool rs_sums_clipped(const rs_sums *s);
bool rs_sums_renormed(const rs_sums *s);

/* ---- inside a term (sums_inside.c) -------------------------------------------------------------
 */
bool rs_sums_transposed(const rs_sums *s);
bool rs_sums_other_derivative(const rs_sums *s);
bool rs_sums_other_step_everywhere(const rs_sums *s);
bool rs_sums_other_derivative_everywhere(const rs_sums *s);
bool rs_sums_other_weights(const rs_sums *s);
bool rs_sums_weights_from_elsewhere(const rs_sums *s);
bool rs_sums_factor_in_a_term(const rs_sums *s);

#endif
