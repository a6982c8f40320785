#include "viz/canvas/colors.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HEX(hex)                                                                                   \
    {                                                                                              \
        ((hex) >> 16) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex)&255) / 255.0                     \
    }

/* The hues of Okabe & Ito 2008 ("Color Universal Design"), darkened or lightened until they can be
 * read as text on the paper of the theme. */
static const rgb inks[2][INKS] = {
    [THEME_LIGHT] = {[INK_TEXT] = HEX(0x1b1f24),
                     [INK_SOFT] = HEX(0x5f656d),
                     [INK_HAIR] = HEX(0xe1e2de),
                     [INK_AXIS] = HEX(0xa9adb1),
                     [INK_PAPER] = HEX(0xfbfbf8),
                     [INK_PANEL] = HEX(0xffffff),
                     [INK_ACCENT] = HEX(0x0068a8),
                     [INK_GOOD] = HEX(0x0b6b4b),
                     [INK_BAD] = HEX(0xb3261e),
                     [INK_GOOD_GROUND] = HEX(0xe0f2ea),
                     [INK_BAD_GROUND] = HEX(0xfbe4e1),
                     [INK_VERMILION] = HEX(0xbf4c00),
                     [INK_BLUE] = HEX(0x0068a8),
                     [INK_GREEN] = HEX(0x007a58),
                     [INK_ORANGE] = HEX(0x946200),
                     [INK_SKY] = HEX(0x1f7196),
                     [INK_PURPLE] = HEX(0xa3457d),
                     [INK_YELLOW] = HEX(0x77701a),
                     [INK_GREY] = HEX(0x6a6f75)},
    [THEME_DARK] = {[INK_TEXT] = HEX(0xe9ebee),
                    [INK_SOFT] = HEX(0x9aa1a9),
                    [INK_HAIR] = HEX(0x2b3036),
                    [INK_AXIS] = HEX(0x5b626a),
                    [INK_PAPER] = HEX(0x14171b),
                    [INK_PANEL] = HEX(0x1c2025),
                    [INK_ACCENT] = HEX(0x56b4e9),
                    [INK_GOOD] = HEX(0x5fd3a6),
                    [INK_BAD] = HEX(0xff8a80),
                    [INK_GOOD_GROUND] = HEX(0x14352a),
                    [INK_BAD_GROUND] = HEX(0x43201d),
                    [INK_VERMILION] = HEX(0xf5813f),
                    [INK_BLUE] = HEX(0x4ea8e8),
                    [INK_GREEN] = HEX(0x2bc093),
                    [INK_ORANGE] = HEX(0xe9a92c),
                    [INK_SKY] = HEX(0x8ccdf3),
                    [INK_PURPLE] = HEX(0xdd8fb9),
                    [INK_YELLOW] = HEX(0xf0e442),
                    [INK_GREY] = HEX(0x9aa1a9)}};

rgb ink_color(theme_kind theme, ink_kind ink) { return inks[theme][ink]; }

typedef struct anchor {
    double at;
    rgb color;
} anchor;

/* Cividis: Nuñez, Anderton & Renslow 2018, "Optimizing colormaps with consideration for color
 * vision deficiency", PLOS ONE 13(7); entries of its table of 256, straight lines between them. */
static const anchor cividis[] = {
    {0, {.0000, .1351, .3048}},          {8 / 255., {.0000, .1579, .3575}},
    {16 / 255., {.0000, .1788, .4148}},  {20 / 255., {.0000, .1888, .4396}},
    {24 / 255., {.0179, .1985, .4412}},  {32 / 255., {.1034, .2204, .4358}},
    {40 / 255., {.1543, .2425, .4301}},  {64 / 255., {.2637, .3078, .4228}},
    {80 / 255., {.3242, .3513, .4263}},  {96 / 255., {.3808, .3952, .4357}},
    {112 / 255., {.4352, .4398, .4511}}, {128 / 255., {.4887, .4853, .4710}},
    {144 / 255., {.5478, .5319, .4717}}, {160 / 255., {.6091, .5798, .4636}},
    {176 / 255., {.6720, .6293, .4480}}, {192 / 255., {.7365, .6806, .4240}},
    {208 / 255., {.8027, .7340, .3902}}, {224 / 255., {.8707, .7896, .3433}},
    {240 / 255., {.9411, .8475, .2758}}, {248 / 255., {.9778, .8773, .2280}},
    {252 / 255., {.9948, .8930, .2034}}, {1, {.9957, .9093, .2178}}};

/* Blue – neutral – orange: lightness falls (light theme) or rises (dark) evenly to both sides. */
static const anchor signed_light[] = {{0, HEX(0x0b3c66)},
                                      {.25, HEX(0x3f8fc4)},
                                      {.5, HEX(0xf4f4f0)},
                                      {.75, HEX(0xe39340)},
                                      {1, HEX(0x7d3200)}};
static const anchor signed_dark[] = {{0, HEX(0x9ad4fb)},
                                     {.25, HEX(0x2f7cb3)},
                                     {.5, HEX(0x20242a)},
                                     {.75, HEX(0xb8661c)},
                                     {1, HEX(0xffc583)}};

static rgb between(const anchor *anchors, size_t n, double x)
{
    size_t k = 1;
    x = x > 0 ? fmin(x, 1) : 0; /* NaN is 0 too */
    while (k + 1 < n && x > anchors[k].at)
        k++;
    const anchor *a = &anchors[k - 1], *b = &anchors[k];
    const double w = (x - a->at) / (b->at - a->at);
    return (rgb){a->color.r + w * (b->color.r - a->color.r),
                 a->color.g + w * (b->color.g - a->color.g),
                 a->color.b + w * (b->color.b - a->color.b)};
}

#define BETWEEN(anchors, x) between(anchors, sizeof(anchors) / sizeof *(anchors), x)

rgb map_color(colormap map, theme_kind theme, double x)
{
    if (map == MAP_CIVIDIS)
        return BETWEEN(cividis, x);
    return theme == THEME_LIGHT ? BETWEEN(signed_light, x) : BETWEEN(signed_dark, x);
}

/* sRGB's value to light */
static double linear(double v) { return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4); }

static double luminance(rgb c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double color_contrast(rgb a, rgb b)
{
    const double la = luminance(a), lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

bool theme_named(const char *name, theme_kind *to)
{
    if (strcmp(name, "light") != 0 && strcmp(name, "dark") != 0)
        return false;
    *to = strcmp(name, "dark") == 0 ? THEME_DARK : THEME_LIGHT;
    return true;
}
