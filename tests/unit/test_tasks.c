/* lib/data: the made tasks say what they claim, and their ignorant predictors score what they
 * claim. */
#include "tests/unit/test.h"

#include "data/tasks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static rs_data make(const char *name, size_t T, size_t B, uint64_t seed)
{
    rs_random random = rs_random_seed(seed, 0);
    rs_data data;
    assert_int_equal(rs_task_make(rs_task_named(name), T, B, &random, &data, NULL), RS_OK);
    return data;
}

static const double *x_at(const rs_data *data, size_t t, size_t b)
{
    return data->x + (t * data->B + b) * data->I;
}

/* The index of the one 1 in a one-hot row; −1 if all are 0. */
static int symbol_at(const rs_data *data, size_t t, size_t b)
{
    int symbol = -1;
    double sum = 0;
    for (size_t k = 0; k < data->I; k++) {
        sum += x_at(data, t, b)[k];
        if (x_at(data, t, b)[k] == 1)
            symbol = (int)k;
    }
    assert_true(sum == (symbol >= 0));
    return symbol;
}

static void adding_adds_one_of_each_half(void **state)
{
    (void)state;
    rs_data data = make("adding", 11, 50, 1);
    assert_int_equal(data.loss.kind, RS_MSE);
    assert_true(data.loss.last && data.loss.target == data.target);
    for (size_t b = 0; b < data.B; b++) {
        double sum = 0, marks[2] = {0};
        for (size_t t = 0; t < data.T; t++) {
            sum += x_at(&data, t, b)[0] * x_at(&data, t, b)[1];
            marks[t >= 5] += x_at(&data, t, b)[1];
        }
        assert_true(marks[0] == 1 && marks[1] == 1);
        assert_true(fabs(sum - data.target[b]) < 1e-15);
    }
    rs_data_free(&data);
}

static void copy_asks_for_the_first_symbols(void **state)
{
    (void)state;
    for (size_t T = 20; T <= 40; T += 20) {
        const size_t K = T == 20 ? 9 : 10;
        rs_data data = make("copy", T, 7, 1);
        for (size_t b = 0; b < data.B; b++)
            for (size_t t = 0; t < T; t++) {
                const int symbol = symbol_at(&data, t, b), label = data.label[t * data.B + b];
                if (t < K)
                    assert_true(symbol >= 0 && symbol < 8);
                else
                    assert_int_equal(symbol, t == T - K - 1 ? 9 : 8);
                if (t < T - K)
                    assert_int_equal(label, 8);
                else
                    assert_int_equal(label, symbol_at(&data, t - (T - K), b));
            }
        rs_data_free(&data);
    }
}

static void temporal_order_counts_in_twos(void **state)
{
    (void)state;
    rs_data data = make("temporal-order", 30, 60, 1);
    for (size_t b = 0; b < data.B; b++) {
        int answer = 0, marks = 0;
        for (size_t t = 0; t < data.T; t++) {
            const int symbol = symbol_at(&data, t, b);
            if (symbol > 1)
                continue;
            answer = 2 * answer + symbol;
            assert_true(marks == 0 ? t >= 3 && t <= 6 : t >= 12 && t <= 15);
            marks++;
        }
        assert_int_equal(marks, 2);
        assert_int_equal(data.label[b], answer);
    }
    rs_data_free(&data);
}

static void delayed_xor_is_an_exclusive_or(void **state)
{
    (void)state;
    rs_data data = make("delayed-xor", 40, 60, 1);
    for (size_t b = 0; b < data.B; b++) {
        int answer = 0, marks = 0;
        for (size_t t = 0; t < data.T; t++)
            if (x_at(&data, t, b)[1] == 1) {
                answer ^= (int)x_at(&data, t, b)[0];
                assert_true(marks == 0 ? t < 4 : t >= 4 && t < 20);
                marks++;
            }
        assert_int_equal(marks, 2);
        assert_true(data.target[b] == answer);
    }
    rs_data_free(&data);
}

static void anbn_has_as_many_b_as_a(void **state)
{
    (void)state;
    rs_data data = make("anbn", 12, 60, 1);
    for (size_t b = 0; b < data.B; b++) {
        int count[3] = {0};
        size_t t = 0;
        assert_int_equal(symbol_at(&data, 0, b), 0);
        for (; t < data.T && data.label[t * data.B + b] >= 0; t++) {
            const int label = data.label[t * data.B + b];
            count[label]++;
            if (t + 1 < data.T && label != 0)
                assert_int_equal(symbol_at(&data, t + 1, b), label);
        }
        assert_true(count[0] == 1 && count[1] == count[2] && count[1] >= 1 && count[1] <= 5);
        assert_true(t == 2 * (size_t)count[1] + 1);
        for (; t < data.T; t++)
            assert_int_equal(symbol_at(&data, t, b), -1);
    }
    rs_data_free(&data);
}

