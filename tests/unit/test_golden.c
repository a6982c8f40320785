/* The library against PyTorch: tests/golden/CELL.safetensors, written by tests/golden/make.py,
 * which says what is in them. */
#include "tests/unit/fixture.h"

#include "files/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double CLOSE = 1e-10;

/* One case of a file. */
typedef struct golden {
    rs_safetensors *file;
    const char *name;
    shape shape;
    size_t every;
} golden;

/* The numbers of CASE/name; NULL if the file has none. The caller frees them. */
static double *read_optional(const golden *g, const char *name, size_t entries)
{
    char full[128];
    (void)snprintf(full, sizeof full, "%s/%s", g->name, name);
    const rs_tensor *tensor = rs_safetensors_find(g->file, full);
    if (!tensor)
        return NULL;
    if (tensor->entries != entries)
        fail_msg("%s has %zu entries, expected %zu", full, tensor->entries, entries);
    double *numbers = malloc((entries + 1) * sizeof *numbers);
    assert_non_null(numbers);
    assert_int_equal(rs_safetensors_read(g->file, tensor, numbers, NULL), RS_OK);
    return numbers;
}

static double *read_golden(const golden *g, const char *name, size_t entries)
{
    double *numbers = read_optional(g, name, entries);
    if (!numbers)
        fail_msg("%s/%s is missing", g->name, name);
    return numbers;
}

/* Replaces numbers[entries] by those of the file. */
static void load(const golden *g, const char *name, double *numbers, size_t entries)
{
    double *from = read_golden(g, name, entries);
    memcpy(numbers, from, entries * sizeof *numbers);
    free(from);
}

/* Fails unless numbers[entries] are those of the file. A case's gradient may be zero throughout,
 * a dead relu's for one. */
static void compare(const golden *g, const char *name, const double *numbers, size_t entries)
{
    char what[160];
    double *want = read_golden(g, name, entries);
    (void)snprintf(what, sizeof what, "%s %s", g->name, name);
    assert_arrays_close_or_zero(what, numbers, want, entries, CLOSE);
    free(want);
}

/* The case's line in the metadata, as make.py writes it. */
static void describe(golden *g, const char *text)
{
    char loss[8], at[8], reduction[8];
    int bias = 0, readout_bias = 0;
    shape *s = &g->shape;
    const int n = sscanf(text,
                         "T=%zu B=%zu I=%zu H=%zu L=%zu O=%zu loss=%7s at=%7s reduction=%7s "
                         "bias=%d readout_bias=%d every=%zu",
                         &s->T, &s->B, &s->I, &s->H, &s->L, &s->O, loss, at, reduction, &bias,
                         &readout_bias, &g->every);
    assert_int_equal(n, 12);
    s->kind = strcmp(loss, "mse") == 0 ? RS_MSE : strcmp(loss, "bce") == 0 ? RS_BCE : RS_XENT;
    s->last = strcmp(at, "last") == 0;
    s->sum = strcmp(reduction, "sum") == 0;
    s->no_bias_ih = s->no_bias_hh = !bias;
    s->no_readout_bias = !readout_bias;
}

/* The name of layer l's part, "d" + channel + ".l" + l. */
static const char *part(char text[64], const char *prefix, const char *channel, size_t l)
{
    (void)snprintf(text, 64, "%s%s.l%zu", prefix, channel, l);
    return text;
}

static void load_case(const golden *g, fixture *f)
{
    const shape *s = &g->shape;
    const size_t LBH = s->L * s->B * s->H, BH = s->B * s->H, n = s->last ? 1 : s->T;
    const size_t states = states_of(f->model.net.cell);
    static const char *const names[] = {"h0", "c0"};
    for (size_t k = 0; k < f->model.net.blocks_n; k++) {
        const rs_block *block = &f->model.net.blocks[k];
        load(g, block->name, f->model.parameters + block->offset, block->rows * block->cols);
    }
    load(g, "x", f->x, s->T * s->B * s->I);
    for (size_t state = 0; state < states; state++) {
        double *initial = read_golden(g, names[state], LBH); /* [L][B][H] */
        for (size_t l = 0; l < s->L; l++)
            memcpy(f->initial + (l * states + state) * BH, initial + l * BH, BH * sizeof *initial);
        free(initial);
    }
    if (s->kind != RS_XENT)
        load(g, "target", f->target, n * s->B * rs_net_width(&f->model.net));
    else {
        double *label = read_golden(g, "label", n * s->B);
        for (size_t j = 0; j < n * s->B; j++)
            f->label[j] = (int)label[j];
        free(label);
    }
}

