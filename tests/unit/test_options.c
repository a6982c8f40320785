/* The parser of the command line, without the program around it. */
#include "tests/unit/test.h"

#include "viz/nearest.h"
#include "viz/options.h"
#include "viz/run.h"

#include <math.h>
#include <string.h>

typedef struct values {
    bool flag;
    size_t size;
    uint64_t seed;
    double number;
    const char *text, *choice, *word;
} values;

static const char *colour(size_t k)
{
    static const char *const names[] = {"green", "violet", "blue"};
    return k < 3 ? names[k] : NULL;
}

static const option rows[] = {
    {.name = "--flag", .kind = OPTION_FLAG, .offset = offsetof(values, flag), .help = ""},
    {.name = "--size",
     .value = "N",
     .kind = OPTION_SIZE,
     .low = 2,
     .high = 50,
     .offset = offsetof(values, size),
     .help = ""},
    {.name = "--seed", .value = "N", .kind = OPTION_SEED, .offset = offsetof(values, seed)},
    {.name = "--number",
     .value = "X",
     .kind = OPTION_NUMBER,
     .low = -1,
     .high = 8,
     .offset = offsetof(values, number)},
    {.name = "-o", .value = "FILE", .kind = OPTION_TEXT, .offset = offsetof(values, text)},
    {.name = "--colour",
     .value = "NAME",
     .kind = OPTION_CHOICE,
     .choice = colour,
     .offset = offsetof(values, choice)},
};

static rs_error err;
static bool help;

/* Parses up to six arguments, the last followed by NULL. */
static rs_status parse(values *v, const char *words, char *const *arguments)
{
    const usage use = {.command = "test", .words = words, .word = &v->word};
    const option_group group = {"", rows, COUNT(rows), v};
    char *argv[8] = {(char[]){"test"}};
    int argc = 1;
    for (; arguments[argc - 1]; argc++)
        argv[argc] = arguments[argc - 1];
    err = (rs_error){0};
    return options_parse(&use, &group, 1, argc, argv, &help, &err);
}
#define PARSE(v, words, ...) parse(v, words, (char *[]){__VA_ARGS__, NULL})
#define REFUSES(part, ...)                                                                         \
    do {                                                                                           \
        values refused = {0};                                                                      \
        assert_int_equal(PARSE(&refused, NULL, __VA_ARGS__), RS_USAGE);                            \
        assert_non_null(strstr(err.text, part));                                                   \
    } while (0)

static void options_take_every_kind_of_value(void **state)
{
    (void)state;
    values v = {0};
    assert_int_equal(PARSE(&v, NULL, "--flag", "--size", "50", "--number=-1e0", "-o", "a=b"), 0);
    assert_true(v.flag);
    assert_int_equal(v.size, 50);
    assert_true(v.number == -1);
    assert_string_equal(v.text, "a=b");
    assert_int_equal(PARSE(&v, NULL, "--seed", "18446744073709551615", "--colour=violet"), 0);
    assert_true(v.seed == UINT64_MAX);
    assert_string_equal(v.choice, "violet");
    assert_false(help);
}

static void options_given_twice_the_last_counts(void **state)
{
    (void)state;
    values v = {0};
    assert_int_equal(PARSE(&v, NULL, "--size", "3", "--size=4"), 0);
    assert_int_equal(v.size, 4);
}

static void options_bound_sizes_and_numbers(void **state)
{
    (void)state;
    values v = {0};
    assert_int_equal(PARSE(&v, NULL, "--size", "2"), 0);
    REFUSES("--size 1: expected a whole number from 2 to 50", "--size", "1");
    REFUSES("from 2 to 50", "--size", "51");
    REFUSES("from 2 to 50", "--size", "-3");
    REFUSES("from 2 to 50", "--size", "4.5");
    REFUSES("from 2 to 50", "--size", "18446744073709551620");
    REFUSES("from 2 to 50", "--size", "");
    REFUSES("--seed 18446744073709551616: expected", "--seed", "18446744073709551616");
    REFUSES("from -1 to 8", "--number", "8.001");
    REFUSES("from -1 to 8", "--number", "nan");
    REFUSES("from -1 to 8", "--number", "inf");
    REFUSES("from -1 to 8", "--number", "3x");
    REFUSES("from -1 to 8", "--number", "");
}

