#include "viz/app/exercise_view.h"

#include "viz/app/exercise_source.h"
#include "viz/app/exercise_table.h"
#include "viz/exercise_words.h"
#include "viz/lesson_exercise.h"
#include "viz/plots/check_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 16, SET_GAP = 14, MOST_WORDS = 4000 };

typedef struct picture {
    unsigned long now;
    bool checking, solution;
    size_t checks;
    exercise_verdict verdict;
    bool judged;
    char words[MOST_WORDS];
    char *source; /* the learner's, or the worked solution; NULL: it cannot be read */
    size_t line;  /* of it, marked; 0: none */
    exercise_details details;
    check_map map;
} picture;

/* --- what is copied ------------------------------------------------------------------------ */

static void free_picture(void *data)
{
    picture *p = data;
    if (p) {
        check_map_free(&p->map);
        free(p->source);
    }
    free(p);
}

/* The row of a table, or a line of the compiler's drawing: they are shown in another way. */
static bool is_aside(const char *line) { return line[0] == ' ' || line[0] == '\n'; }

/* There is one layer: "lstm layer 0, " says nothing. */
static size_t of_layer(const char *line)
{
    static const char *const layers[] = {" layer 0, ", " layer 0: ", " 第 0 层，", " 第 0 层："};
    const size_t cell = strcspn(line, " \n");
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++)
        if (strncmp(line + cell, layers[k], strlen(layers[k])) == 0)
            return cell + strlen(layers[k]);
    return 0;
}

/* The judge's words line by line; the learner's file by its name alone. */
static void copy_words(picture *p, const exercise_desk *d)
{
    const size_t path = strlen(d->path), folder = (size_t)(strrchr(d->path, '/') + 1 - d->path);
    size_t used = 0;
    for (const char *at = d->result.text; *at && used + 1 < MOST_WORDS;) {
        const size_t n = strcspn(at, "\n");
        char line[SENTENCE_TEXT];
        exercise_line_text(d->lang, &d->result.details, at, n, line);
        for (size_t k = of_layer(line); line[k] && !is_aside(at) && used + 2 < MOST_WORDS;) {
            if (strncmp(line + k, d->path, path) == 0)
                k += folder;
            p->words[used++] = line[k++];
        }
        if (!is_aside(at))
            p->words[used++] = '\n';
        at += n + (at[n] == '\n');
    }
    while (used > 0 && p->words[used - 1] == '\n')
        used--;
    p->words[used] = '\0';
}

static void copy_map(picture *p, const exercise_details *d)
{
    rs_error_map *map = &p->map.errors;
    p->map.ground = true;
    p->map.scale.kind = AXIS_LOG;
    map->value = calloc(DETAIL_ROWS * DETAIL_STEPS, sizeof(double));
    if (!map->value || d->rows == 0 || d->rows > RS_ERROR_ROWS)
        return;
    map->rows = d->rows;
    map->T = d->steps;
    map->marked = d->marked;
    map->step = d->marked_step;
    map->row = d->marked_row;
    for (size_t k = 0; k < d->rows; k++) {
        (void)snprintf(map->name[k], sizeof *map->name, "%.31s", d->row[k]);
        memcpy(map->value + k * map->T, d->error[k], map->T * sizeof(double));
    }
    check_map_scale(&p->map);
}

void *exercise_view_of(const exercise_desk *d)
{
    picture *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->now = d->now;
    p->checking = d->checking;
    p->solution = d->solution;
    p->checks = d->checks;
    p->judged = d->result.text != NULL;
    p->verdict = d->result.verdict;
    if (p->judged)
        copy_words(p, d);
    if (d->solution) {
        p->source = exercise_desk_solution(d);
        return p;
    }
    p->source = d->source ? strdup(d->source) : exercise_desk_read(d->path);
    p->line = d->result.line;
    if (p->line == 0 && p->source && d->result.details.fault[0])
        p->line = source_line_of(p->source, d->result.details.fault);
    p->details = d->result.details;
    copy_map(p, &p->details);
    if (p->verdict != EXERCISE_RIGHT)
        p->map.note = "wrong is the sum over the steps";
    return p;
}

unsigned long exercise_view_now(const void *data) { return ((const picture *)data)->now; }

/* --- the verdict, and the words ------------------------------------------------------------ */

