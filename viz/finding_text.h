/* What the gradient checker says, in the language of the window: the library gives a finding's
 * phrases with their values (gradcheck/phrase.h) and English; the Chinese of each phrase is here.
 */
#ifndef FINDING_TEXT_H
#define FINDING_TEXT_H

#include "gradcheck/check.h"
#include "viz/lang.h"

/* "lstm 第 0 层，t = 9：通路 f → dc[t−1] 缺失（dc 没有乘以 f）…", into text [room]. */
void finding_text(lang_kind lang, const rs_check_finding *finding, char *text, size_t room);

/* The same of its phrases [RS_FINDING_PHRASES] alone. */
void finding_phrases_text(lang_kind lang, const rs_phrase *says, char *text, size_t room);

/* The words of a phrase, with {1} where its first value stands; NULL: the language has none. */
const char *finding_words(lang_kind lang, rs_phrase_kind kind);

#endif
