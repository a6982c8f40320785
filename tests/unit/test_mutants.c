/* The catalogue of planted bugs: that each edit still applies, and how a finding is judged. The run
 * itself is `make mutants`. */
#include "tests/unit/test.h"

#include "cells/cell.h"
#include "tests/mutants/run.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes a catalogue of this text into a file under /tmp, reads it, removes the file. */
static rs_status read_catalogue_text(mt_catalogue *catalogue, const char *text, rs_error *err)
{
    char path[] = "/tmp/rnnscope-mutants-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
    const rs_status status = catalogue_read(catalogue, path, err);
    assert_int_equal(unlink(path), 0);
    return status;
}

static void mutants_edits_apply_to_the_sources(void **state)
{
    (void)state;
    mt_catalogue catalogue = {0};
    glob_t files = {0};
    assert_int_equal(glob("tests/mutants/catalogue/*.txt", 0, NULL, &files), 0);
    for (size_t k = 0; k < files.gl_pathc; k++)
        assert_int_equal(catalogue_read(&catalogue, files.gl_pathv[k], NULL), RS_OK);
    globfree(&files);
    assert_true(catalogue.n >= 75);
    for (size_t k = 0; k < catalogue.n; k++) {
        rs_error err = {0};
        char *source = mt_read_text(catalogue.mutants[k].file, &err);
        assert_non_null(source);
        char *mutated = mutant_apply(&catalogue.mutants[k], source, &err);
        if (!mutated)
            fail_msg("%s", err.text);
        assert_string_not_equal(mutated, source);
        free(mutated);
        free(source);
    }
    catalogue_free(&catalogue);
}

static void mutants_of_the_catalogue_name_known_cells(void **state)
{
    (void)state;
    mt_catalogue catalogue = {0};
    glob_t files = {0};
    assert_int_equal(glob("tests/mutants/catalogue/*.txt", 0, NULL, &files), 0);
    for (size_t k = 0; k < files.gl_pathc; k++)
        assert_int_equal(catalogue_read(&catalogue, files.gl_pathv[k], NULL), RS_OK);
    globfree(&files);
    for (size_t k = 0; k < catalogue.n; k++) {
        char cells[128], *rest = NULL;
        (void)snprintf(cells, sizeof cells, "%s", catalogue.mutants[k].cells);
        for (char *cell = strtok_r(cells, " ", &rest); cell; cell = strtok_r(NULL, " ", &rest))
            assert_non_null(rs_cell_named(cell));
    }
    catalogue_free(&catalogue);
}

static const char one_block[] = "# a comment\n"
                                "\n"
                                "mutant: A1\n"
                                "title:  the sign\n"
                                "file:   lib/a.c\n"
                                "before: y = x  +\n"
                                "after:  y = x -\n"
                                "before: two\n"
                                "after:  three\n"
                                "cell:   lstm gru\n"
                                "with:   layers=2\n"
                                "with:   layers=3\n";

static void mutants_blocks_are_read(void **state)
{
    (void)state;
    mt_catalogue catalogue = {0};
    assert_int_equal(read_catalogue_text(&catalogue, one_block, NULL), RS_OK);
    assert_int_equal(catalogue.n, 1);
    const mt_mutant *mutant = &catalogue.mutants[0];
    assert_string_equal(mutant->id, "A1");
    assert_string_equal(mutant->before[0], "y = x  +");
    assert_string_equal(mutant->after[1], "three");
    assert_int_equal(mutant->befores_n, 2);
    assert_int_equal(mutant->with_n, 2);
    assert_string_equal(mutant->with[1], "layers=3");
    assert_null(mutant->kinds);
    catalogue_free(&catalogue);
}

static void mutants_edits_ignore_how_code_is_wrapped(void **state)
{
    (void)state;
    mt_catalogue catalogue = {0};
    rs_error err = {0};
    assert_int_equal(read_catalogue_text(&catalogue, one_block, NULL), RS_OK);
    char *mutated = mutant_apply(catalogue.mutants, "a;\ny = x\n    + 1; two;", &err);
    assert_non_null(mutated);
    assert_string_equal(mutated, "a;\ny = x - 1; three;");
    free(mutated);
    assert_null(mutant_apply(catalogue.mutants, "y = x + 1;", &err));
    assert_non_null(strstr(err.text, "mutant A1 applies 0 times"));
    assert_null(mutant_apply(catalogue.mutants, "y = x + 1; two; two;", &err));
    assert_non_null(strstr(err.text, "mutant A1 applies 2 times"));
    catalogue_free(&catalogue);
}

#define BLOCK_A "mutant: A\ntitle: t\nfile: f\nbefore: x\nafter: y\ncell: rnn\n\n"

static void mutants_damaged_catalogues_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "mutant: A\ntitle: t\n",                                  /* not whole */
        "mutant: A\ncolour: red\n",                               /* no field */
        "mutant A\n",                                             /* no colon */
        "mutant: A\nmutant: B\n",                                 /* twice */
        "mutant: A\nafter: x\n",                                  /* no before */
        "mutant: A\ntitle: t\nfile: f\nbefore: x\ncell: rnn\n\n", /* no after */
        (BLOCK_A BLOCK_A),                                        /* the same name again */
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        mt_catalogue catalogue = {0};
        rs_error err = {0};
        assert_int_equal(read_catalogue_text(&catalogue, texts[k], &err), RS_DATA);
        assert_true(strlen(err.text) > 0);
        catalogue_free(&catalogue);
    }
}

