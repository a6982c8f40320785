#include "lessons/engine/scene.h"

#include "data/tasks.h"
#include "lessons/engine/bugs.h"
#include "network/init.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const scene_number_info scene_numbers[SCENE_NUMBERS] = {
    [SCENE_GAIN] = {"gain",
                    "recurrent gain",
                    0.05,
                    20,
                    1,
                    SCENE_LOG,
                    false,
                    {1},
                    1,
                    "every recurrent weight times this"},
    [SCENE_RADIUS] = {"radius",
                      "spectral radius",
                      0.01,
                      10,
                      NAN,
                      SCENE_LOG,
                      false,
                      {1},
                      1,
                      "size of the largest recurrent eigenvalue, by scaling all"},
    [SCENE_FORGET_BIAS] = {"forget_bias",
                           "forget bias $b_f$",
                           -4,
                           8,
                           NAN,
                           SCENE_LINEAR,
                           false,
                           {0, 1, 4.59511985013459},
                           3,
                           "opens the gates that keep the state; ln 99 bridges 100 steps"},
    [SCENE_STEPS] = {"steps",
                     "steps $T$",
                     1,
                     100000,
                     100,
                     SCENE_LOG,
                     true,
                     {100},
                     1,
                     "how long the sequence is"},
    [SCENE_HIDDEN] =
        {"hidden", "units $H$", 1, 1024, 32, SCENE_LOG, true, {0}, 0, "hidden units a layer"},
    [SCENE_LAYERS] = {"layers", "layers", 1, 8, 1, SCENE_LINEAR, true, {0}, 0, "layers of cells"},
    [SCENE_BATCH] =
        {"batch", "sequences $B$", 1, 256, 1, SCENE_LOG, true, {0}, 0, "sequences side by side"},
    [SCENE_INPUT_STD] = {"input_std",
                         "input scale",
                         0,
                         5,
                         1,
                         SCENE_LINEAR,
                         false,
                         {0, 1},
                         2,
                         "the task's input times this"},
    [SCENE_SEED] =
        {"seed", "seed", 1, 9999, 1, SCENE_LINEAR, true, {0}, 0, "weights and data are drawn anew"},
    [SCENE_LEARNING_RATE] = {"learning_rate",
                             "learning rate",
                             1e-6,
                             10,
                             0.01,
                             SCENE_LOG,
                             false,
                             {0},
                             0,
                             "size of a training step (Adam)"},
    [SCENE_CLIP] = {"clip",
                    "clip norm",
                    0.001,
                    1000,
                    NAN,
                    SCENE_LOG,
                    false,
                    {1},
                    1,
                    "gradients longer than this are shortened to it"},
};

static const char *const matrix_names[SCENE_MATRICES] = {"U",  "W",  "b", "V",
                                                         "h0", "c0", "x", "target"};

scene scene_standard(void)
{
    scene s;
    memset(&s, 0, sizeof s); /* padding too: scenes are compared byte by byte */
    (void)snprintf(s.cells[0], SCENE_NAME, "rnn");
    (void)snprintf(s.cells[1], SCENE_NAME, "lstm");
    (void)snprintf(s.cells[2], SCENE_NAME, "gru");
    (void)snprintf(s.task, SCENE_NAME, "noise");
    (void)snprintf(s.init, SCENE_NAME, "torch");
    (void)snprintf(s.loss_at, SCENE_NAME, "last");
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        s.number[k] = scene_numbers[k].standard;
    return s;
}

size_t scene_cells_n(const scene *s)
{
    size_t n = 0;
    while (n < SCENE_CELLS && s->cells[n][0])
        n++;
    return n;
}

bool scene_gives_weights(const scene *s)
{
    return s->matrix[SCENE_W].rows || s->matrix[SCENE_U].rows || s->matrix[SCENE_V].rows ||
           s->matrix[SCENE_B].rows;
}

const rs_cell *scene_cell(const char *name)
{
    return strcmp(name, scene_cell_linear.name) == 0 ? &scene_cell_linear : rs_cell_named(name);
}

double scene_fit(scene_number which, double value)
{
    const scene_number_info *info = &scene_numbers[which];
    if (isnan(value))
        return info->standard;
    if (info->whole)
        value = round(value);
    return value < info->low ? info->low : value > info->high ? info->high : value;
}

/* "W" → SCENE_W, or SCENE_MATRICES. */
static size_t matrix_named(const char *name, size_t length)
{
    size_t k = 0;
    while (k < SCENE_MATRICES &&
           (strlen(matrix_names[k]) != length || strncmp(name, matrix_names[k], length) != 0))
        k++;
    return k;
}

