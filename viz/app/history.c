#include "viz/app/history.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(history *h)
{
    if (h->n < h->room)
        return true;
    size_t room = h->room ? 2 * h->room : 64;
    char **text = room <= SIZE_MAX / sizeof *text ? realloc(h->text, room * sizeof *text) : NULL;
    if (!text)
        return false;
    h->text = text;
    h->room = room;
    return true;
}

bool history_keep(history *h, const char *text)
{
    if (h->n > 0 && strcmp(h->text[h->at], text) == 0)
        return true;
    char *copy = strdup(text);
    if (!copy || !make_room(h)) {
        free(copy);
        return false;
    }
    while (h->n > 0 && h->n > h->at + 1)
        free(h->text[--h->n]);
    h->at = h->n;
    h->text[h->n++] = copy;
    return true;
}

const char *history_back(history *h) { return h->n > 0 && h->at > 0 ? h->text[--h->at] : NULL; }

const char *history_on(history *h)
{
    return h->n > 0 && h->at + 1 < h->n ? h->text[++h->at] : NULL;
}

void history_free(history *h)
{
    while (h->n > 0)
        free(h->text[--h->n]);
    free(h->text);
    *h = (history){0};
}
