#include "gradcheck/phrase.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const english[RS_PHRASES] = {
    [RS_SAYS_NOTHING] = "",
    /* where */
    [RS_SAYS_AT_LOSS] = "loss, t={1}: ",
    [RS_SAYS_AT_STEP] = "{1} layer {2}, t={3}: ",
    [RS_SAYS_AT_LAYER] = "{1} layer {2}: ",
    [RS_SAYS_AT_READOUT] = "readout: ",
    [RS_SAYS_AT_EVERY_STEP] = "{1}, at every step: ",
    /* of */
    [RS_SAYS_OF_BLOCK] = "gradient of {1}: ",
    [RS_SAYS_OF_ROWS] = "gradient of {1}, the rows of gate {2}: ",
    /* of a derivative as a whole */
    [RS_SAYS_NAN] = "{1} is not a number (NaN)",
    [RS_SAYS_INFINITE] = "{1} is infinite",
    [RS_SAYS_UNKNOWN] = ("{1} is not what the derivatives it is made of give; none of the usual "
                         "mistakes explains it"),
    [RS_SAYS_ZERO] = "{1} is left zero",
    [RS_SAYS_ZERO_FIRST] = "{1}0 is left zero",
    [RS_SAYS_ZERO_STEP] = "{1} is left zero: the step is skipped",
    [RS_SAYS_FIRST_SKIPPED] =
        "step 0 is skipped: neither {1}0 nor the gates of the step get a derivative",
    [RS_SAYS_STEP_SKIPPED] = "step {1} is skipped: its gates get no derivative, and send none on",
    [RS_SAYS_CUT] = "the gradient is cut between steps {1} and {2}: nothing passes into {3}",
    [RS_SAYS_CUT_EVERY] =
        "the gradient is cut between steps {1} and {2}, every {4}: nothing passes into {3}",
    [RS_SAYS_CUT_EVERY_OR_ONCE] = ("the gradient is cut between steps {1} and {2}, every {4} or "
                                   "only once: nothing passes into {3}"),
    [RS_SAYS_CARRY_LOST] = "nothing of step t's gradient arrives in {1}: the carry is lost",
    [RS_SAYS_SIGN] = "{1} has the wrong sign",
    [RS_SAYS_TIMES] = "{1} is {2} times what it should be",
    [RS_SAYS_EXCHANGED] = "{1} and {2} are exchanged",
    [RS_SAYS_HOLDS] = "{1} holds what belongs in {2}",
    [RS_SAYS_CLIPPED] = "{1} is clipped at ±{2} inside the loop",
    [RS_SAYS_RENORMED] = "{1} is scaled to norm {2} inside the loop",
    /* of a path */
    [RS_SAYS_PATH_MISSING] = "path {1} is missing",
    [RS_SAYS_PATH_NEVER_ADDED] =
        "path {1} is missing: never added, or overwritten by what is added later",
    [RS_SAYS_PATH_SIGN] = "path {1} has the wrong sign",
    [RS_SAYS_PATH_TWICE] = "path {1} is counted twice",
    [RS_SAYS_PATH_TIMES] = "path {1} is {2} times what it should be",
    [RS_SAYS_PATHS_MISSING] = "paths {1} and {2} are missing",
    [RS_SAYS_THROUGH_MISSING] = "path {1} through {2} is missing",
    [RS_SAYS_THROUGH_SIGN] = "path {1} through {2} has the wrong sign",
    [RS_SAYS_THROUGH_TWICE] = "path {1} through {2} is counted twice",
    [RS_SAYS_READOUT_MISSING] = "path {1} through the readout is missing",
    [RS_SAYS_READOUT_SIGN] = "path {1} through the readout has the wrong sign",
    [RS_SAYS_READOUT_TWICE] = "path {1} through the readout is counted twice",
    [RS_SAYS_OVERWRITES_NEXT] = ("path {1} overwrites the derivative, = where += belongs: what was "
                                 "there from the next step is lost"),
    [RS_SAYS_OVERWRITES_ABOVE] =
        ("path {1} overwrites the derivative, = where += belongs: what was "
         "there from above is lost"),
    [RS_SAYS_TRANSPOSED] = "path {1} multiplies by {2} where its transpose belongs",
    [RS_SAYS_TAKES] = "path {1} takes {2} where {3} belongs",
    [RS_SAYS_WEIGHTS_EXCHANGED] = "path {1} has its weights exchanged with those of {2}",
    [RS_SAYS_ROWS_OF_GATE] =
        "path {1} takes the rows of {2} for gate {3} where those for {4} belong",
    [RS_SAYS_LAST_STATE] = ("path loss → {1} takes what belongs to another last state: state {2} "
                            "of layer {3}"),
    /* of a factor */
    [RS_SAYS_FACTOR_MISSING] = "path {1} → {2} is missing ({3} not multiplied by {1})",
    [RS_SAYS_FACTOR_MORE] = "path {1} → {2} is multiplied by {3} once too often",
    [RS_SAYS_FACTOR_OTHER] = "path {1} → {2} has {3} where {4} belongs",
    [RS_SAYS_SLOPE_MISSING] = "the slope {3} is missing on path {1} → {2}",
    [RS_SAYS_SLOPE_OTHER] = "path {1} → {2} is multiplied by {3}, not by its slope",
    [RS_SAYS_SLOPE_REST] = "path {1} → {2} is multiplied by 1 − the slope, not by its slope",
    [RS_SAYS_SLOPE_LEAKS] = ("path {1} → {2} is multiplied by {3} where its slope is 0, and right "
                             "elsewhere, not by its slope"),
    /* of the derivative by the logits */
    [RS_SAYS_MSE_NO_TARGET] = "dy: the target is left out: 2y where 2(y − target) belongs",
    [RS_SAYS_MSE_TARGET_SIGN] = "dy: the target has the wrong sign",
    [RS_SAYS_BCE_LOGIT] =
        "dy: the logit is taken for a probability: y − target where σ(y) − target belongs",
    [RS_SAYS_BCE_NO_TARGET] = "dy: the target is left out of σ(y) − target",
    [RS_SAYS_BCE_SLOPE] = ("dy: σ′(y) is a factor too many: σ(y) − target is the derivative by the "
                           "logit already"),
    [RS_SAYS_BCE_BY_PROBABILITY] =
        "dy: σ′(y) is missing: it is the derivative by the probability, not by the logit",
    [RS_SAYS_XENT_NO_ONE] = "dy: the 1 of the label is not taken from the softmax",
    [RS_SAYS_XENT_NOT_DIVIDED] =
        "dy: e^y stands where the softmax belongs: it is not divided by its sum",
    [RS_SAYS_XENT_LOGIT] = "dy: y stands where the softmax belongs",
    [RS_SAYS_XENT_SIGMOID] = "dy: σ(y) stands where the softmax belongs",
    [RS_SAYS_XENT_AFTER] = "dy: the 1 is taken from the entry after the label's",
    [RS_SAYS_XENT_BEFORE] = "dy: the 1 is taken from the entry before the label's",
    [RS_SAYS_XENT_SLOPE] = ("dy: the softmax's own slope is a factor too many: softmax − onehot is "
                            "the derivative already"),
    /* of the gradient of a block */
    [RS_SAYS_IT_IS_WRONG] = "it is wrong",
    [RS_SAYS_IT_UNKNOWN] = ("it is not what the derivatives of its step give; none of the usual "
                            "mistakes explains it"),
    [RS_SAYS_IT_ZERO] = "it is left zero",
    [RS_SAYS_IT_SIGN] = "it has the wrong sign",
    [RS_SAYS_IT_TIMES] = "it is {1} times what it should be",
    [RS_SAYS_IT_TWICE] = "it is {1} times what it should be: counted twice",
    [RS_SAYS_IT_MEAN] =
        "it is {1} times what it should be: averaged over steps and sequences, not summed",
    [RS_SAYS_IT_MEAN_OF_STEPS] =
        "it is {1} times what it should be: averaged over steps, not summed",
    [RS_SAYS_IT_MEAN_OF_SEQUENCES] =
        "it is {1} times what it should be: averaged over sequences, not summed",
    [RS_SAYS_IT_ONLY_STEP] = "only step {1} is in it: = where += belongs",
    [RS_SAYS_IT_ONLY_SEQUENCE] = "only sequence {1} is in it",
    [RS_SAYS_IT_ONLY_STEP_OF] = "only step {1} of sequence {2} is in it: = where += belongs",
    [RS_SAYS_IT_WITHOUT_STEP] = "step {1} is left out of the sum",
    [RS_SAYS_IT_WITHOUT_SEQUENCE] = "sequence {1} is left out of the sum",
    [RS_SAYS_IT_MULTIPLIES] = "it multiplies by {1} where {2} belongs",
    [RS_SAYS_IT_SUMS] = "it sums {1} where {2} belongs",
    [RS_SAYS_IT_SUMS_GATE] = "it sums {1}, the derivative after the activation, where {2} belongs",
    [RS_SAYS_IT_TRANSPOSED] = "it is transposed",
    [RS_SAYS_IT_CLIPPED] = "it is clipped at ±{1}",
    /* which */
    [RS_SAYS_IN_UNIT] = ", in unit {1} alone",
    [RS_SAYS_IN_UNITS_BUT] = ", in all units but {1}",
    [RS_SAYS_IN_UNITS] = ", in {1} of {2} units",
    [RS_SAYS_IN_SEQUENCE] = ", in sequence {1} alone",
    [RS_SAYS_IN_SEQUENCES_BUT] = ", in all sequences but {1}",
    [RS_SAYS_IN_SEQUENCES] = ", in {1} of {2} sequences",
    [RS_SAYS_OTHER_STEPS] = "; other steps are wrong in another way",
    /* times */
    [RS_SAYS_AT_STEPS] = ", at {1} of {2} steps",
    [RS_SAYS_ONLY_HERE] = ", only here",
    /* numbers */
    [RS_SAYS_NUMBERS] = " [it is {1} where {2} is right: b={3}, unit {4}]",
    [RS_SAYS_ALL_ENTRIES] = " [a pass with this one mistake gives all {1} entries as claimed]"};

