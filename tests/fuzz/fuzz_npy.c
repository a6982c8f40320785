/* Fuzz target: any bytes as a .npy file. What is read must also come back when it is written, in
 * either order. For clang -fsanitize=fuzzer. */
#include "files/npy.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void write_and_read_back(const rs_npy *array, rs_order order)
{
    char path[64];
    rs_npy back;
    (void)snprintf(path, sizeof path, "/dev/shm/rnnscope-fuzz-%ld.npy", (long)getpid());
    if (rs_npy_write(path, array, order, NULL) != RS_OK ||
        rs_npy_read(&back, path, NULL) != RS_OK || back.dtype != array->dtype ||
        back.entries != array->entries)
        abort();
    for (size_t k = 0; k < back.entries; k++)
        if (back.data[k] != array->data[k] && array->data[k] == array->data[k]) /* NaN aside */
            abort();
    (void)unlink(path);
    rs_npy_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    rs_npy array;
    rs_error err;
    FILE *stream = n > 0 ? fmemopen((void *)(uintptr_t)bytes, n, "rb") : NULL;
    if (!stream || rs_npy_read_over(&array, stream, "fuzz", &err) != RS_OK)
        return 0;
    write_and_read_back(&array, RS_C_ORDER);
    write_and_read_back(&array, RS_FORTRAN_ORDER);
    rs_npy_free(&array);
    return 0;
}
