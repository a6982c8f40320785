/* What a program can say of the file of a lesson, wherever it lies: `rnnscope learn FILE --check`,
 * and each time a teacher saves it. */
#ifndef LESSON_REPORT_H
#define LESSON_REPORT_H

#include "lessons/engine/check.h"

/* Checks FILE.md as `make lessons-check` does; where FILE.zh.md lies beside it that one too, and
 * the two beside each other. (Given FILE.zh.md, the same two.) Functions that `source` names are
 * looked for where the program lies in its repository. RS_OPEN: there is no such file. */
rs_status lesson_report(const char *path, lesson_mistakes *mistakes, rs_error *err);

/* The first mistake without its folder, and how many there are besides; "" where there is none. */
const char *lesson_report_line(const lesson_mistakes *mistakes, char *to, size_t room);

#endif
