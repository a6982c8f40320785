/* Fuzz target: any bytes as a safetensors file and as a model. What is read must also come back
 * when it is written. For clang -fsanitize=fuzzer. */
#include "files/model_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Every tensor whose numbers the library reads. */
static void read_all(rs_safetensors *file)
{
    for (size_t k = 0; k < file->tensors_n; k++) {
        double *numbers = calloc(file->tensors[k].entries + 1, sizeof *numbers);
        if (numbers && file->tensors[k].dtype != RS_OTHER_DTYPE &&
            rs_safetensors_read(file, &file->tensors[k], numbers, NULL) != RS_OK)
            abort();
        free(numbers);
    }
}

static void write_and_read_back(const rs_model *model, const rs_model_file *names)
{
    char path[64];
    rs_model back;
    rs_model_file file;
    (void)snprintf(path, sizeof path, "/dev/shm/rnnscope-fuzz-%ld.safetensors", (long)getpid());
    if (rs_model_write(path, model, names, NULL) != RS_OK ||
        rs_model_read(path, model->net.cell, &back, &file, NULL) != RS_OK ||
        back.net.parameters_n != model->net.parameters_n ||
        memcmp(back.parameters, model->parameters,
               model->net.parameters_n * sizeof *model->parameters) != 0)
        abort();
    (void)unlink(path);
    rs_model_free(&back);
    rs_model_file_free(&file);
}

static void read_file(const uint8_t *bytes, size_t n)
{
    rs_safetensors file;
    rs_model model;
    rs_model_file names;
    rs_error err;
    FILE *stream = n > 0 ? fmemopen((void *)(uintptr_t)bytes, n, "rb") : NULL;
    if (!stream || rs_safetensors_over(&file, stream, "fuzz", &err) != RS_OK)
        return;
    read_all(&file);
    if (rs_model_read_from(&file, NULL, &model, &names, &err) == RS_OK) {
        write_and_read_back(&model, &names);
        rs_model_free(&model);
        rs_model_file_free(&names);
    }
    rs_safetensors_close(&file);
}

/* The bytes as a file, and again as what follows a header length that is right: the text up to the
 * first NUL is the header, so that a change of its length still gets past the first check. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t *whole = malloc(n + 8);
    size_t length = 0;
    if (!whole)
        return 0;
    while (length < n && bytes[length])
        length++;
    for (size_t k = 0; k < 8; k++)
        whole[k] = (uint8_t)(length >> 8 * k);
    memcpy(whole + 8, bytes, n);
    read_file(bytes, n);
    read_file(whole, n + 8);
    free(whole);
    return 0;
}
