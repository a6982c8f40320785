/* The parts of the mutation run: building one mutant, and judging what its probe said. */
#ifndef MUTANTS_RUN_H
#define MUTANTS_RUN_H

#include "tests/mutants/catalogue.h"

enum { MOST_PATH = 512 };

/* The settings of a mutant that names none. */
#define MUTANTS_SETTINGS "layers=1", "layers=3 batch=3 steps=9"

/* The folder in which a mutant is built. */
void mutant_folder(char folder[MOST_PATH], const char *build, const char *id);

/* In a process of its own: builds the mutant under `build` (unless it is there already, and newer
 * than the library) and runs its probe over all its cells, settings and `seeds` seeds; what the
 * probe printed is then in the folder's file `findings`. CC and CFLAGS of the environment compile.
 * A mutant without edits is the library as it is. Returns the exit code. */
int mutant_build_and_probe(const mt_mutant *mutant, const char *build, const char *seeds);

/* What came of a mutant on one cell. */
typedef struct mt_score {
    size_t runs, changed, caught, located, named; /* runs for which each holds */
} mt_score;

/* One line of a probe, cut into its fields. */
typedef struct mt_finding {
    char *cell, *settings, *seed, *error, *verdict, *layer, *t, *node, *kind, *text, *others;
} mt_finding;

/* Cuts a line of `findings` up in place; 0 if it is none. */
int finding_read(mt_finding *finding, char *line);

/* Adds a run to the score; 0 if something that the mutant asks for was missed. */
int finding_judge(const mt_finding *finding, const mt_mutant *mutant, mt_score *score);

/* Whether a run of the library as it is was accused: in double precision it must agree, and does by
 * the probe's own comparison; in single precision the check may also be unable to decide. */
int finding_accuses(const mt_finding *finding);

#endif
