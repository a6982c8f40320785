/* The command line: any words, one a line, must be taken or refused, and never read beyond. */
#include "viz/run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MOST_WORDS = 64 };

/* Cuts text at its line ends. */
static int words_of(char *text, char **words)
{
    int n = 0;
    for (char *word = text; word && n < MOST_WORDS;) {
        char *end = strchr(word, '\n');
        words[n++] = word;
        if (end)
            *end++ = '\0';
        word = end;
    }
    return n;
}

/* What was taken lies within its bounds; what was refused has a line that says so. */
static void judge(rs_status status, const run_options *options, const rs_error *err)
{
    if (status && (status != RS_USAGE || err->text[0] == '\0'))
        abort();
    if (options->hidden > 65536 || options->steps > 10000000 || options->threads > 1024)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char name[] = "fuzz";
    static const usage use = {.command = "fuzz", .summary = "", .words = "[WORD]", .pattern = ""};
    char *words[MOST_WORDS + 2] = {name, NULL};
    char *text = malloc(n + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, n);
    text[n] = '\0';
    const int count = words_of(text, words + 1) + 1;
    run_options options = run_defaults();
    const option_group groups[] = {run_model_group(&options), run_data_group(&options),
                                   run_common_group(&options)};
    rs_error err = {0};
    bool help = false;
    rs_status status = options_parse(&use, groups, COUNT(groups), count, words, &help, &err);
    judge(status, &options, &err);
    free(text);
    return 0;
}
