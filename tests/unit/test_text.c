/* lib/data: text, and batches in general. */
#include "tests/unit/test.h"

#include "data/source.h"
#include "tests/unit/files_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rs_text parse(const char *bytes)
{
    rs_text text;
    assert_int_equal(rs_text_parse(&text, bytes, strlen(bytes), "t", NULL), RS_OK);
    return text;
}

static void symbols_are_code_points(void **state)
{
    (void)state;
    rs_text text = parse("\xef\xbb\xbf"
                         "za\xc3\xa9\xe6\xa2\xaf\xf0\x9f\x8c\x8a"
                         "a");
    const uint32_t vocabulary[] = {'a', 'z', 0xe9, 0x68af, 0x1f30a};
    const int symbols[] = {1, 0, 2, 3, 4, 0};
    assert_int_equal(text.n, 6);
    assert_int_equal(text.vocabulary_n, 5);
    assert_memory_equal(text.vocabulary, vocabulary, sizeof vocabulary);
    assert_memory_equal(text.symbol, symbols, sizeof symbols);
    assert_int_equal(rs_text_symbol(&text, 0x68af), 3);
    assert_int_equal(rs_text_symbol(&text, 'b'), -1);
    assert_int_equal(rs_text_symbol(&text, 0x10ffff), -1);
    rs_text_free(&text);
}

static void utf8_is_written_as_read(void **state)
{
    (void)state;
    const uint32_t points[] = {1,      0x7f,   0x80,   0x7ff,   0x800,
                               0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    const size_t lengths[] = {1, 1, 2, 2, 3, 3, 3, 3, 4, 4};
    for (size_t k = 0; k < TESTS_N(points); k++) {
        char utf8[5], twice[11];
        assert_int_equal(rs_text_utf8(points[k], utf8), lengths[k]);
        assert_int_equal(strlen(utf8), lengths[k]);
        (void)snprintf(twice, sizeof twice, "%s%s", utf8, utf8);
        rs_text text = parse(twice);
        assert_int_equal(text.vocabulary[0], points[k]);
        rs_text_free(&text);
    }
}

static void bad_bytes_are_refused_by_place(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "ab\xff",             /* no first byte */
        "ab\x80",             /* a second byte alone */
        "ab\xc0\xaf",         /* overlong */
        "ab\xe0\x9f\xbf",     /* overlong */
        "ab\xed\xa0\x80",     /* surrogate */
        "ab\xf4\x90\x80\x80", /* beyond U+10FFFF */
        "ab\xf8\x88\x80\x80", /* five bytes */
        "ab\xe6\xa2",         /* cut off */
        "ab\xe6z\xaf",        /* no second byte */
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        rs_text text;
        assert_int_equal(rs_text_parse(&text, bad[k], strlen(bad[k]), "t.txt", &err), RS_DATA);
        assert_non_null(strstr(err.text, "t.txt: byte 2 (0x"));
        assert_null(text.symbol);
    }
}

static void too_short_is_refused(void **state)
{
    (void)state;
    rs_error err = {0};
    rs_text text;
    assert_int_equal(rs_text_parse(&text, "\xc3\xa9", 2, "t.txt", &err), RS_DATA);
    assert_non_null(strstr(err.text, "t.txt: 1 characters, expected at least 2"));
    assert_int_equal(rs_text_parse(&text, "", 0, "t.txt", &err), RS_DATA);
}

static void windows_ask_for_the_next_character(void **state)
{
    (void)state;
    rs_text text = parse("abcdefghij");
    rs_data data;
    assert_int_equal(rs_text_make(&text, 3, 4, &data, NULL), RS_OK);
    const int first[] = {0, 2, 4, 6}; /* evenly over 0 … 6 */
    assert_true(data.loss.kind == RS_XENT && !data.loss.last);
    for (size_t b = 0; b < 4; b++)
        for (size_t t = 0; t < 3; t++) {
            const double *x = data.x + (t * 4 + b) * 10;
            for (size_t k = 0; k < 10; k++)
                assert_true(x[k] == ((int)k == first[b] + (int)t));
            assert_int_equal(data.label[t * 4 + b], first[b] + (int)t + 1);
        }
    rs_data_free(&data);
    assert_int_equal(rs_text_make(&text, 0, 3, &data, NULL), RS_OK);
    assert_int_equal(data.T, 3);
    rs_data_free(&data);
    rs_error err = {0};
    assert_int_equal(rs_text_make(&text, 10, 1, &data, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "10 characters"));
    assert_int_equal(rs_text_make(&text, 9, 1, &data, &err), RS_OK);
    rs_data_free(&data);
    rs_text_free(&text);
}

