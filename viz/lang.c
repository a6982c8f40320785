#include "viz/lang.h"

#include <string.h>

/* English (the key), Chinese */
static const struct {
    const char *english, *chinese;
} table[] = {
    {"step", "步"},
};

enum { ROWS = sizeof table / sizeof *table };

const char *lang_text(lang_kind to, const char *english)
{
    for (size_t k = 0; k < ROWS && to == LANG_ZH; k++)
        if (strcmp(table[k].english, english) == 0)
            return table[k].chinese;
    return english;
}

int lang_has(lang_kind to, const char *english)
{
    return to == LANG_EN || lang_text(to, english) != english;
}

int lang_named(const char *name, lang_kind *to)
{
    const size_t n = strcspn(name, "_-.");
    if (n != 2 || (strncmp(name, "en", 2) != 0 && strncmp(name, "zh", 2) != 0))
        return 0;
    *to = name[0] == 'z' ? LANG_ZH : LANG_EN;
    return 1;
}

int lang_row(size_t k, const char **english, const char **chinese)
{
    if (k >= ROWS)
        return 0;
    *english = table[k].english;
    *chinese = table[k].chinese;
    return 1;
}
