/* What a judge of an exercise wrote, line by line, in the language of the window. */
#ifndef EXERCISE_WORDS_H
#define EXERCISE_WORDS_H

#include "lessons/engine/exercise_details.h"
#include "viz/sentence.h"

/* The first n bytes of `line`, without its end; what the checker says comes in phrases too. */
void exercise_line_text(lang_kind lang, const exercise_details *details, const char *line, size_t n,
                        char text[SENTENCE_TEXT]);

#endif
