/* What a trace holds and takes. */
#include "tests/unit/fixture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const shape SHAPE = {.T = 5, .B = 2, .I = 3, .H = 7, .L = 2, .O = 2, .kind = RS_MSE};

/* The formula of trace.h, within the rounding of each array to a cache line. */
static void bytes_are_as_stated(void **state)
{
    (void)state;
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        fixture f = fixture_make(*cell, SHAPE, 1);
        size_t channels = (*cell)->channels_n, arrays = 7 + RS_MAX_CHANNELS;
        for (size_t k = 0; k < (*cell)->channels_n; k++)
            channels += (*cell)->channels[k].role != RS_CACHE;
        const size_t n =
            SHAPE.T * SHAPE.B *
            (SHAPE.I * 2 + SHAPE.O * 2 + 1 + SHAPE.L * SHAPE.H * (2 * (*cell)->gates_n + channels));
        const size_t ends = SHAPE.B * SHAPE.H * (RS_MAX_CHANNELS + 4 * SHAPE.L);
        arrays += SHAPE.L * (2 + channels);
        const size_t bytes = rs_trace_bytes(&f.model.net, SHAPE.T, SHAPE.B, RS_KEEP_ALL, 8);
        assert_in_range(bytes, n * 8, (n + ends + arrays * 16) * 8);
        const size_t lean = rs_trace_bytes(&f.model.net, SHAPE.T, SHAPE.B, RS_KEEP_LEAN, 8);
        const size_t dx = rs_trace_bytes(&f.model.net, SHAPE.T, SHAPE.B, RS_KEEP_DX, 8);
        assert_in_range(dx - lean, SHAPE.T * SHAPE.B * SHAPE.I * 8, bytes - lean - 1);
        rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
        assert_int_equal(trace->numbers_n * sizeof(double), bytes);
        rs_trace_free(trace);
        fixture_free(&f);
    }
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_lstm, SHAPE, 1);
    const rs_net *net = &f.model.net;
    rs_error err = {0};
    assert_null(rs_trace_new(net, 0, 1, RS_KEEP_ALL, &err));
    assert_int_equal(err.status, RS_USAGE);
    assert_non_null(strstr(err.text, "0 steps of 1 sequences"));
    assert_null(rs_trace_new(net, 1, 0, RS_KEEP_ALL, &err));
    assert_null(rs_trace_new(net, INT_MAX, 2, RS_KEEP_ALL, &err));
    assert_int_equal(err.status, RS_USAGE);
    assert_null(rs_trace_new(net, INT_MAX - 1, 1, RS_KEEP_ALL, &err)); /* 2 TiB */
    assert_int_equal(err.status, RS_INTERNAL);
    assert_int_equal(rs_trace_bytes(net, 0, 1, RS_KEEP_ALL, 8), SIZE_MAX);
    assert_int_equal(rs_trace_bytes(net, SIZE_MAX, SIZE_MAX, RS_KEEP_ALL, 8), SIZE_MAX);
    rs_trace_free(NULL);
    fixture_free(&f);
}

/* Writes to every array's every number; what overlaps would overwrite another's. */
static void arrays_do_not_overlap(void **state)
{
    (void)state;
    fixture f = fixture_make(&rs_cell_gru, SHAPE, 1);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_ALL);
    const size_t TB = SHAPE.T * SHAPE.B, H = SHAPE.H, BH = SHAPE.B * H;
    double *start[64];
    size_t n[64], arrays = 0;
#define ARRAY(pointer, count) (start[arrays] = (pointer), n[arrays++] = (count))
    ARRAY(trace->x, TB * SHAPE.I);
    ARRAY(trace->dx, TB * SHAPE.I);
    ARRAY(trace->y, TB * SHAPE.O);
    ARRAY(trace->dy, TB * SHAPE.O);
    ARRAY(trace->loss_at, SHAPE.T);
    ARRAY(trace->scratch, RS_MAX_CHANNELS * BH);
    for (size_t l = 0; l < SHAPE.L; l++) {
        ARRAY(trace->layer[l].a, TB * 3 * H);
        ARRAY(trace->layer[l].da, TB * 3 * H);
        assert_int_equal((uintptr_t)trace->layer[l].da % 64, 0); /* on a cache line */
        for (size_t k = 0; k < 5; k++) {
            const size_t before = k == RS_H ? BH : 0;
            ARRAY(trace->layer[l].value[k] - before, TB * H + before);
            ARRAY(trace->layer[l].d[k] - before, TB * H + before);
        }
    }
#undef ARRAY
    for (size_t k = 0; k < arrays; k++)
        for (size_t j = 0; j < n[k]; j++)
            start[k][j] = (double)(k + 1);
    for (size_t k = 0; k < arrays; k++) {
        assert_true(start[k] >= trace->numbers);
        assert_true(start[k] + n[k] <= trace->numbers + trace->numbers_n);
        for (size_t j = 0; j < n[k]; j++)
            assert_true(start[k][j] == (double)(k + 1));
    }
    rs_trace_free(trace);
    fixture_free(&f);
}

static void without_a_readout_y_is_h(void **state)
{
    (void)state;
    shape s = SHAPE;
    s.O = 0;
    fixture f = fixture_make(&rs_cell_gru, s, 1);
    rs_trace *trace = fixture_trace(&f, RS_KEEP_LEAN);
    assert_ptr_equal(trace->y, trace->layer[1].value[RS_H]);
    assert_ptr_equal(trace->dy, trace->layer[1].d[RS_H]);
    rs_trace_free(trace);
    fixture_free(&f);
}

const struct CMUnitTest trace_tests[] = {
    cmocka_unit_test(bytes_are_as_stated), cmocka_unit_test(sizes_that_cannot_be_are_refused),
    cmocka_unit_test(arrays_do_not_overlap), cmocka_unit_test(without_a_readout_y_is_h)};
const size_t trace_tests_n = TESTS_N(trace_tests);