static void a_file_is_read(void **state)
{
    char path[PATH];
    rs_text text;
    rs_error err = {0};
    write_bytes(in_folder(state, "t.txt", path), "hello", 5);
    assert_int_equal(rs_text_read(&text, path, &err), RS_OK);
    assert_int_equal(text.n, 5);
    rs_text_free(&text);
    assert_int_equal(rs_text_read(&text, in_folder(state, "none.txt", path), &err), RS_OPEN);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(rs_text_read(&text, in_folder(state, "", path), &err), RS_OPEN);
}

/* Longer than any first buffer, so that it has to grow. */
static void a_long_file_is_read_whole(void **state)
{
    enum { N = 300000 };
    char path[PATH], *bytes = malloc(N);
    rs_text text;
    for (size_t k = 0; k < N; k++)
        bytes[k] = (char)('a' + k % 7);
    write_bytes(in_folder(state, "long.txt", path), bytes, N);
    assert_int_equal(rs_text_read(&text, path, NULL), RS_OK);
    assert_int_equal(text.n, N);
    for (size_t k = 0; k < N; k++)
        assert_int_equal(text.symbol[k], k % 7);
    rs_text_free(&text);
    free(bytes);
}

static void training_never_sees_the_held_out_part(void **state)
{
    (void)state;
    enum { N = 200, T = 9, B = 16 };
    char bytes[N + 1];
    /* only the last fifth has a b */
    for (size_t k = 0; k < N; k++)
        bytes[k] = k < 160 ? 'a' : 'b';
    bytes[N] = 0;
    rs_text text = parse(bytes);
    rs_source source;
    rs_data batch, held_out;
    rs_random random = rs_random_seed(3, 0);
    assert_int_equal(rs_source_text(&source, &text, T, B, 0.2, NULL), RS_OK);
    assert_int_equal(source.training, 160);
    assert_int_equal(rs_source_batch(&source, false, &batch, NULL), RS_OK);
    assert_int_equal(rs_source_batch(&source, true, &held_out, NULL), RS_OK);
    for (size_t k = 0; k < 50; k++) {
        rs_source_next(&source, &random, &batch);
        for (size_t j = 0; j < T * B; j++)
            assert_true(batch.label[j] == 0 && batch.x[2 * j] == 1 && batch.x[2 * j + 1] == 0);
    }
    rs_source_held_out(&source, &held_out);
    for (size_t j = 0; j < T * held_out.B; j++)
        assert_true(held_out.label[j] == 1 && held_out.x[2 * j + 1] == 1);
    rs_data_free(&batch);
    rs_data_free(&held_out);
    rs_text_free(&text);
}

static void every_window_is_drawn(void **state)
{
    (void)state;
    rs_text text = parse("abcdefghij");
    rs_source source;
    rs_data batch;
    rs_random random = rs_random_seed(3, 0);
    size_t seen[10] = {0};
    assert_int_equal(rs_source_text(&source, &text, 4, 1, 0, NULL), RS_OK);
    assert_int_equal(source.held_out_B, 0);
    assert_int_equal(rs_source_batch(&source, false, &batch, NULL), RS_OK);
    for (size_t k = 0; k < 600; k++) {
        rs_source_next(&source, &random, &batch);
        seen[batch.label[3]]++;
    }
    for (size_t k = 4; k < 10; k++) /* windows end at e … j, 100 times each on average */
        assert_true(seen[k] > 60 && seen[k] < 140);
    rs_data_free(&batch);
    rs_text_free(&text);
}

