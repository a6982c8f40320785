/* Text with formulas, made ready for Pango.
 *
 * Between dollar signs the text is a formula in a subset of TeX's mathematics; \$ is a dollar sign.
 *
 *     x_t   h_{t-1}   c_t^2   \frac{\partial L}{\partial h_t}   \sqrt{1 - z^2}
 *     letters and Greek slanted, digits, signs and brackets upright; blanks mean nothing, the
 *     space around = + − < ⊙ and the like is added; - is the minus sign, ' the prime
 *     \alpha … \omega \Delta \partial \odot \cdot \times \pm \le \ge \approx \ne \to \infty \in
 *     \sum \prod \int \nabla \ell \top \| \cdots \lambda, and any sign as itself (∂, σ, ⊙)
 *     \tanh \exp \log \ln \max \min \diag and unknown commands: their name, upright
 *     \begin{pmatrix} a & b \\ c & d \end{pmatrix}, bmatrix, vmatrix, matrix, cases, aligned
 *     \left( … \right): as high as what they hold;  \overline \bar \hat \tilde \vec \dot
 *     \underbrace{…}_{…};  \mathbf{W} \mathbb{R} \mathcal{L}
 *     \text{…}  \mathrm{…}: upright, blanks kept;  \quad \, : space
 *
 * In a formula of its own (FACE_FORMULA) the limits of \sum, \prod and \lim stand above and below.
 * Subscript and superscript of the same letter stand above each other.
 *
 * Among the words, MARK_BOLD … MARK_BOLD_END and MARK_CODE … MARK_CODE_END (canvas.h) mark
 * emphasis; always in pairs, and properly nested. */
#ifndef FORMULA_H
#define FORMULA_H

#include <pango/pangocairo.h>
#include <stdbool.h>

/* Pango markup, and the boxes that stand for the object characters (U+FFFC) in it, in order. */
typedef struct setting {
    GString *markup;
    GPtrArray *boxes; /* of inline_box */
} setting;

/* A part of a box: where it begins on its baseline, from the box's own point, downwards. */
typedef struct box_part {
    setting *what; /* owned */
    double x, y;
} box_part;

/* A line, bracket or brace of a box, within a rectangle from the box's own point, downwards. */
typedef enum rule_kind {
    RULE_LINE, /* along the top */
    RULE_ROOT,
    RULE_ROUND, /* brackets open to the right; mirrored: to the left */
    RULE_SQUARE,
    RULE_BRACE,
    RULE_BAR,
    RULE_BARS,
    RULE_UNDERBRACE
} rule_kind;

typedef struct box_rule {
    rule_kind kind;
    bool mirrored;
    double x, y, w, h;
} box_rule;

/* Space of a width that may be negative (where a superscript goes back above its subscript), or
 * what stands there: a fraction, a matrix. In pixels. */
typedef struct inline_box {
    double width, ascent, descent, rise, size;
    box_part *parts; /* owned */
    size_t parts_n;
    box_rule rules[2];
    size_t rules_n;
} inline_box;

/* The setting of a text in type of this size in pixels; `whole`: all of it is a formula. Widths are
 * measured with the fonts of the context. Never fails: what it does not understand is shown as it
 * stands. Free with setting_free. */
setting *setting_make(PangoContext *context, const char *text, bool whole, double size);
void setting_free(setting *s);

/* Puts it into a layout. The layout's shapes point into s, which must outlive it. */
void setting_lay(const setting *s, PangoLayout *layout);

/* Draws a box where Pango left room for it, the current point being on the baseline: a
 * PangoCairoShapeRendererFunc. */
void setting_draw_box(cairo_t *cr, PangoAttrShape *shape, gboolean path, gpointer data);

#endif
