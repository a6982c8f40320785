/* The source lines of lib/cells, as the program was built from them. */
#include "viz/plots/equations.h"

#include <stdio.h>
#include <string.h>

typedef struct source_file {
    const char *name;         /* "lib/cells/lstm.c" */
    const char *const *lines; /* ended by NULL */
} source_file;

static const source_file files[] = {
#include "cell_lines.h" /* made by the Makefile */
};

/* The line after the one on which a function's definition begins, or NULL. */
static const char *const *body_of(const char *file, const char *function)
{
    char head[64];
    const int n = snprintf(head, sizeof head, "static void %s(", function);
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        if (strcmp(files[k].name, file) == 0)
            for (const char *const *line = files[k].lines; *line; line++)
                if (strncmp(*line, head, (size_t)n) == 0)
                    return line + 1;
    return NULL;
}

size_t cell_source(const char *file, const char *function, const char *code, char *text,
                   size_t room)
{
    const char *const *line = body_of(file, function);
    size_t found = 0;
    if (room > 0)
        *text = '\0';
    for (; line && *line && **line != '}'; line++) {
        const char *begin = *line + strspn(*line, " ");
        if (strncmp(begin, code, strlen(code)) == 0 && found++ == 0)
            (void)snprintf(text, room, "%.*s", (int)strcspn(begin, ";") + 1, begin);
    }
    return found;
}

size_t equation_source(const char *file, const char *function, bool backward, const equation *e,
                       char *text, size_t room)
{
    char twin[48];
    (void)snprintf(twin, sizeof twin, "%s%s", function, backward ? "_backward" : "");
    return cell_source(file, twin, e->code, text, room);
}