static void held_out_tasks_are_always_the_same(void **state)
{
    (void)state;
    rs_source source, other;
    rs_data a, b, batch;
    rs_random random = rs_random_seed(8, 0);
    assert_int_equal(rs_source_task(&source, rs_task_named("adding"), 10, 4, 8, NULL), RS_OK);
    assert_int_equal(rs_source_task(&other, rs_task_named("adding"), 11, 4, 8, NULL), RS_OK);
    assert_true(source.fingerprint != other.fingerprint);
    assert_int_equal(rs_source_batch(&source, true, &a, NULL), RS_OK);
    assert_int_equal(rs_source_batch(&source, true, &b, NULL), RS_OK);
    assert_int_equal(rs_source_batch(&source, false, &batch, NULL), RS_OK);
    rs_source_held_out(&source, &a);
    rs_source_next(&source, &random, &batch);
    rs_source_held_out(&source, &b);
    assert_memory_equal(a.x, b.x, a.T * a.B * a.I * sizeof(double));
    assert_memory_not_equal(a.x, batch.x, batch.B * batch.I * sizeof(double));
    rs_data_free(&a);
    rs_data_free(&b);
    rs_data_free(&batch);
}

static void one_batch_for_ever(void **state)
{
    (void)state;
    rs_random random = rs_random_seed(8, 0);
    rs_data data, batch;
    rs_source source;
    assert_int_equal(rs_task_make(rs_task_named("copy"), 10, 4, &random, &data, NULL), RS_OK);
    double h0[4 * 2] = {1, 2, 3, 4, 5, 6, 7, 8};
    data.h0 = h0;
    data.layers = 1;
    data.hidden = 2;
    assert_int_equal(rs_source_data(&source, &data, NULL), RS_OK);
    assert_int_equal(rs_source_batch(&source, false, &batch, NULL), RS_OK);
    rs_source_next(&source, &random, &batch);
    assert_memory_equal(batch.x, data.x, 10 * 4 * 10 * sizeof(double));
    assert_memory_equal(batch.label, data.label, 10 * 4 * sizeof(int));
    assert_memory_equal(batch.h0, h0, sizeof h0);
    data.h0 = NULL;
    data.loss.kind = RS_NO_LOSS;
    rs_error err = {0};
    assert_int_equal(rs_source_data(&source, &data, &err), RS_USAGE);
    rs_data_free(&data);
    rs_data_free(&batch);
}

static void sources_refuse_what_does_not_fit(void **state)
{
    (void)state;
    rs_text text = parse("abcdefghij");
    rs_source source;
    rs_error err = {0};
    assert_int_equal(rs_source_text(&source, &text, 10, 1, 0, &err), RS_USAGE);
    assert_int_equal(rs_source_text(&source, &text, 9, 1, 0, &err), RS_OK);
    assert_int_equal(rs_source_text(&source, &text, 4, 1, 0.3, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "of 10 characters 7 are for training and 3 held out"));
    assert_int_equal(rs_source_text(&source, &text, 2, 1, 0.3, &err), RS_OK);
    assert_int_equal(rs_source_text(&source, &text, 2, 1, 1, &err), RS_USAGE);
    assert_int_equal(rs_source_text(&source, &text, 0, 1, 0, &err), RS_USAGE);
    assert_int_equal(rs_source_task(&source, rs_task_named("copy"), 2, 1, 0, &err), RS_USAGE);
    rs_text_free(&text);
}

