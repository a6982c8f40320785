#include "tests/mutants/prose.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A word of n letters, with `before` in front of it. */
static bool is_name(const char *word, size_t n, char before)
{
    static const char *const names[] = {"NaN", "inf", "tanh",   "softmax", "lstm",
                                        "gru", "rnn", "weight", "bias"};
    if (word[n] == '_' || word[n] == '-' || before == '_' || before == '-') /* "weight_hh" */
        return true;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strlen(names[k]) == n && strncmp(names[k], word, n) == 0)
            return true;
    return false;
}

const char *prose_in(const char *text, char word[PROSE_WORD])
{
    bool code = false;
    for (const char *at = text; *at;) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]))
            n++;
        code = code != (*at == '`');
        if (n >= 3 && !code && !is_name(at, n, at > text ? at[-1] : ' ')) {
            (void)snprintf(word, PROSE_WORD, "%.*s", (int)n, at);
            return word;
        }
        at += n > 0 ? n : 1;
    }
    return NULL;
}