/* Judges a run of lstm, with an error and a verdict, layer, step, node, mistake, sentence, and the
 * nodes of other findings, against a mutant that must be found at c in the last layer and the step
 * before the last, or in step 0, be called "factor", and say f and missing. */
static int judge_fields(const char *fields, mt_score *score)
{
    const mt_mutant mutant = {
        .nodes = "c c0", .layers = "-1", .steps = "-2 0", .kinds = "factor", .says = "f missing"};
    char text[256];
    mt_finding finding;
    (void)snprintf(text, sizeof text, "lstm\tlayers=2\t1\t%s", fields);
    assert_true(finding_read(&finding, text));
    return finding_judge(&finding, &mutant, score);
}

static void mutants_findings_are_judged(void **state)
{
    (void)state;
    mt_score score = {0};
    /* all right, four times */
    assert_true(judge_fields("0.1\twrong\t1 of 2\t4 of 6\tc\tfactor\tf is missing\t", &score));
    assert_true(judge_fields("0.1\twrong\t1 of 2\t4 of 6\tc\tfactor\tf is missing\tc c0", &score));
    assert_true(judge_fields("inf\twrong\t1 of 2\t0 of 6\tc0\tfactor\tf is missing\t", &score));
    assert_true(judge_fields("1e-7\twrong\t1 of 2\t4 of 6\tc\tfactor\tmissing: f\tc", &score));
    assert_int_equal(score.named, 4);
    /* located, not named: another word, another mistake */
    assert_false(judge_fields("0.1\twrong\t1 of 2\t4 of 6\tc\tfactor\to is missing\t", &score));
    assert_false(judge_fields("0.1\twrong\t1 of 2\t4 of 6\tc\tsign\tf is missing\t", &score));
    assert_int_equal(score.located, 6);
    /* caught, not located: node, another node accused too, layer, step, no step, nothing */
    assert_false(judge_fields("0.1\twrong\t1 of 2\t4 of 6\th\tfactor\tf is missing\t", &score));
    assert_false(judge_fields("0.1\twrong\t1 of 2\t4 of 6\tc\tfactor\tf is missing\th", &score));
    assert_false(judge_fields("0.1\twrong\t0 of 2\t4 of 6\tc\tfactor\tf is missing\t", &score));
    assert_false(judge_fields("0.1\twrong\t1 of 2\t3 of 6\tc\tfactor\tf is missing\t", &score));
    assert_false(judge_fields("0.1\twrong\t1 of 2\t\tc\tfactor\tf is missing\t", &score));
    assert_false(judge_fields("0.1\twrong\t\t\t\t\t\t", &score));
    assert_int_equal(score.caught, 12);
    /* not caught, and no change at all */
    assert_false(judge_fields("0.1\tagrees\t\t\t\t\t\t", &score));
    assert_false(judge_fields("1e-15\twrong\t1 of 2\t4 of 6\tc\tfactor\tf is missing\t", &score));
    assert_int_equal(score.runs, 14);
    assert_int_equal(score.changed, 13);
    assert_int_equal(score.caught, 13);
    assert_int_equal(score.located, 7);
    assert_int_equal(score.named, 5);
}

static int accuses(const char *fields)
{
    char text[256];
    mt_finding finding;
    (void)snprintf(text, sizeof text, "%s\t\t\t\t\t\t", fields);
    assert_true(finding_read(&finding, text));
    return finding_accuses(&finding);
}

static void mutants_accusations_of_right_code_are_seen(void **state)
{
    (void)state;
    assert_false(accuses("lstm\tlayers=2\t1\t1e-15\tagrees"));
    assert_true(accuses("lstm\tlayers=2\t1\t1e-15\twrong"));
    assert_true(accuses("lstm\tlayers=2\t1\t1e-15\tinconclusive"));
    assert_true(accuses("lstm\tlayers=2\t1\t1e-3\tagrees"));
    assert_true(accuses("lstm\tlayers=2\t1\t-nan\tagrees"));
    assert_true(accuses("lstm\tdtype=f32\t1\t1e-15\twrong"));
    assert_false(accuses("lstm\tdtype=f32\t1\t1e-15\tinconclusive"));
}

const struct CMUnitTest mutants_tests[] = {
    cmocka_unit_test(mutants_edits_apply_to_the_sources),
    cmocka_unit_test(mutants_of_the_catalogue_name_known_cells),
    cmocka_unit_test(mutants_blocks_are_read),
    cmocka_unit_test(mutants_edits_ignore_how_code_is_wrapped),
    cmocka_unit_test(mutants_damaged_catalogues_are_refused),
    cmocka_unit_test(mutants_findings_are_judged),
    cmocka_unit_test(mutants_accusations_of_right_code_are_seen),
};
const size_t mutants_tests_n = TESTS_N(mutants_tests);
