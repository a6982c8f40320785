/* The signs that TeX's commands stand for, for screens, paper and terminals. */
#ifndef FORMULA_SIGNS_H
#define FORMULA_SIGNS_H

#include <stddef.h>

/* "σ" for the n letters "sigma"; "" for one that means nothing (left), NULL for one not known. */
const char *formula_sign(const char *name, size_t n);

#endif
