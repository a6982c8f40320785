/* Colours: two themes, the colours of meaning, and colour maps.
 *
 * Cells have the colours of Okabe & Ito (2008), which people with any kind of colour vision can
 * tell apart; magnitudes the map cividis (Nuñez, Anderton & Renslow 2018), signed values blue –
 * white – orange. In the dark theme the colours of lines and text are lighter, so that text keeps a
 * contrast of 4.5 : 1 on its ground. */
#ifndef COLORS_H
#define COLORS_H

#include <stdbool.h>

typedef enum theme_kind { THEME_LIGHT, THEME_DARK } theme_kind;

typedef struct rgb {
    double r, g, b;
} rgb;

typedef enum ink_kind {
    INK_TEXT,  /* text that is read */
    INK_SOFT,  /* labels */
    INK_HAIR,  /* grid lines, borders */
    INK_AXIS,  /* axes, the unit circle */
    INK_PAPER, /* the ground */
    INK_PANEL, /* fields and cards on it */
    INK_ACCENT,
    INK_GOOD,
    INK_BAD,
    INK_GOOD_GROUND, /* behind a verified badge */
    INK_BAD_GROUND,
    /* Okabe & Ito */
    INK_VERMILION,
    INK_BLUE,
    INK_GREEN,
    INK_ORANGE,
    INK_SKY,
    INK_PURPLE,
    INK_YELLOW,
    INK_GREY,
    INKS
} ink_kind;

rgb ink_color(theme_kind theme, ink_kind ink);

typedef enum colormap {
    MAP_CIVIDIS, /* magnitudes, dark to light */
    MAP_SIGNED   /* blue – neutral – orange; 0.5 is zero */
} colormap;

/* The colour at x in [0, 1] (beyond: the end's). The middle of the signed map is white in the light
 * theme and near the paper in the dark one. */
rgb map_color(colormap map, theme_kind theme, double x);

/* WCAG 2's contrast ratio, 1 … 21. */
double color_contrast(rgb a, rgb b);

/* "light" or "dark" into *to; false if it is neither. */
bool theme_named(const char *name, theme_kind *to);

#endif
