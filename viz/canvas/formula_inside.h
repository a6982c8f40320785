/* What the files of formulas share: formula.c reads, formula_boxes.c builds what is more than a
 * line of signs, formula_draw.c draws that. */
#ifndef FORMULA_INSIDE_H
#define FORMULA_INSIDE_H

#include "viz/canvas/formula.h"

typedef struct parser {
    PangoContext *context;
    const char *p;
    double size;           /* of the text around, in pixels */
    bool display;          /* the formula stands by itself */
    unsigned grids, lefts; /* how many of \begin and \left are open */
    double lift, drop;     /* how much higher and lower than a line of signs the last atom is */
} parser;

/* Where in a formula: how deep in scripts, how far raised, upright or slanted. */
typedef struct place {
    int level;
    double rise;
    bool upright, bold;
} place;

typedef enum atom_kind {
    ATOM_PLAIN,
    ATOM_BINARY,
    ATOM_OPEN,
    ATOM_OPERATOR /* a name or a large sign, which what follows keeps away from */
} atom_kind;

enum { FORMULA_STOP = 2 }; /* a character that no formula has */

setting *setting_new(void);
/* Width, height above and below the baseline, in pixels. */
void setting_measure(const parser *in, const setting *s, double *width, double *ascent,
                     double *descent);
/* Moves what one setting holds to the end of another. */
void setting_append(setting *to, setting *from);

/* The size of type at this place, in pixels. */
double formula_size(const parser *in, place at);
void formula_skip_blanks(parser *in);
/* n bytes of text in the formula's face, `times` as large. */
void formula_add_text(const parser *in, setting *to, const char *text, size_t n, bool slanted,
                      double times, place at);
/* Atoms up to the closing character, which is passed; until 0: one atom without scripts. */
void formula_add_list(parser *in, setting *to, char until, place at);
/* {…} or one atom, as a setting of its own. */
setting *formula_argument(parser *in, place at);

/* After the command of n letters: reads what it takes and adds a box. False if it is none that
 * needs one. */
bool formula_add_box(parser *in, setting *to, const char *name, size_t n, place at,
                     atom_kind *kind);

/* What \left and \begin read. */
void formula_add_sides(parser *in, setting *to, place at);
void formula_add_grid(parser *in, setting *to, place at);

/* Whether the n letters are this word. */
bool formula_is(const char *name, size_t n, const char *word);

/* Where fractions and matrices have their middle above the baseline, in em. */
#define FORMULA_AXIS .25

/* A box, part by part; box_put moves it into the setting. */
void box_add_part(inline_box *box, setting *what, double x, double y);
void box_add_rule(inline_box *box, box_rule rule);
void box_put(setting *to, const inline_box *box);
/* How much higher and lower than a line of signs the box is: scripts keep that distance. */
void box_note_height(parser *in, const inline_box *box, double em);

#endif
