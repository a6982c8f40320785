/* Several plots of curves on one page. */
#ifndef PANELS_H
#define PANELS_H

#include "viz/plots/curves.h"

enum { MAX_PANELS = 8 };

typedef struct panels {
    curves *panel[MAX_PANELS];
    rect place[MAX_PANELS]; /* in parts of the whole, 0 … 1 */
    size_t n;
} panels;

/* A new panel with room for `numbers` doubles, which the caller's curves may use; NULL with err
 * without memory or place. */
curves *panels_add(panels *p, rect place, size_t numbers, rs_error *err);
void panels_draw(canvas *c, rect r, const void *p, plot_layout *layout);
void panels_csv(FILE *out, const void *p); /* one table under the other, titled */
void panels_free(void *p);                 /* and p itself */

#endif
