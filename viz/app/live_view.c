#include "viz/app/live_view.h"

#include "data/tasks.h"
#include "viz/plots/panels.h"
#include "viz/plots/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many rows a mean is of: enough to see through the noise of small batches, few beside what is
 * shown. A power of two, so that the curves do not change their shape at each update; 1: none. */
static size_t rows_of_mean(size_t n)
{
    size_t window = 1;
    while (window * 2 * 24 <= n)
        window *= 2;
    return window;
}

/* mean[k]: of the last `window` of the values up to k, of fewer at the beginning. Summed anew for
 * each: the rest of a NaN or of a peak does not stay behind. */
static void running_mean(const double *values, size_t n, size_t window, double *mean)
{
    for (size_t k = 0; k < n; k++) {
        const size_t first = k + 1 < window ? 0 : k + 1 - window;
        double sum = 0;
        for (size_t m = first; m <= k; m++)
            sum += values[m];
        mean[k] = sum / (double)(k + 1 - first);
    }
}

/* One plot of all cells: its numbers are the updates, then a row of values for each and, from some
 * updates on, a row of their running means. */
static void add_plot(panels *p, rect place, const char *title, const char *note, learning_what what,
                     const learning_rows *rows, const computed *of)
{
    const size_t n = rows->n, window = rows_of_mean(n);
    curves *made = panels_add(p, place, (2 * rows->cells_n + 1) * (n + 1), NULL);
    if (!made)
        return;
    (void)snprintf(made->title, sizeof made->title, "%s", title);
    (void)snprintf(made->note, sizeof made->note, "%s", note);
    (void)snprintf(made->x_name, sizeof made->x_name, "update");
    made->x_kind = AXIS_COUNT;
    made->y_kind = AXIS_LOG;
    for (size_t k = 0; k < n; k++)
        made->numbers[k] = (double)(k * rows->stride + 1);
    for (size_t cell = 0; cell < rows->cells_n && cell < of->cells_n; cell++) {
        double *y = made->numbers + (2 * cell + 1) * n, *mean = y + n;
        const rs_cell *kind = of->cell[cell].model.net.cell;
        const cell_look look = look_of_cell(kind);
        memcpy(y, rows->value[cell][what], n * sizeof *y);
        curve *k = curves_add(made, kind->title, window > 1 ? mean : y, n, look.ink, look.dash);
        if (k)
            k->x = made->numbers;
        if (k && window > 1) {
            running_mean(y, n, window, mean);
            k->each = y;
        }
    }
}

/* What one scores without looking at the input. */
static void add_ignorant(panels *p, const computed *of, const scene *s)
{
    const rs_task *task = rs_task_named(s->task);
    const double ignorant = task ? task->ignorant(of->cell[0].data.T) : NAN;
    curves *loss = p->n > 0 ? p->panel[0] : NULL;
    if (loss && isfinite(ignorant) && ignorant > 0 && !s->data[0]) {
        loss->guide[loss->guides_n++] = (guide){.value = ignorant}; /* named above: no room in it */
        (void)snprintf(loss->note, sizeof loss->note, "bold: running mean; dashed: input unseen");
    }
}

static void add_clip(panels *p, const scene *s)
{
    for (size_t k = 1; k < p->n && s->number[SCENE_CLIP] > 0; k++) {
        curves *norm = p->panel[k];
        norm->guide[norm->guides_n++] =
            (guide){.value = s->number[SCENE_CLIP], .name = "clip norm"};
    }
}

/* Histograms of one cell's weights. */
static void add_weights(panels *p, const computed *of, const trained *now, size_t cell)
{
    const rs_model *began = &of->cell[cell].model;
    const double *parameters =
        now && cell < now->cells_n ? now->parameters[cell] : began->parameters;
    const size_t first = p->n;
    (void)weights_add(p, (rect){0, .54, 1, .46}, &began->net, began->parameters, parameters,
                      look_of_cell(began->net.cell).ink, NULL);
    if (first < p->n) { /* the first one says whose they are */
        char of_cell[32];
        (void)snprintf(of_cell, sizeof of_cell, "%s, ", began->net.cell->title);
        const size_t room = sizeof p->panel[first]->note, used = strlen(of_cell);
        memmove(p->panel[first]->note + used, p->panel[first]->note, room - used);
        memcpy(p->panel[first]->note, of_cell, used);
        p->panel[first]->note[room - 1] = '\0';
    }
}

void *live_view_of(const learning_rows *rows, const computed *of, const scene *s,
                   const trained *now, size_t cell)
{
    panels *p = calloc(1, sizeof *p);
    if (!p || !of)
        return p;
    add_plot(p, (rect){0, 0, .4, .54}, "Loss", "bold: running mean", LEARNING_LOSS, rows, of);
    add_plot(p, (rect){.4, 0, .3, .54}, "Gradient norm", "before clipping", LEARNING_NORM, rows,
             of);
    add_plot(p, (rect){.7, 0, .3, .54}, "Gradient norm", "after clipping", LEARNING_CLIPPED, rows,
             of);
    add_ignorant(p, of, s);
    add_clip(p, s);
    add_weights(p, of, now, cell < of->cells_n ? cell : 0);
    return p;
}

const view live_view = {.name = "training",
                        .title = "Training",
                        .needs_loss = true,
                        .compares = true,
                        .draw = panels_draw,
                        .csv = panels_csv,
                        .free = panels_free};
