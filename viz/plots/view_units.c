/* The states over time, a line a unit, one of them highlighted. */
#include "viz/plots/panels.h"
#include "viz/plots/view.h"

#include "base/memory.h"

#include <string.h>

enum { MOST_UNITS = MAX_CURVES - 1, MOST_NAMED = 6 };

/* The channel of one layer and sequence as curves: at most MOST_UNITS units evenly picked, the
 * highlighted one last, on top. A few all have their names. */
static void add_units(curves *to, const view_input *in, size_t channel)
{
    const size_t T = in->trace->T, B = in->trace->B, H = in->run->model.net.hidden;
    const size_t b = view_index(in->sequence, B), unit = view_index(in->unit, H);
    const double *value =
        in->trace->layer[view_index(in->layer, in->run->model.net.layers)].value[channel];
    const size_t shown = H < MOST_UNITS ? H : MOST_UNITS;
    for (size_t k = 0; k <= shown; k++) {
        const size_t u = k == shown ? unit : k * H / shown;
        double *y = to->numbers + k * T;
        char name[16];
        for (size_t t = 0; t < T; t++)
            y[t] = value[(t * B + b) * H + u];
        curve *added = curves_add(to, "", y, T, k == shown ? INK_BLUE : INK_GREY, DASH_NONE);
        if (!added)
            return;
        added->width = k == shown ? 2 : 1;
        added->alpha = k == shown ? 1 : H <= MOST_NAMED ? .8 : .35;
        (void)snprintf(name, sizeof name, "%zu", u);
        if (k == shown || (H <= MOST_NAMED && u != unit))
            (void)snprintf(added->name, sizeof added->name, "$%.16s_{%s}$",
                           in->run->model.net.cell->channels[channel].symbol, name);
    }
}

static rs_status make(const view_input *in, void **data, rs_error *err)
{
    const rs_cell *cell = in->run->model.net.cell;
    panels *p = rs_alloc(1, sizeof *p, "the units", err);
    size_t states = 0, nth = 0;
    if (!p)
        return RS_INTERNAL;
    for (size_t k = 0; k < cell->channels_n; k++)
        states += cell->channels[k].role == RS_STATE;
    for (size_t k = 0; k < cell->channels_n && nth < MAX_PANELS; k++) {
        if (cell->channels[k].role != RS_STATE)
            continue;
        const double height = 1 / (double)(states < MAX_PANELS ? states : MAX_PANELS);
        curves *panel = panels_add(p, (rect){0, height * (double)nth++, 1, height},
                                   MAX_CURVES * in->trace->T, err);
        if (!panel) {
            panels_free(p);
            return RS_INTERNAL;
        }
        (void)snprintf(panel->title, sizeof panel->title, "%.*s",
                       (int)strcspn(cell->channels[k].meaning, ":"), cell->channels[k].meaning);
        (void)snprintf(panel->note, sizeof panel->note, "a line a unit");
        (void)snprintf(panel->x_name, sizeof panel->x_name, "step t");
        panel->x_kind = AXIS_STEPS;
        panel->y_kind = AXIS_LINEAR;
        add_units(panel, in, k);
    }
    *data = p;
    return RS_OK;
}

const view view_units = {.name = "units",
                         .title = "Units over time",
                         .make = make,
                         .compares = true,
                         .draw = panels_draw,
                         .csv = panels_csv,
                         .free = panels_free};
