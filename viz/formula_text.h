/* A formula as a line of Unicode text, for terminals: h_{t-1} becomes h₍ₜ₋₁₎ as far as Unicode has
 * the signs, and stays h_{t−1} where it has not. */
#ifndef FORMULA_TEXT_H
#define FORMULA_TEXT_H

#include <stddef.h>

/* The formula (without its dollar signs) into text[room], cut where it does not fit; returns text.
 */
const char *formula_text(const char *formula, char *text, size_t room);

#endif
