#include "lessons/engine/exercise_fields.h"

#include "network/net.h"

#include <string.h>

#define BLOCK(type, member, from, kind)                                                            \
    {                                                                                              \
#member, offsetof(type, member), from, kind, NULL                                          \
    }
#define CHANNEL(type, member, from, channel)                                                       \
    {                                                                                              \
#member, offsetof(type, member), from, 0, channel                                          \
    }
#define WEIGHTS(type)                                                                              \
    BLOCK(type, U, PARAMETER, RS_WEIGHT_IH), BLOCK(type, W, PARAMETER, RS_WEIGHT_HH),              \
        BLOCK(type, dU, GRADIENT, RS_WEIGHT_IH), BLOCK(type, dW, GRADIENT, RS_WEIGHT_HH),          \
        BLOCK(type, db, GRADIENT, RS_BIAS_IH), BLOCK(type, x, INPUT, 0),                           \
        BLOCK(type, dx, INPUT_DERIVATIVE, 0), BLOCK(type, da, PREACTIVATION, 0),                   \
        CHANNEL(type, dh, TOTAL, "h"), CHANNEL(type, h_before, VALUE_BEFORE, "h"),                 \
        CHANNEL(type, dh_before, DERIVATIVE_BEFORE, "h")

static const field rnn_fields[] = {WEIGHTS(rnn_step), CHANNEL(rnn_step, h, VALUE, "h"), {0}};

static const field lstm_fields[] = {WEIGHTS(lstm_step),
                                    CHANNEL(lstm_step, c_before, VALUE_BEFORE, "c"),
                                    CHANNEL(lstm_step, i, VALUE, "i"),
                                    CHANNEL(lstm_step, f, VALUE, "f"),
                                    CHANNEL(lstm_step, g, VALUE, "g"),
                                    CHANNEL(lstm_step, o, VALUE, "o"),
                                    CHANNEL(lstm_step, c, VALUE, "c"),
                                    CHANNEL(lstm_step, dc, DERIVATIVE, "c"),
                                    CHANNEL(lstm_step, di, DERIVATIVE, "i"),
                                    CHANNEL(lstm_step, df, DERIVATIVE, "f"),
                                    CHANNEL(lstm_step, dg, DERIVATIVE, "g"),
                                    CHANNEL(lstm_step, d_o, DERIVATIVE, "o"),
                                    CHANNEL(lstm_step, dc_before, DERIVATIVE_BEFORE, "c"),
                                    {0}};

static const field gru_fields[] = {WEIGHTS(gru_step),
                                   BLOCK(gru_step, db_recurrent, GRADIENT, RS_BIAS_HH),
                                   CHANNEL(gru_step, r, VALUE, "r"),
                                   CHANNEL(gru_step, z, VALUE, "z"),
                                   CHANNEL(gru_step, n, VALUE, "n"),
                                   CHANNEL(gru_step, m, VALUE, "m"),
                                   CHANNEL(gru_step, dr, DERIVATIVE, "r"),
                                   CHANNEL(gru_step, dz, DERIVATIVE, "z"),
                                   CHANNEL(gru_step, dn, DERIVATIVE, "n"),
                                   CHANNEL(gru_step, dm, DERIVATIVE, "m"),
                                   {0}};

static const step_kind kinds[] = {{"rnn-backward", "rnn", rnn_fields, false},
                                  {"lstm-backward", "lstm", lstm_fields, false},
                                  {"gru-backward", "gru", gru_fields, true}};

const step_kind *step_kind_named(const char *name)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].name, name) == 0)
            return &kinds[k];
    return NULL;
}
