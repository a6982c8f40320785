/* A figure: a view as a page of its own, with title and settings, for files. */
#ifndef FIGURE_H
#define FIGURE_H

#include "viz/plots/view.h"

typedef struct figure {
    const view *view;
    const void *data;
    const char *subtitle; /* what it was computed from, translated; may be NULL */
    const char *settings; /* the command that makes it again */
    uint64_t seed;
} figure;

/* Draws it over the whole canvas, and notes title, settings and seed for the file. */
void figure_draw(canvas *c, const figure *f, plot_layout *layout);

#endif
