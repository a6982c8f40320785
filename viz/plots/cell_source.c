/* The lines of lib/cells that compute an equation. */
#include "viz/plots/equations.h"
#include "viz/source_code.h"

#include <stdio.h>
#include <string.h>

size_t cell_source(const char *file, const char *function, const char *code, char *text,
                   size_t room)
{
    const source_lines body = source_function(file, function);
    size_t found = 0;
    if (room > 0)
        *text = '\0';
    for (size_t k = 0; k < body.n; k++) {
        const char *begin = body.line[k] + strspn(body.line[k], " ");
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
