#include "viz/nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* d[i][j] is the distance between the first i bytes of a and the first j bytes of b. */
size_t nearest_distance(const char *a, const char *b)
{
    size_t d[LONGEST + 1][LONGEST + 1] = {{0}};
    const size_t n = least(strlen(a), LONGEST), m = least(strlen(b), LONGEST);
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
                            d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

nearest nearest_to(const char *text)
{
    const size_t length = strlen(text), mistakes = length < 4 ? 1 : length < 9 ? 2 : 3;
    return (nearest){.text = text, .distance = mistakes + 1};
}

void nearest_try(nearest *search, const char *name)
{
    const size_t distance = nearest_distance(search->text, name);
    if (distance < search->distance) {
        search->distance = distance;
        search->name = name;
    }
}
