/* What the checker says of a mistake, as data: which sentence it is, and the values that stand in
 * it. The library says it in English (rs_check_finding.text); who has words of another language for
 * each kind fills the same values into those:
 *
 *     rs_phrase what = {0};
 *     rs_say(&what, RS_SAYS_TAKES, "%s\n%s\n%s", "dc → df", "dc[t−1]", "dc");
 *     rs_phrase_fill(&what, "path {1} takes {2} where {3} belongs", text, sizeof text);
 */
#ifndef RS_PHRASE_H
#define RS_PHRASE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rs_phrase_kind {
    RS_SAYS_NOTHING,
    /* where: the place of the finding */
    RS_SAYS_AT_LOSS,
    RS_SAYS_AT_STEP,
    RS_SAYS_AT_LAYER,
    RS_SAYS_AT_READOUT,
    RS_SAYS_AT_EVERY_STEP,
    /* of: the gradient of a block */
    RS_SAYS_OF_BLOCK,
    RS_SAYS_OF_ROWS,
    /* what: of a derivative as a whole */
    RS_SAYS_NAN,
    RS_SAYS_INFINITE,
    RS_SAYS_UNKNOWN,
    RS_SAYS_ZERO,
    RS_SAYS_ZERO_FIRST,
    RS_SAYS_ZERO_STEP,
    RS_SAYS_FIRST_SKIPPED,
    RS_SAYS_STEP_SKIPPED,
    RS_SAYS_CUT,
    RS_SAYS_CUT_EVERY,
    RS_SAYS_CUT_EVERY_OR_ONCE,
    RS_SAYS_CARRY_LOST,
    RS_SAYS_SIGN,
    RS_SAYS_TIMES,
    RS_SAYS_EXCHANGED,
    RS_SAYS_HOLDS,
    RS_SAYS_CLIPPED,
    RS_SAYS_RENORMED,
    /* of a path */
    RS_SAYS_PATH_MISSING,
    RS_SAYS_PATH_NEVER_ADDED,
    RS_SAYS_PATH_SIGN,
    RS_SAYS_PATH_TWICE,
    RS_SAYS_PATH_TIMES,
    RS_SAYS_PATHS_MISSING,
    RS_SAYS_THROUGH_MISSING,
    RS_SAYS_THROUGH_SIGN,
    RS_SAYS_THROUGH_TWICE,
    RS_SAYS_READOUT_MISSING,
    RS_SAYS_READOUT_SIGN,
    RS_SAYS_READOUT_TWICE,
    RS_SAYS_OVERWRITES_NEXT,
    RS_SAYS_OVERWRITES_ABOVE,
    RS_SAYS_TRANSPOSED,
    RS_SAYS_TAKES,
    RS_SAYS_WEIGHTS_EXCHANGED,
    RS_SAYS_ROWS_OF_GATE,
    RS_SAYS_LAST_STATE,
    /* of a factor on a path */
    RS_SAYS_FACTOR_MISSING,
    RS_SAYS_FACTOR_MORE,
    RS_SAYS_FACTOR_OTHER,
    RS_SAYS_SLOPE_MISSING,
    RS_SAYS_SLOPE_OTHER,
    RS_SAYS_SLOPE_REST,
    RS_SAYS_SLOPE_LEAKS,
    /* of the derivative by the logits */
    RS_SAYS_MSE_NO_TARGET,
    RS_SAYS_MSE_TARGET_SIGN,
    RS_SAYS_BCE_LOGIT,
    RS_SAYS_BCE_NO_TARGET,
    RS_SAYS_BCE_SLOPE,
    RS_SAYS_BCE_BY_PROBABILITY,
    RS_SAYS_XENT_NO_ONE,
    RS_SAYS_XENT_NOT_DIVIDED,
    RS_SAYS_XENT_LOGIT,
    RS_SAYS_XENT_SIGMOID,
    RS_SAYS_XENT_AFTER,
    RS_SAYS_XENT_BEFORE,
    RS_SAYS_XENT_SLOPE,
    /* of the gradient of a block, "it" */
    RS_SAYS_IT_IS_WRONG,
    RS_SAYS_IT_UNKNOWN,
    RS_SAYS_IT_ZERO,
    RS_SAYS_IT_SIGN,
    RS_SAYS_IT_TIMES,
    RS_SAYS_IT_TWICE,
    RS_SAYS_IT_MEAN,
    RS_SAYS_IT_MEAN_OF_STEPS,
    RS_SAYS_IT_MEAN_OF_SEQUENCES,
    RS_SAYS_IT_ONLY_STEP,
    RS_SAYS_IT_ONLY_SEQUENCE,
    RS_SAYS_IT_ONLY_STEP_OF,
    RS_SAYS_IT_WITHOUT_STEP,
    RS_SAYS_IT_WITHOUT_SEQUENCE,
    RS_SAYS_IT_MULTIPLIES,
    RS_SAYS_IT_SUMS,
    RS_SAYS_IT_SUMS_GATE,
    RS_SAYS_IT_TRANSPOSED,
    RS_SAYS_IT_CLIPPED,
    /* which: the part of the numbers that it is true of */
    RS_SAYS_IN_UNIT,
    RS_SAYS_IN_UNITS_BUT,
    RS_SAYS_IN_UNITS,
    RS_SAYS_IN_SEQUENCE,
    RS_SAYS_IN_SEQUENCES_BUT,
    RS_SAYS_IN_SEQUENCES,
    RS_SAYS_OTHER_STEPS,
    /* times */
    RS_SAYS_AT_STEPS,
    RS_SAYS_ONLY_HERE,
    /* numbers: what is claimed, and what is right */
    RS_SAYS_NUMBERS,
    RS_SAYS_ALL_ENTRIES,
    RS_PHRASES
} rs_phrase_kind;

enum { RS_PHRASE_VALUES = 256 };

typedef struct rs_phrase {
    rs_phrase_kind kind;
    char values[RS_PHRASE_VALUES]; /* a line each: names, numbers */
} rs_phrase;

/* values: the format of a line for each value of the sentence. */
void rs_say(rs_phrase *phrase, rs_phrase_kind kind, const char *values, ...) RS_PRINTF(3, 4);

/* The English sentence, with {1} where the first value stands; it may hold a value twice. */
const char *rs_phrase_english(rs_phrase_kind kind);

/* The sentence `with` with the phrase's values, into text [room], cut off where that ends; returns
 * how much of it was written. A value that the phrase has not is empty. */
size_t rs_phrase_fill(const rs_phrase *phrase, const char *with, char *text, size_t room);

/* n phrases in a row, in English. */
void rs_phrases_write(const rs_phrase *phrases, size_t n, char *text, size_t room);

#endif