double *scene_number_named(scene *s, const char *name)
{
    size_t row = 0, col = 0;
    int used = 0;
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (strcmp(name, scene_numbers[k].name) == 0)
            return &s->number[k];
    const char *bracket = strchr(name, '[');
    size_t k = bracket ? matrix_named(name, (size_t)(bracket - name)) : SCENE_MATRICES;
    if (k == SCENE_MATRICES)
        return NULL;
    scene_matrix *m = &s->matrix[k];
    if (sscanf(bracket, "[%4zu][%4zu]%n", &row, &col, &used) != 2 || used == 0) {
        col = 0; /* a vector's entry: one bracket */
        if (sscanf(bracket, "[%4zu]%n", &row, &used) != 1 || used == 0)
            return NULL;
        if (m->rows == 1) {
            col = row;
            row = 0;
        }
    }
    return bracket[used] == '\0' && row < m->rows && col < m->cols ? &m->value[row * m->cols + col]
                                                                   : NULL;
}

/* --- reading
 * -------------------------------------------------------------------------------
 */

static const char *skip_blanks(const char *text) { return text + strspn(text, " \t"); }

/* [a, b, …] → one row of the matrix; returns what follows, NULL on a mistake.
 */
static const char *read_row(const char *text, scene_matrix *m)
{
    size_t cols = 0;
    if (*text != '[')
        return NULL;
    do {
        char *end = NULL;
        text = skip_blanks(text + 1);
        double value = strtod(text, &end);
        if (end == text || !isfinite(value) || m->rows * m->cols + cols >= SCENE_MATRIX)
            return NULL;
        m->value[m->rows * m->cols + cols++] = value;
        text = skip_blanks(end);
    } while (*text == ',');
    if (*text != ']' || (m->rows > 0 && cols != m->cols))
        return NULL;
    m->cols = cols;
    m->rows++;
    return skip_blanks(text + 1);
}

/* [[…], […]] or […] (one row) or a number; the whole text. */
static bool read_matrix(const char *text, scene_matrix *m)
{
    memset(m, 0, sizeof *m);
    if (*text != '[') {
        char *end = NULL;
        m->value[0] = strtod(text, &end);
        m->rows = m->cols = 1;
        return end != text && isfinite(m->value[0]) && *skip_blanks(end) == '\0';
    }
    if (*skip_blanks(text + 1) != '[') {
        const char *rest = read_row(text, m);
        return rest && *rest == '\0';
    }
    do {
        text = read_row(skip_blanks(text + 1), m);
    } while (text && *text == ',');
    return text && *text == ']' && *skip_blanks(text + 1) == '\0';
}

static rs_status set_matrix(scene *s, size_t which, const char *value, rs_error *err)
{
    scene_matrix m;
    if (!read_matrix(value, &m))
        return rs_fail(err, RS_DATA,
                       "%s = %s: expected a matrix [[a, b], [c, d]] of at most %d numbers",
                       matrix_names[which], value, SCENE_MATRIX);
    s->matrix[which] = m;
    return RS_OK;
}

static rs_status set_number(scene *s, size_t which, const char *value, rs_error *err)
{
    const scene_number_info *info = &scene_numbers[which];
    char *end = NULL;
    double number = strtod(value, &end);
    if (isnan(info->standard) && strcmp(value, "unset") == 0) {
        s->number[which] = NAN;
        return RS_OK;
    }
    if (end == value || *skip_blanks(end) || !(number >= info->low && number <= info->high) ||
        (info->whole && number != floor(number)))
        return rs_fail(err, RS_DATA, "%s = %s: expected a %snumber from %g to %g", info->name,
                       value, info->whole ? "whole " : "", info->low, info->high);
    s->number[which] = number;
    return RS_OK;
}

static rs_status set_cells(scene *s, const char *value, rs_error *err)
{
    char cells[SCENE_CELLS][SCENE_NAME] = {{0}};
    size_t n = 0;
    while (*value) {
        size_t length = strcspn(value, ", \t");
        if (length >= SCENE_NAME || n == SCENE_CELLS)
            return rs_fail(err, RS_DATA, "cells: expected at most %d names of cells", SCENE_CELLS);
        memcpy(cells[n], value, length);
        if (!scene_cell(cells[n]))
            return rs_fail(err, RS_DATA,
                           "cell `%s`: expected rnn, rnn-relu, lstm, gru, "
                           "gru-reset-before or linear",
                           cells[n]);
        n++;
        value += length;
        value += strspn(value, ", \t");
    }
    if (n == 0)
        return rs_fail(err, RS_DATA, "cells: expected at least one name");
    memcpy(s->cells, cells, sizeof cells);
    return RS_OK;
}