static double draw_verdict(canvas *c, rect r, const picture *p)
{
    const bool right = p->judged && p->verdict == EXERCISE_RIGHT;
    const bool wrong = p->judged && !right && p->verdict != EXERCISE_EMPTY;
    const char *text = canvas_say(c, p->solution ? "The worked solution"
                                     : p->judged ? exercise_verdict_text(p->verdict)
                                                 : "checking …");
    const text_style style = {.size = TYPE_TITLE,
                              .bold = true,
                              .ink = p->solution ? INK_TEXT
                                     : right     ? INK_GOOD
                                     : wrong     ? INK_BAD
                                                 : INK_SOFT,
                              .down = DOWN_MIDDLE};
    const double w = canvas_text_width(c, style, text) + 32;
    const ink_kind ground = p->solution ? INK_PANEL
                            : right     ? INK_GOOD_GROUND
                            : wrong     ? INK_BAD_GROUND
                                        : INK_PANEL;
    canvas_fill_round(c, (rect){r.x, r.y, w, 32}, 16, ground, 1);
    canvas_text(c, r.x + 16, r.y + 16, style, text);
    if (p->checks > 0 && !p->solution)
        canvas_textf(c, r.x + w + GAP, r.y + 16,
                     (text_style){.size = TYPE_BODY, .ink = INK_SOFT, .down = DOWN_MIDDLE},
                     "%s %zu%s%s", canvas_say(c, "check"), p->checks, p->checking ? " · " : "",
                     p->checking ? canvas_say(c, "checking …") : "");
    return 32 + 12;
}

/* As many whole lines of the words as there is room for; the rest is in the terminal. */
static double draw_words(canvas *c, rect r, const picture *p, double most)
{
    const text_style style = {
        .size = TYPE_BODY, .face = FACE_NUMBER, .plain = true, .width = r.w, .down = DOWN_TOP};
    char line[640];
    double y = r.y;
    for (const char *at = p->words; *at;) {
        const size_t n = strcspn(at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)(n < 639 ? n : 639), at);
        at += n + (at[n] == '\n');
        const double h = canvas_measure(c, r.x, y, style, line).h;
        if (y > r.y && y + h > r.y + most)
            break;
        canvas_text(c, r.x, y, style, line);
        y += h + 4;
    }
    return y > r.y ? y - r.y + 8 : 0;
}

/* --- the equations ------------------------------------------------------------------------- */

/* The names an equation sets, each with its colour; returns the width, and only measures without
 * `draw`. */