/* The values of a channel and their derivatives, at the steps that the file has. */
static void compare_channel(const golden *g, const rs_trace *trace, size_t l, size_t channel)
{
    char name[64];
    const shape *s = &g->shape;
    const char *symbol = trace->net->cell->channels[channel].name;
    const size_t BH = s->B * s->H, steps = (s->T + g->every - 1) / g->every;
    double *value = malloc(2 * steps * BH * sizeof *value), *d = value + steps * BH;
    assert_non_null(value);
    for (size_t k = 0; k < steps; k++) {
        const size_t at = k * g->every * BH;
        memcpy(value + k * BH, trace->layer[l].value[channel] + at, BH * sizeof *value);
        memcpy(d + k * BH, trace->layer[l].d[channel] + at, BH * sizeof *value);
    }
    compare(g, part(name, "", symbol, l), value, steps * BH);
    compare(g, part(name, "d", symbol, l), d, steps * BH);
    free(value);
}

static void compare_initial(const golden *g, const rs_trace *trace, size_t channel,
                            const char *name)
{
    const shape *s = &g->shape;
    const size_t BH = s->B * s->H;
    double *d = malloc(s->L * BH * sizeof *d);
    assert_non_null(d);
    for (size_t l = 0; l < s->L; l++)
        memcpy(d + l * BH, trace->layer[l].d[channel] - BH, BH * sizeof *d);
    compare(g, name, d, s->L * BH);
    free(d);
}

static void compare_case(const golden *g, const fixture *f, const rs_trace *trace)
{
    char name[64];
    const shape *s = &g->shape;
    const rs_cell *cell = trace->net->cell;
    const size_t TB = s->T * s->B;
    compare(g, "loss", &trace->loss, 1);
    compare(g, "y", trace->y, TB * rs_net_width(trace->net));
    compare(g, "dx", trace->dx, TB * s->I);
    compare_initial(g, trace, RS_H, "dh0");
    if (rs_channel_named(cell, "c") >= 0)
        compare_initial(g, trace, (size_t)rs_channel_named(cell, "c"), "dc0");
    for (size_t l = 0; l < s->L; l++)
        for (size_t k = 0; k < cell->channels_n; k++)
            if (cell->channels[k].role == RS_STATE || cell->channels[k].role == RS_GATE)
                compare_channel(g, trace, l, k);
    for (size_t k = 0; k < trace->net->blocks_n; k++) {
        const rs_block *block = &trace->net->blocks[k];
        (void)snprintf(name, sizeof name, "grad.%s", block->name);
        compare(g, name, f->gradient + block->offset, block->rows * block->cols);
    }
}

static void check_file(const char *cell_name)
{
    char path[128];
    rs_safetensors file;
    rs_error err = {0};
    size_t cases = 0;
    (void)snprintf(path, sizeof path, "tests/golden/%s.safetensors", cell_name);
    if (rs_safetensors_open(&file, path, &err) != RS_OK)
        fail_msg("%s", err.text);
    assert_string_equal(rs_safetensors_metadata(&file, "cell"), cell_name);
    for (size_t k = 0; k < file.metadata_n; k++) {
        if (strncmp(file.metadata[k].key, "case ", 5) != 0)
            continue;
        golden g = {.file = &file, .name = file.metadata[k].key + 5};
        describe(&g, file.metadata[k].value);
        fixture f = fixture_make(rs_cell_named(cell_name), g.shape, 1);
        load_case(&g, &f);
        rs_trace *trace = fixture_run(&f, RS_KEEP_ALL, 0);
        compare_case(&g, &f, trace);
        rs_trace_free(trace);
        fixture_free(&f);
        cases++;
    }
    assert_int_equal(cases, 14);
    rs_safetensors_close(&file);
}

static void rnn_is_torchs(void **state)
{
    (void)state;
    check_file("rnn");
}

static void rnn_relu_is_torchs(void **state)
{
    (void)state;
    check_file("rnn-relu");
}

static void lstm_is_torchs(void **state)
{
    (void)state;
    check_file("lstm");
}

static void gru_is_torchs(void **state)
{
    (void)state;
    check_file("gru");
}

static void gru_reset_before_is_that_of_autograd(void **state)
{
    (void)state;
    check_file("gru-reset-before");
}

const struct CMUnitTest golden_tests[] = {
    cmocka_unit_test(rnn_is_torchs), cmocka_unit_test(rnn_relu_is_torchs),
    cmocka_unit_test(lstm_is_torchs), cmocka_unit_test(gru_is_torchs),
    cmocka_unit_test(gru_reset_before_is_that_of_autograd)};
const size_t golden_tests_n = TESTS_N(golden_tests);