static rs_status set_name(char to[SCENE_NAME], const char *what, const char *value, bool known,
                          rs_error *err)
{
    if (!known || strlen(value) >= SCENE_NAME)
        return rs_fail(err, RS_DATA, "%s `%s` is not known", what, value);
    memset(to, 0, SCENE_NAME);
    memcpy(to, value, strlen(value));
    return RS_OK;
}

static rs_status set_path(char to[SCENE_PATH], const char *value, rs_error *err)
{
    if (strlen(value) >= SCENE_PATH)
        return rs_fail(err, RS_DATA, "the path has %zu characters, at most %d fit", strlen(value),
                       SCENE_PATH - 1);
    memset(to, 0, SCENE_PATH);
    memcpy(to, value, strlen(value));
    return RS_OK;
}

static bool init_known(const char *name)
{
    for (const char *const *known = rs_init_names; *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

static rs_status set_value(scene *s, const char *name, const char *value, rs_error *err)
{
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (strcmp(name, scene_numbers[k].name) == 0)
            return set_number(s, k, value, err);
    size_t matrix = matrix_named(name, strlen(name));
    if (matrix < SCENE_MATRICES)
        return set_matrix(s, matrix, value, err);
    if (strcmp(name, "cells") == 0 || strcmp(name, "cell") == 0)
        return set_cells(s, value, err);
    if (strcmp(name, "task") == 0)
        return set_name(s->task, "task", value, rs_task_named(value) != NULL, err);
    if (strcmp(name, "init") == 0)
        return set_name(s->init, "init", value, init_known(value), err);
    if (strcmp(name, "loss_at") == 0)
        return set_name(s->loss_at, "loss_at", value,
                        strcmp(value, "last") == 0 || strcmp(value, "all") == 0 ||
                            strcmp(value, "task") == 0,
                        err);
    if (strcmp(name, "bug") == 0)
        return set_name(s->bug, "bug", value, bug_named(value) != NULL, err);
    if (strcmp(name, "model") == 0)
        return set_path(s->model, value, err);
    if (strcmp(name, "data") == 0)
        return set_path(s->data, value, err);
    double *entry = scene_number_named(s, name);
    char *end = NULL;
    double number = entry ? strtod(value, &end) : 0;
    if (!entry || end == value || *end || !isfinite(number))
        return rs_fail(err, RS_DATA, "`%s` is no setting, or `%s` not its value", name, value);
    *entry = number;
    return RS_OK;
}

rs_status scene_set(scene *s, const char *line, rs_error *err)
{
    char text[4096];
    if (strlen(line) >= sizeof text)
        return rs_fail(err, RS_DATA, "a line of %zu characters; at most %zu fit", strlen(line),
                       sizeof text - 1);
    (void)snprintf(text, sizeof text, "%s", skip_blanks(line));
    char *equals = strchr(text, '=');
    if (!equals)
        return rs_fail(err, RS_DATA, "`%.60s`: expected `name = value`", line);
    char *end = equals;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    char *value = equals + 1 + strspn(equals + 1, " \t");
    end = value + strlen(value);
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;
    *end = '\0';
    return set_value(s, text, value, err);
}

/* --- writing
 * -------------------------------------------------------------------------------
 */

static void write_matrix(const scene_matrix *m, const char *name, FILE *to)
{
    (void)fprintf(to, "%s = [", name);
    for (size_t r = 0; r < m->rows; r++)
        for (size_t c = 0; c < m->cols; c++)
            (void)fprintf(to, "%s%s%.17g%s", r > 0 && c == 0 ? ", " : "", c == 0 ? "[" : ", ",
                          m->value[r * m->cols + c], c + 1 == m->cols ? "]" : "");
    (void)fprintf(to, "]\n");
}

bool scene_write(const scene *s, FILE *to)
{
    (void)fprintf(to, "cells = ");
    for (size_t k = 0; k < scene_cells_n(s); k++)
        (void)fprintf(to, "%s%s", k ? ", " : "", s->cells[k]);
    (void)fprintf(to, "\ntask = %s\ninit = %s\nloss_at = %s\n", s->task, s->init, s->loss_at);
    if (s->model[0])
        (void)fprintf(to, "model = %s\n", s->model);
    if (s->data[0])
        (void)fprintf(to, "data = %s\n", s->data);
    if (s->bug[0])
        (void)fprintf(to, "bug = %s\n", s->bug);
    for (size_t k = 0; k < SCENE_NUMBERS; k++)
        if (!isnan(s->number[k]))
            (void)fprintf(to, "%s = %.17g\n", scene_numbers[k].name, s->number[k]);
    for (size_t k = 0; k < SCENE_MATRICES; k++)
        if (s->matrix[k].rows > 0)
            write_matrix(&s->matrix[k], matrix_names[k], to);
    return !ferror(to);
}
