#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool rs_multiply(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

bool rs_add(size_t a, size_t b, size_t *sum)
{
    if (a > SIZE_MAX - b)
        return false;
    *sum = a + b;
    return true;
}

/* More than the machine has is refused here: the system might promise it and then kill the program
 * when the memory is touched. */
static size_t largest_request(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t bytes = 0;
    if (pages <= 0 || page <= 0 || !rs_multiply((size_t)pages, (size_t)page, &bytes))
        return SIZE_MAX / 4;
    return bytes < SIZE_MAX / 4 ? bytes : SIZE_MAX / 4;
}

enum { LINE = 64, HUGE_PAGE = 1 << 21 };

/* Memory that is not yet zero, or NULL. A large piece lies on pages of 2 MiB where the system has
 * them: handing out a hundred megabytes in pages of 4 KiB takes as long as a pass through them. */
static void *memory_of(size_t bytes)
{
#ifdef MADV_HUGEPAGE
    if (bytes >= 2 * HUGE_PAGE) {
        const size_t rounded = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
        void *memory = aligned_alloc(HUGE_PAGE, rounded);
        if (memory)
            (void)madvise(memory, rounded, MADV_HUGEPAGE);
        return memory;
    }
#endif
    return aligned_alloc(LINE, bytes);
}

void *rs_alloc(size_t count, size_t size, const char *what, rs_error *err)
{
    char text[16];
    size_t bytes = 0;
    if (!rs_multiply(count, size, &bytes) || bytes > largest_request()) {
        (void)rs_fail(err, RS_INTERNAL, "out of memory: %s would take %s", what,
                      rs_bytes_text((double)count * (double)size, text));
        return NULL;
    }
    const size_t rounded = (bytes / LINE + 1) * LINE;
    void *memory = memory_of(rounded);
    if (!memory) {
        (void)rs_fail(err, RS_INTERNAL, "out of memory: %s would take %s", what,
                      rs_bytes_text((double)bytes, text));
        return NULL;
    }
    memset(memory, 0, rounded);
    return memory;
}

const char *rs_bytes_text(double bytes, char text[16])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    if (bytes >= 1e6)
        (void)snprintf(text, 16, "> 1e6 %s", units[unit]);
    else
        (void)snprintf(text, 16, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return text;
}
