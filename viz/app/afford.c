#include "viz/app/afford.h"

#include "base/memory.h"
#include "gradcheck/check.h"

#include <stdint.h>
#include <unistd.h>

size_t afford_bytes(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t bytes = 0;
    if (pages <= 0 || page <= 0 || !rs_multiply((size_t)pages, (size_t)page, &bytes))
        return SIZE_MAX;
    return bytes / 5;
}

static rs_status judge(const char *what, size_t wanted, size_t most, rs_error *err)
{
    char takes[16], has[16];
    if (wanted <= most)
        return RS_OK;
    return rs_fail(err, RS_USAGE,
                   "%s would take %s of memory, at most %s here: fewer steps, units or sequences",
                   what, rs_bytes_text((double)wanted, takes), rs_bytes_text((double)most, has));
}

rs_status afford_passes(const computed *c, size_t bytes, rs_error *err)
{
    size_t sum = 0;
    for (size_t k = 0; k < c->cells_n; k++) {
        const computed_cell *cell = &c->cell[k];
        const size_t one = rs_trace_bytes(&cell->model.net, cell->data.T, cell->data.B, RS_KEEP_ALL,
                                          sizeof(double));
        if (!rs_add(sum, one, &sum))
            sum = SIZE_MAX;
    }
    return judge("this network and its steps", sum, bytes, err);
}

rs_status afford_check(const computed_cell *cell, size_t bytes, rs_error *err)
{
    const size_t threads = cell->model.net.blocks_n; /* it measures them side by side */
    return judge("the check",
                 rs_check_bytes(&cell->model.net, cell->data.T, cell->data.B, RS_COMPLEX, threads),
                 bytes, err);
}