static double draw_sets(canvas *c, point at, const picture *p, const exercise_equation *e,
                        bool draw)
{
    char sets[sizeof e->sets], *rest = NULL;
    double x = at.x;
    (void)snprintf(sets, sizeof sets, "%s", e->sets);
    for (char *name = strtok_r(sets, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        bool known = false;
        char text[DETAIL_NAME + 8];
        const bool right = details_right(&p->details, name, &known);
        const bool fault = e->at_fault && strcmp(name, p->details.fault) == 0;
        const text_style style = {.size = TYPE_SMALL,
                                  .face = FACE_NUMBER,
                                  .bold = fault,
                                  .ink = right   ? INK_GOOD
                                         : fault ? INK_BAD
                                                 : INK_SOFT,
                                  .down = DOWN_MIDDLE,
                                  .plain = true};
        (void)snprintf(text, sizeof text, "%s %s", right ? "✓" : fault ? "✗" : "·", name);
        if (draw)
            canvas_text(c, x, at.y, style, text);
        x += canvas_text_width(c, style, text) + SET_GAP;
    }
    return x - at.x - SET_GAP;
}

static double draw_formula(canvas *c, point at, const exercise_equation *e, bool draw)
{
    char formula[sizeof e->forward + 2];
    const text_style style = {.size = TYPE_TITLE, .down = DOWN_MIDDLE};
    (void)snprintf(formula, sizeof formula, "$%s$", e->forward);
    if (draw)
        canvas_text(c, at.x, at.y, style, formula);
    return canvas_text_width(c, style, formula);
}

/* `sets`: where the names begin, if all equations have them beside the formula; 0: below it. */
static double draw_equation(canvas *c, rect r, const picture *p, const exercise_equation *e,
                            double sets)
{
    const double h = sets > 0 ? 28 : 48;
    if (e->at_fault) {
        canvas_fill_round(c, (rect){r.x, r.y, r.w, h}, 4, INK_BAD_GROUND, 1);
        canvas_frame(c, (rect){r.x, r.y, r.w, h}, 4, (stroke){.ink = INK_BAD, .width = 1.5});
    }
    (void)draw_formula(c, (point){r.x + 8, r.y + 14}, e, true);
    (void)draw_sets(c, sets > 0 ? (point){r.x + sets, r.y + 14} : (point){r.x + 24, r.y + 36}, p, e,
                    true);
    return h;
}

static double draw_equations(canvas *c, rect r, const picture *p)
{
    const exercise_details *d = &p->details;
    const bool right = p->verdict == EXERCISE_RIGHT;
    if (d->equations_n == 0)
        return 0;
    const rect below =
        heading_draw(c, r, canvas_say(c, "Backwards through the equations"),
                     right ? NULL : canvas_say(c, "✓ exact  ✗ at fault  · wrong because of it"));
    double y = below.y, left = 0, names = 0;
    for (size_t k = 0; k < d->equations_n; k++) {
        left = fmax(left, draw_formula(c, (point){0, 0}, &d->equation[k], false));
        names = fmax(names, draw_sets(c, (point){0, 0}, p, &d->equation[k], false));
    }
    const double sets = left + 40 + names + 8 < r.w ? left + 40 : 0;
    const double wide = sets > 0 ? fmin(r.w, sets + names + 24) : r.w;
    for (size_t k = 0; k < d->equations_n; k++)
        y += draw_equation(c, (rect){r.x, y, wide, 0}, p, &d->equation[k], sets) + 2;
    return y - r.y + GAP;
}

/* --- all of it ----------------------------------------------------------------------------- */

/* A backward pass: the words, the learner's line, the equations, the map, the blocks; what has no
 * room is left out from the end. */
static void draw_backward(canvas *c, rect r, const picture *p, plot_layout *layout)
{
    const double bottom = r.y + r.h, map = check_map_height(&p->map);
    const double table = exercise_table_height(&p->details);
    const bool roomy = r.h > 540;
    r.y += draw_words(c, r, p, roomy ? 64 : 40);
    const bool few = p->details.equations_n <= 2;
    const size_t lines = few && roomy ? 9 : 3;
    if (p->line > 0 && p->source && (roomy || few))
        r.y += source_draw(c, (rect){r.x, r.y, r.w, 160}, p->source, p->line, lines) + GAP;
    r.y += draw_equations(c, r, p);
    const double left = bottom - r.y;
    if (r.w >= 800) { /* beside each other */
        const double h = fmin(left, fmax(fmax(map * 1.5, 240), table));
        check_map_draw(c, (rect){r.x, r.y, r.w * .52, h}, &p->map, layout);
        (void)exercise_table_draw(c, (rect){r.x + r.w * .55, r.y, r.w * .45, left}, &p->details);
        return;
    }
    const double h =
        fmin(left >= map + GAP + table ? left - GAP - table : left, fmax(map * 1.4, 200));
    check_map_draw(c, (rect){r.x, r.y, r.w, h}, &p->map, layout);
    r.y += h + GAP;
    (void)exercise_table_draw(c, (rect){r.x, r.y, r.w, bottom - r.y}, &p->details);
}

static void draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const picture *p = data;
    const double bottom = r.y + r.h;
    r.y += draw_verdict(c, r, p);
    r.h = bottom - r.y;
    if (p->solution) {
        if (p->source)
            (void)source_draw(c, r, p->source, 0, SIZE_MAX);
        return;
    }
    if (p->details.rows > 0) {
        draw_backward(c, r, p, layout);
        return;
    }
    r.y += draw_words(c, r, p, r.h / 2);
    if (p->details.lines_n > 0)
        r.y += exercise_table_draw(c, (rect){r.x, r.y, r.w, bottom - r.y}, &p->details) + GAP;
    if (p->source && bottom - r.y > 64)
        (void)source_draw(c, (rect){r.x, r.y, r.w, bottom - r.y}, p->source, p->line, SIZE_MAX);
}

static void csv(FILE *out, const void *data)
{
    const picture *p = data;
    fprintf(out, "name,right,returned,expected\n");
    for (size_t k = 0; k < p->details.lines_n; k++) {
        const exercise_line *line = &p->details.line[k];
        fprintf(out, "%s,%d,%.17g,%.17g\n", line->name, line->right,
                line->has_numbers ? line->returned : NAN, line->has_numbers ? line->expected : NAN);
    }
    if (p->details.rows > 0)
        check_map_csv(out, &p->map);
}

const view exercise_view = {.name = "exercise",
                            .title = "Exercise",
                            .alone = true,
                            .draw = draw,
                            .csv = csv,
                            .free = free_picture};
