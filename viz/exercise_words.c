#include "viz/exercise_words.h"

#include "viz/finding_text.h"

#include <stdio.h>
#include <string.h>

void exercise_line_text(lang_kind lang, const exercise_details *details, const char *line, size_t n,
                        char text[SENTENCE_TEXT])
{
    char english[SENTENCE_TEXT];
    (void)snprintf(english, sizeof english, "%.*s", (int)(n < sizeof english ? n : sizeof english),
                   line);
    for (size_t k = 0; k < details->findings_n; k++) {
        rs_phrases_write(details->finding[k].says, RS_FINDING_PHRASES, text, SENTENCE_TEXT);
        if (strcmp(text, english) != 0)
            continue;
        finding_phrases_text(lang, details->finding[k].says, text, SENTENCE_TEXT);
        return;
    }
    const char *said = sentence_text(lang, english, text);
    if (said != text)
        (void)snprintf(text, SENTENCE_TEXT, "%s", said);
}
