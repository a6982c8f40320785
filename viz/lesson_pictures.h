/* The pictures of a lesson as files, where there is no window to show them in. */
#ifndef LESSON_PICTURES_H
#define LESSON_PICTURES_H

#include "lessons/engine/player.h"
#include "viz/lang.h"

/* Draws each view that the lesson's scenes show into folder/ID-STEP-VIEW.png, making the folder;
 * *n: how many. A view that a scene has no data for is left out. */
rs_status lesson_pictures(player *p, const char *folder, lang_kind lang, size_t *n, rs_error *err);

/* The same of the scene on stage alone, as the learner has it now. */
rs_status lesson_pictures_now(player *p, const char *folder, lang_kind lang, size_t *n,
                              rs_error *err);

#endif