static void sine_and_noise_ask_for_the_next_value(void **state)
{
    (void)state;
    static const char *const names[] = {"sine", "noise"};
    for (size_t k = 0; k < 2; k++) {
        rs_data data = make(names[k], 50, 3, 1);
        for (size_t t = 0; t + 1 < data.T; t++)
            for (size_t b = 0; b < data.B; b++)
                assert_true(fabs(data.target[t * data.B + b] - *x_at(&data, t + 1, b)) < 1e-12);
        rs_data_free(&data);
    }
}

/* The best constant answer for each step, found in the data itself, costs what the task says. */
static double best_constant_mse(const rs_data *data)
{
    const size_t n = data->loss.last ? 1 : data->T;
    double sum = 0;
    for (size_t t = 0; t < n; t++) {
        double mean = 0;
        for (size_t b = 0; b < data->B; b++)
            mean += data->target[t * data->B + b] / (double)data->B;
        for (size_t b = 0; b < data->B; b++)
            sum += pow(data->target[t * data->B + b] - mean, 2);
    }
    return sum / (double)(n * data->B);
}

static double best_constant_bce(const rs_data *data)
{
    double p = 0;
    for (size_t b = 0; b < data->B; b++)
        p += data->target[b] / (double)data->B;
    return -p * log(p) - (1 - p) * log(1 - p);
}

static double best_constant_xent(const rs_data *data)
{
    const size_t n = data->loss.last ? 1 : data->T;
    double sum = 0, asked = 0;
    for (size_t t = 0; t < n; t++) {
        double count[16] = {0}, all = 0;
        for (size_t b = 0; b < data->B; b++)
            if (data->label[t * data->B + b] >= 0) {
                count[data->label[t * data->B + b]]++;
                all++;
            }
        for (size_t k = 0; k < 16; k++)
            sum -= count[k] > 0 ? count[k] * log(count[k] / all) : 0;
        asked += all;
    }
    return sum / asked;
}

static void ignorant_predictors_score_what_they_claim(void **state)
{
    (void)state;
    for (const rs_task *task = rs_tasks; task->name; task++)
        for (size_t T = 23; T <= 24; T++) {
            rs_data data = make(task->name, T, 4000, 7);
            const double found = task->loss == RS_MSE   ? best_constant_mse(&data)
                                 : task->loss == RS_BCE ? best_constant_bce(&data)
                                                        : best_constant_xent(&data);
            if (fabs(found / task->ignorant(T) - 1) > 0.05)
                fail_msg("%s: ignorant %g, found %g", task->name, task->ignorant(T), found);
            rs_data_free(&data);
        }
}

static void every_task_works_at_its_least_length(void **state)
{
    (void)state;
    for (const rs_task *task = rs_tasks; task->name; task++) {
        rs_error err = {0};
        rs_random random = rs_random_seed(1, 1);
        rs_data data;
        assert_ptr_equal(rs_task_named(task->name), task);
        for (size_t T = task->least_T; T < task->least_T + 30; T++) {
            assert_int_equal(rs_task_make(task, T, 20, &random, &data, &err), RS_OK);
            for (size_t k = 0; data.label && k < (task->last ? 1 : T) * 20; k++)
                assert_true(data.label[k] >= -1 && data.label[k] < (int)task->outputs);
            rs_data_free(&data);
        }
        assert_int_equal(rs_task_make(task, task->least_T - 1, 2, &random, &data, &err), RS_USAGE);
        assert_int_equal(rs_task_make(task, task->least_T, 0, &random, &data, &err), RS_USAGE);
    }
    assert_null(rs_task_named("adding "));
}

static void a_refill_leaves_nothing_behind(void **state)
{
    (void)state;
    for (const rs_task *task = rs_tasks; task->name; task++) {
        rs_random a = rs_random_seed(1, 1), b;
        rs_data once, twice;
        assert_int_equal(rs_task_make(task, 30, 4, &a, &twice, NULL), RS_OK);
        b = a;
        rs_task_refill(task, &a, &twice);
        assert_int_equal(rs_task_make(task, 30, 4, &b, &once, NULL), RS_OK);
        assert_memory_equal(once.x, twice.x, 30 * 4 * task->inputs * sizeof(double));
        if (once.label)
            assert_memory_equal(once.label, twice.label, (task->last ? 1U : 30U) * 4 * sizeof(int));
        rs_data_free(&once);
        rs_data_free(&twice);
    }
}

const struct CMUnitTest tasks_tests[] = {
    cmocka_unit_test(adding_adds_one_of_each_half),
    cmocka_unit_test(copy_asks_for_the_first_symbols),
    cmocka_unit_test(temporal_order_counts_in_twos),
    cmocka_unit_test(delayed_xor_is_an_exclusive_or),
    cmocka_unit_test(anbn_has_as_many_b_as_a),
    cmocka_unit_test(sine_and_noise_ask_for_the_next_value),
    cmocka_unit_test(ignorant_predictors_score_what_they_claim),
    cmocka_unit_test(every_task_works_at_its_least_length),
    cmocka_unit_test(a_refill_leaves_nothing_behind)};
const size_t tasks_tests_n = TESTS_N(tasks_tests);
