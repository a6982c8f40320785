/* A lesson as read from Markdown: steps of blocks, in the order of the page.
 *
 * The text is CommonMark (with tables and $…$ formulas). A `## ` heading begins a step, a screen of
 * its own. A fenced block with one of these names is a directive, anything else is shown as code:
 *
 *     scene      lines of scene.h, and `show = norms, spectrum`: what the stage shows from here on;
 *                files of `model =` and `data =` lie beside the lesson
 *     predict    ask = …  answer = EXPRESSION  within = 10 % | 0.5 | half a decade | exact
 *     slider     NAME from LOW to HIGH [log], mark A, B           a line a slider
 *     task       goal = …  pass = EXPRESSION  solution: NAME = VALUE, …  wrong: …
 *                hint = …  why = …
 *     source     lib/cells/lstm.c:state_backward                  shown beside the text
 *     exercise   NAME of a folder's exercise that the learner writes
 *
 * A link [19.38](# "max(jacobian)") is a checked number: its title is an expression, its text what
 * comes out; also in `ask`, `goal`, `hint` and `why`. <details><summary>…</summary> … </details> is
 * what appears after the prediction is made. */
#ifndef LESSON_H
#define LESSON_H

#include "base/error.h"
#include "lessons/engine/scene.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum run_style {
    RUN_STRONG = 1,
    RUN_EMPHASIS = 2,
    RUN_CODE = 4,
    RUN_FORMULA = 8,
    RUN_CHECKED = 16, /* `expression` gives the number */
    RUN_LINK = 32
} run_style;

typedef struct lesson_run {
    char *text;
    char *expression; /* of a checked number; else NULL */
    unsigned style;
    size_t line;
} lesson_run;

typedef enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_ITEM, /* of a list; number: 0 a bullet, else its number */
    BLOCK_QUOTE,
    BLOCK_FORMULA, /* display math: text */
    BLOCK_CODE,    /* text */
    BLOCK_ROW,     /* of a table; each cell ends with a tab; number 1: head
                    */
    BLOCK_DETAILS, /* text: the summary; up to BLOCK_END what it hides */
    BLOCK_END,
    BLOCK_SCENE,
    BLOCK_PREDICT,
    BLOCK_SLIDER,
    BLOCK_TASK,
    BLOCK_SOURCE,  /* text: file:function */
    BLOCK_EXERCISE /* text: its name */
} block_kind;

/* A line `name = value` of a directive. What is told to the learner (ask, goal, hint, why) is text
 * as in a paragraph: words, formulas, checked numbers. */
typedef struct lesson_field {
    char *name, *value;
    size_t line;
    lesson_run *runs; /* of value, where it is told; else NULL */
    size_t runs_n;
} lesson_field;

typedef struct lesson_block {
    block_kind kind;
    size_t line;
    size_t number;
    char *text; /* code, formula, summary, source, exercise */
    lesson_run *runs;
    size_t runs_n;
    lesson_field *fields; /* of a directive, in order */
    size_t fields_n;
    scene scene; /* BLOCK_SCENE */
} lesson_block;

typedef struct lesson_step {
    char *title;
    size_t line;
    size_t first, n; /* of the lesson's blocks */
} lesson_step;

typedef struct lesson {
    char id[64]; /* of its folder, or the file's name */
    char *path, *title;
    lesson_block *blocks;
    size_t blocks_n;
    lesson_step *steps;
    size_t steps_n;
} lesson;

/* A list of mistakes, a line each, as "FILE: line N: what is wrong, what was expected". */
typedef struct lesson_mistakes {
    char **text;
    size_t n;
} lesson_mistakes;

/* Reads a lesson. Mistakes in the Markdown's directives are collected (mistakes may be NULL) and
 * the lesson holds what could be read, so that a teacher sees the rest; the status is then RS_DATA.
 * RS_OPEN, RS_INTERNAL: there is no lesson. */
rs_status lesson_read(const char *path, lesson *to, lesson_mistakes *mistakes, rs_error *err);
void lesson_free(lesson *l);

void lesson_mistake(lesson_mistakes *mistakes, const char *path, size_t line, const char *format,
                    ...) RS_PRINTF(4, 5);
void lesson_mistakes_free(lesson_mistakes *mistakes);

/* The first value of this name in a directive, or NULL; the nth. */
const char *lesson_value(const lesson_block *block, const char *name);
const lesson_field *lesson_field_nth(const lesson_block *block, const char *name, size_t nth);

/* Whether the value of a field of this name is told to the learner. */
bool lesson_is_told(const char *name);

/* The scene in force at a block: the last one at or before it; NULL if there is none. */
const lesson_block *lesson_scene_at(const lesson *l, size_t block);

/* "NAME from LOW to HIGH [log][, mark A, B]". */
typedef struct lesson_slider {
    char name[64];
    double low, high, marks[4];
    size_t marks_n;
    bool log;
} lesson_slider;
bool lesson_slider_read(const char *line, lesson_slider *to);

/* Whether the number as written is the value, to the digits written: "19.38", "8.2e-16", "55", "20
 * %". */
bool lesson_number_is(const char *written, double value);
/* What stands for a value that is zero but for rounding; a page may have it too. */
#define LESSON_NEARLY_ZERO "≈ 0"
/* Whether a value that is not zero would be, to the digits written: such are shown with a power of
 * ten, but for rounding errors. */
bool lesson_number_vanishes(const char *written, double value);
/* The value, written as the number in text is: with as many decimals, or digits before e. Into
 * to[48]. */
const char *lesson_number_like(const char *text, double value, char to[48]);

/* Whether a prediction is within reach of the answer: "10 %", "0.5", "half a decade", "2 decades",
 * "exact"; false with *understood false if `within` is none of them. */
bool lesson_within(const char *within, double prediction, double answer, bool *understood);

/* The same for the learner to read: an English pattern, a key of the languages, and the amount that
 * belongs in it (no `%` but the amount's); NULL where `within` is not understood. */
const char *lesson_tolerance(const char *within, double *amount);

#endif
