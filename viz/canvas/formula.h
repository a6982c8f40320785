/* Text with formulas, made ready for Pango.
 *
 * Between dollar signs the text is a formula in a subset of TeX's mathematics; \$ is a dollar sign.
 *
 *     x_t   h_{t-1}   c_t^2   \frac{\partial L}{\partial h_t}
 *     letters and Greek slanted, digits, signs and brackets upright; blanks mean nothing, the
 *     space around = + − < ⊙ and the like is added; - is the minus sign, ' the prime
 *     \alpha … \omega \Delta \partial \odot \cdot \times \pm \le \ge \approx \ne \to \infty \in
 *     \sum \prod \int \sqrt \nabla \ell \top \| \cdots \lambda, and any sign as itself (∂, σ, ⊙)
 *     \tanh \exp \log \ln \max \min \diag and unknown commands: their name, upright
 *     \text{…}  \mathrm{…}: upright, blanks kept;  \quad \, : space;  \left \right mean nothing
 *
 * Subscript and superscript of the same letter stand above each other.
 *
 * Among the words, MARK_BOLD … MARK_BOLD_END and MARK_CODE … MARK_CODE_END (canvas.h) mark
 * emphasis; always in pairs, and properly nested. */
#ifndef FORMULA_H
#define FORMULA_H

#include <pango/pango.h>
#include <stdbool.h>

/* Pango markup, and the boxes that stand for the object characters (U+FFFC) in it, in order. */
typedef struct setting {
    GString *markup;
    GPtrArray *boxes; /* of inline_box */
} setting;

/* Space of a width that may be negative (where a superscript goes back above its subscript), or a
 * fraction. In pixels. */
typedef struct inline_box {
    double width, ascent, descent, rise, size;
    setting *top, *bottom; /* of a fraction, else NULL; owned */
} inline_box;

/* The setting of a text in type of this size in pixels; `whole`: all of it is a formula. Widths are
 * measured with the fonts of the context. Never fails: what it does not understand is shown as it
 * stands. Free with setting_free. */
setting *setting_make(PangoContext *context, const char *text, bool whole, double size);
void setting_free(setting *s);

/* Puts it into a layout. The layout's shapes point into s, which must outlive it. */
void setting_lay(const setting *s, PangoLayout *layout);

#endif
