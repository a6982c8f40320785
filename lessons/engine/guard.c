#include "lessons/engine/guard.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct guarded {
    const char *name;
    char *map; /* page · data pages · page */
    size_t data, n;
    double *array;
    bool writable;
} table[GUARD_MOST];
static size_t used;

/* Bytes of NaNs: reading before the beginning of an array does not go by unseen. */
static const unsigned char canary = 0xFF;

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* The bytes between the first page and the array. */
static size_t slack(const struct guarded *g) { return g->data - g->n * sizeof(double); }

double *guard_new(const char *name, size_t n)
{
    const size_t page = page_size(), bytes = n * sizeof(double);
    const size_t data = (bytes + page - 1) / page * page + (bytes == 0) * page;
    if (used == GUARD_MOST)
        return NULL;
    char *map =
        mmap(NULL, data + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    struct guarded *g = &table[used++];
    *g = (struct guarded){name, map, data, n, NULL, true};
    memset(map + page, canary, slack(g));
    g->array = (double *)(void *)(map + page + slack(g));
    (void)mprotect(map, page, PROT_NONE);
    (void)mprotect(map + page + data, page, PROT_NONE);
    return g->array;
}

void guard_writable(const double *array, bool writable)
{
    for (size_t k = 0; k < used; k++)
        if (table[k].array == array && table[k].writable != writable) {
            (void)mprotect(table[k].map + page_size(), table[k].data,
                           writable ? PROT_READ | PROT_WRITE : PROT_READ);
            table[k].writable = writable;
        }
}

const char *guard_damaged(void)
{
    for (size_t k = 0; k < used; k++) {
        unsigned char *before = (unsigned char *)table[k].map + page_size();
        for (size_t j = 0; j < slack(&table[k]); j++)
            if (before[j] != canary) {
                if (table[k].writable)
                    before[j] = canary;
                return table[k].name;
            }
    }
    return NULL;
}

bool guard_explain(const void *address, char *text, size_t room)
{
    const uintptr_t at = (uintptr_t)address;
    for (size_t k = 0; k < used; k++) {
        const struct guarded *g = &table[k];
        const uintptr_t first = (uintptr_t)g->map, last = first + g->data + 2 * page_size();
        const uintptr_t array = (uintptr_t)g->array;
        if (at < first || at >= last)
            continue;
        if (at >= array + g->n * sizeof(double))
            (void)snprintf(text, room, "`%s` has %zu entries, and entry %zu is used", g->name, g->n,
                           (size_t)(at - array) / sizeof(double));
        else if (at >= first + page_size())
            (void)snprintf(text, room, "`%s` is only to be read, and is written to", g->name);
        else
            (void)snprintf(text, room, "what lies before the beginning of `%s` is used", g->name);
        return true;
    }
    return false;
}
