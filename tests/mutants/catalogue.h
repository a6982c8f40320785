/* The catalogue of planted bugs: text files of blocks, one a bug.
 *
 *     mutant: L3
 *     title:  dc[t-1] without f
 *     file:   lib/cells/lstm.c
 *     before: dc_before[u] += dc[u] * f[u];
 *     after:  dc_before[u] += dc[u];
 *     cell:   lstm
 *     with:   layers=2 batch=3
 *     node:   c
 *     layer:  -1
 *     t:      -2
 *     kind:   factor
 *     says:   f
 *
 * before, after   an edit of the file. White space in `before` stands for any run of it, so that
 *                 the code may be wrapped otherwise; the rest is exact, and must occur exactly
 * once. Several pairs make several edits. cell            the cells it shows on, one run each with
 * settings of the probe (see problem.h), one run each line; without one, the usual two, a single
 * layer and three layers node            where a finding must place it: one of these. Missing:
 * anywhere. kind            the diagnosis it must have: one of these. Missing: any, the bug then
 * counts as not to be named. says            words of which each must stand in the sentence
 *
 * A line that starts with # is a comment, an empty line ends a block. */
#ifndef MUTANTS_CATALOGUE_H
#define MUTANTS_CATALOGUE_H

#include "base/error.h"

#include <stddef.h>

enum { MOST_EDITS = 4, MOST_SETTINGS = 64 };

typedef struct mt_mutant {
    const char *id, *title, *file, *cells, *nodes, *layers, *steps, *kinds, *says;
    const char *before[MOST_EDITS], *after[MOST_EDITS], *with[MOST_SETTINGS];
    size_t befores_n, afters_n, with_n;
} mt_mutant;

typedef struct mt_catalogue {
    mt_mutant *mutants;
    size_t n;
    char **texts; /* [texts_n] the files; the mutants point into them */
    size_t texts_n;
} mt_catalogue;

/* Adds the blocks of a file. RS_OPEN, RS_DATA with file and line. Zero the catalogue first. */
rs_status catalogue_read(mt_catalogue *catalogue, const char *path, rs_error *err);
void catalogue_free(mt_catalogue *catalogue);

/* The source with the mutant's edits, for the caller to free; NULL with err if one of them does not
 * apply exactly once. */
char *mutant_apply(const mt_mutant *mutant, const char *source, rs_error *err);

/* The whole of a text file, for the caller to free; NULL with err. */
char *mt_read_text(const char *path, rs_error *err);

/* Whether `word` is one of the words of `list`, which are parted by blanks. */
int mt_has_word(const char *list, const char *word);

#endif