static void data_starts_a_trace(void **state)
{
    (void)state;
    const rs_net config = {
        .cell = &rs_cell_lstm, .inputs = 2, .hidden = 3, .layers = 2, .outputs = 1};
    rs_net net = config;
    rs_data data;
    rs_error err = {0};
    assert_int_equal(rs_net_make(&net, NULL), RS_OK);
    assert_int_equal(rs_data_make(&data, 4, 2, 2, 1, RS_MSE, false, NULL), RS_OK);
    data.layers = 2;
    data.hidden = 3;
    data.h0 = calloc(12, sizeof(double));
    data.c0 = calloc(12, sizeof(double));
    for (size_t k = 0; k < 12; k++) {
        data.h0[k] = 1 + (double)k;
        data.c0[k] = 100 + (double)k;
    }
    for (size_t k = 0; k < 16; k++)
        data.x[k] = 0.5 * (double)k;
    rs_trace *trace = rs_trace_new(&net, 4, 2, RS_KEEP_LEAN, NULL);
    rs_trace_f *single = rs_trace_new_f(&net, 4, 2, RS_KEEP_LEAN, NULL);
    assert_int_equal(rs_data_start(&data, trace, NULL), RS_OK);
    assert_int_equal(rs_data_start_f(&data, single, NULL), RS_OK);
    for (size_t k = 0; k < 16; k++)
        assert_true(trace->x[k] == data.x[k] && single->x[k] == (float)data.x[k]);
    for (size_t k = 0; k < 12; k++) {
        const rs_layer *layer = &trace->layer[k / 6];
        assert_true((layer->value[0] - 6)[k % 6] == data.h0[k]);
        assert_true((layer->value[1] - 6)[k % 6] == data.c0[k]);
        assert_true((single->layer[k / 6].value[1] - 6)[k % 6] == (float)data.c0[k]);
    }
    free(data.c0);
    data.c0 = NULL; /* then it is zero again */
    assert_int_equal(rs_data_start(&data, trace, NULL), RS_OK);
    assert_true(trace->layer[1].value[1][-1] == 0);
    rs_trace *longer = rs_trace_new(&net, 5, 2, RS_KEEP_LEAN, NULL);
    assert_int_equal(rs_data_start(&data, longer, &err), RS_USAGE);
    assert_non_null(strstr(err.text, "4 steps of 2 sequences, the trace 5 of 2"));
    rs_trace_free(longer);
    rs_trace_free(trace);
    rs_trace_free_f(single);
    rs_net_free(&net);
    rs_data_free(&data);
}

static void data_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    const rs_net net = {.cell = &rs_cell_gru, .inputs = 2, .hidden = 3, .layers = 1, .outputs = 1};
    double states[12] = {0};
    const struct {
        rs_data data;
        const char *text;
    } bad[] = {
        {{.I = 3, .O = 1, .loss = {.kind = RS_MSE}}, "3 inputs, the network 2"},
        {{.I = 2, .O = 4, .loss = {.kind = RS_MSE}}, "4 outputs, the network has 1"},
        {{.I = 2, .h0 = states, .layers = 2, .hidden = 3}, "2 layers of 3 units"},
        {{.I = 2, .h0 = states, .layers = 1, .hidden = 4}, "1 layers of 4 units"},
        {{.I = 2, .c0 = states, .layers = 1, .hidden = 3}, "gru has no second state"},
    };
    for (size_t k = 0; k < TESTS_N(bad); k++) {
        rs_error err = {0};
        assert_int_equal(rs_data_fits(&bad[k].data, &net, &err), RS_USAGE);
        assert_non_null(strstr(err.text, bad[k].text));
    }
    const rs_data good = {.I = 2, .h0 = states, .layers = 1, .hidden = 3};
    assert_int_equal(rs_data_fits(&good, &net, NULL), RS_OK);
    rs_data data;
    rs_error err = {0};
    assert_int_equal(rs_data_make(&data, 4, 2, 2, 0, RS_MSE, false, &err), RS_USAGE);
    assert_int_equal(rs_data_make(&data, SIZE_MAX / 2, 3, 2, 0, RS_NO_LOSS, false, &err),
                     RS_INTERNAL);
}

const struct CMUnitTest text_tests[] = {cmocka_unit_test(symbols_are_code_points),
                                        cmocka_unit_test(utf8_is_written_as_read),
                                        cmocka_unit_test(bad_bytes_are_refused_by_place),
                                        cmocka_unit_test(too_short_is_refused),
                                        cmocka_unit_test(windows_ask_for_the_next_character),
                                        IN_FOLDER(a_file_is_read),
                                        IN_FOLDER(a_long_file_is_read_whole),
                                        cmocka_unit_test(training_never_sees_the_held_out_part),
                                        cmocka_unit_test(every_window_is_drawn),
                                        cmocka_unit_test(held_out_tasks_are_always_the_same),
                                        cmocka_unit_test(one_batch_for_ever),
                                        cmocka_unit_test(sources_refuse_what_does_not_fit),
                                        cmocka_unit_test(data_starts_a_trace),
                                        cmocka_unit_test(data_that_does_not_fit_is_refused)};
const size_t text_tests_n = TESTS_N(text_tests);
