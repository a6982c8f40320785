#include "viz/plots/panels.h"

#include "base/memory.h"

#include <stdlib.h>

curves *panels_add(panels *p, rect place, size_t numbers, rs_error *err)
{
    if (p->n >= MAX_PANELS) {
        rs_fail(err, RS_INTERNAL, "too many panels");
        return NULL;
    }
    curves *added = rs_alloc(1, sizeof *added, "a plot", err);
    if (!added)
        return NULL;
    added->numbers = rs_alloc(numbers, sizeof(double), "the numbers of a plot", err);
    if (!added->numbers) {
        free(added);
        return NULL;
    }
    p->place[p->n] = place;
    p->panel[p->n++] = added;
    return added;
}

/* Where there is no room for all, the first one has it alone. */
static bool room_for_all(const panels *p, rect r)
{
    enum { LEAST_WIDTH = 180, LEAST_HEIGHT = 140 };
    for (size_t k = 0; k < p->n; k++)
        if (p->place[k].w * r.w < LEAST_WIDTH || p->place[k].h * r.h < LEAST_HEIGHT)
            return false;
    return true;
}

static void choose_ghost(plot_layout *layout, const panels *ghost, size_t k)
{
    layout_ghost(layout, ghost && k < ghost->n ? ghost->panel[k] : NULL);
}

void panels_draw(canvas *c, rect r, const void *data, plot_layout *layout)
{
    const panels *p = data, *ghost = layout ? layout->ghost_data : NULL;
    if (p->n > 0 && !room_for_all(p, r)) {
        choose_ghost(layout, ghost, 0);
        plot_curves(c, r, p->panel[0], layout);
        return;
    }
    for (size_t k = 0; k < p->n; k++) {
        const rect in = p->place[k];
        const rect out = {r.x + in.x * r.w, r.y + in.y * r.h, in.w * r.w, in.h * r.h};
        choose_ghost(layout, ghost, k);
        plot_curves(c, rect_inset(out, in.x > 0 ? 12 : 0, in.y > 0 ? 12 : 0, 0, 0), p->panel[k],
                    layout);
    }
}

void panels_csv(FILE *out, const void *data)
{
    const panels *p = data;
    for (size_t k = 0; k < p->n; k++) {
        fprintf(out, "%s# %s\n", k > 0 ? "\n" : "", p->panel[k]->title);
        curves_csv(out, p->panel[k]);
    }
}

void panels_free(void *data)
{
    panels *p = data;
    for (size_t k = 0; p && k < p->n; k++) {
        free(p->panel[k]->numbers);
        free(p->panel[k]);
    }
    free(p);
}
