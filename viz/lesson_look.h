/* What a learner at a terminal looks at in place of the window's views: numbers, and pictures in
 * files. */
#ifndef LESSON_LOOK_H
#define LESSON_LOOK_H

#include "viz/lesson_text.h"

/* `? EXPRESSION`: its value now; of an array all its numbers, as many as fit a screen. */
void lesson_tell(const lesson_paper *paper, player *p, const char *expression);

/* What the checker finds in the backward pass on stage, where the stage shows the check. */
void lesson_tell_check(const lesson_paper *paper, player *p);

/* `picture`: the views of the scene as it is now, as files, and where they are. */
void lesson_draw(const lesson_paper *paper, player *p);

#endif