static void options_name_what_was_meant(void **state)
{
    (void)state;
    REFUSES("--szie: there is no such option (did you mean --size?)", "--szie", "3");
    REFUSES("--colour voilet: expected green, violet or blue (did you mean violet?)", "--colour",
            "voilet");
    REFUSES("--entirely-else: there is no such option", "--entirely-else");
    assert_null(strstr(err.text, "did you mean"));
    REFUSES("-o: expected FILE after it", "-o");
    REFUSES("-o: expected FILE, got an empty argument", "-o", "");
    REFUSES("--flag takes no value, got 1", "--flag=1");
    REFUSES("stray: expected an option", "stray");
}

static void options_take_one_word_where_there_is_one(void **state)
{
    (void)state;
    values v = {0};
    assert_int_equal(PARSE(&v, "VIEW", "gates", "--flag"), 0);
    assert_string_equal(v.word, "gates");
    assert_int_equal(PARSE(&v, "VIEW", "gates", "norms"), RS_USAGE);
    assert_non_null(strstr(err.text, "norms: expected only one VIEW"));
}

static void options_stop_at_help(void **state)
{
    (void)state;
    values v = {0};
    assert_int_equal(PARSE(&v, NULL, "--flag", "--help", "--nonsense"), 0);
    assert_true(help && v.flag);
}

static void names_are_near_by_mistakes_of_typing(void **state)
{
    (void)state;
    assert_int_equal(nearest_distance("lstm", "lstm"), 0);
    assert_int_equal(nearest_distance("lsmt", "lstm"), 1);
    assert_int_equal(nearest_distance("", "gru"), 3);
    assert_int_equal(nearest_distance("kitten", "sitting"), 3);
    assert_string_equal(options_nearest("gren", colour), "green");
    assert_null(options_nearest("crimson", colour));
}

static void model_and_data_options_have_places_of_their_own(void **state)
{
    (void)state;
    run_options o = run_defaults();
    const option_group groups[] = {run_model_group(&o), run_data_group(&o), run_common_group(&o)};
    char *argv[] = {"t", "--cell",  "gru", "--hidden", "7",         "--gain",    "2",    "--steps",
                    "9", "--batch", "3",   "--csv",    "f",         "--loss-at", "last", "--seed",
                    "5", "--dtype", "f32", "--json",   "--threads", "2",         NULL};
    const usage use = {.command = "t"};
    assert_true(isnan(o.radius) && o.seed == 1 && !o.json);
    assert_int_equal(options_parse(&use, groups, 3, (int)COUNT(argv) - 1, argv, &help, &err), 0);
    assert_string_equal(o.cell, "gru");
    assert_int_equal(o.hidden, 7);
    assert_true(o.gain == 2 && isnan(o.radius) && isnan(o.forget_bias));
    assert_int_equal(o.steps, 9);
    assert_int_equal(o.batch, 3);
    assert_string_equal(o.csv, "f");
    assert_string_equal(o.loss_at, "last");
    assert_string_equal(o.dtype, "f32");
    assert_true(o.seed == 5 && o.json && o.threads == 2 && !o.quiet && !o.task && !o.text);
}

const struct CMUnitTest options_tests[] = {
    cmocka_unit_test(options_take_every_kind_of_value),
    cmocka_unit_test(options_given_twice_the_last_counts),
    cmocka_unit_test(options_bound_sizes_and_numbers),
    cmocka_unit_test(options_name_what_was_meant),
    cmocka_unit_test(options_take_one_word_where_there_is_one),
    cmocka_unit_test(options_stop_at_help),
    cmocka_unit_test(names_are_near_by_mistakes_of_typing),
    cmocka_unit_test(model_and_data_options_have_places_of_their_own),
};
const size_t options_tests_n = TESTS_N(options_tests);
