/* Undo and redo without end: every state that was left, as the text that makes it (a few hundred
 * bytes), whatever the text means. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct history {
    char **text; /* [n] oldest first, owned */
    size_t n, room;
    size_t at; /* the present one; n = 0: none yet */
} history;

/* The present is now this text: what had been undone is forgotten, and the same text twice is once.
 * False if there is no memory; the history is then as it was. */
bool history_keep(history *h, const char *text);

/* The text one step back or on, now the present; NULL at the end. The history owns it. */
const char *history_back(history *h);
const char *history_on(history *h);

void history_free(history *h);

#endif