const char *rs_phrase_english(rs_phrase_kind kind) { return english[kind]; }

void rs_say(rs_phrase *phrase, rs_phrase_kind kind, const char *values, ...)
{
    va_list arguments;
    va_start(arguments, values);
    phrase->kind = kind;
    (void)vsnprintf(phrase->values, sizeof phrase->values, values, arguments);
    va_end(arguments);
}

/* Value k, from 0, and its length. */
static const char *value_of(const rs_phrase *phrase, size_t k, size_t *n)
{
    const char *at = phrase->values;
    for (; k > 0 && *at; k--) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    *n = strcspn(at, "\n");
    return at;
}

static bool is_place(const char *at)
{
    return at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}';
}

size_t rs_phrase_fill(const rs_phrase *phrase, const char *with, char *text, size_t room)
{
    size_t used = 0;
    while (*with && used + 1 < room) {
        size_t n = 1;
        const char *from = with;
        with += is_place(with) ? 3 : 1;
        if (is_place(from))
            from = value_of(phrase, (size_t)(from[1] - '1'), &n);
        n = n < room - 1 - used ? n : room - 1 - used;
        memcpy(text + used, from, n);
        used += n;
    }
    if (room > 0)
        text[used] = '\0';
    return used;
}

void rs_phrases_write(const rs_phrase *phrases, size_t n, char *text, size_t room)
{
    size_t used = 0;
    for (size_t k = 0; k < n; k++)
        used += rs_phrase_fill(&phrases[k], rs_phrase_english(phrases[k].kind), text + used,
                               room - used);
}
