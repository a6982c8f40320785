/* Correct gradients at the edges of what numbers can hold: recurrent weights so small that the
 * gradient is 1e-100 to 1e-320 or rounds to zero on the way, and so large that every unit sits at
 * its limit, where 1 − h² is all rounding. None may be called wrong; none may end in an error.
 *
 *     cc -Ilib tests/grid/vanished.c librnnscope.a ... && ./a.out [CHECKS [METHOD [SEED]]]
 *
 * prints, for each cell, how many checks agreed, were inconclusive or wrong, and tells every wrong
 * one so that it can be made again. */
#include "base/random.h"
#include "gradcheck/check.h"
#include "gradcheck/harden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10^U(low, high) */
static double any_power(rs_random *random, double low, double high)
{
    return pow(10, low + (high - low) * rs_random_uniform(random));
}

/* How far each block is scaled: small, ordinary or large weights, each for itself, so that what
 * vanishes does so through one path and not through another. */
static void scale_blocks(rs_model *model, rs_random *random, size_t T, double scales[4])
{
    scales[RS_WEIGHT_HH] = rs_random_uniform(random) < .6
                               ? pow(any_power(random, -320, -80), 1 / (double)T)
                               : any_power(random, -1, 3);
    scales[RS_WEIGHT_IH] = any_power(random, -1, 2);
    scales[RS_BIAS_IH] = any_power(random, -2, 2);
    scales[RS_BIAS_HH] = any_power(random, -2, 2);
    for (size_t k = 0; k < model->net.blocks_n; k++) {
        const rs_block *block = &model->net.blocks[k];
        for (size_t e = 0; block->kind <= RS_BIAS_HH && e < block->rows * block->cols; e++)
            model->parameters[block->offset + e] *= scales[block->kind];
    }
}

static rs_verdict check_one(const rs_cell *cell, uint64_t seed, rs_method method)
{
    static const size_t steps[] = {3, 10, 40, 100, 200, 400};
    rs_random random = rs_random_seed(seed, 1);
    rs_hard_point point;
    rs_check_report report = {0};
    rs_error err = {0};
    double scales[4];
    const rs_net net = {.cell = cell,
                        .inputs = 1 + rs_random_bits(&random) % 3,
                        .hidden = 1 + rs_random_bits(&random) % 8,
                        .layers = 1 + rs_random_bits(&random) % 2,
                        .outputs = 1 + rs_random_bits(&random) % 2,
                        .bias_ih = true,
                        .bias_hh = true,
                        .readout_bias = true};
    const size_t T = steps[rs_random_bits(&random) % 6], B = 1 + rs_random_bits(&random) % 3;
    static const rs_loss_kind kinds[] = {RS_MSE, RS_BCE, RS_XENT};
    const rs_loss loss = {.kind = kinds[seed % 3], .last = seed % 5 > 0};
    if (rs_hard_point_make_sized(&point, &net, T, B, &loss, seed, &err) != RS_OK) {
        printf("%s\n", err.text);
        exit(RS_INTERNAL);
    }
    scale_blocks(&point.model, &random, T, scales);
    const rs_check_options options = {.method = method, .threads = 1, .seed = seed};
    rs_verdict verdict = RS_WRONG;
    if (rs_check(point.trace, point.model.parameters, &point.loss, &options, &report, &err) !=
        RS_OK)
        printf("%s seed %llu: %s\n", cell->name, (unsigned long long)seed, err.text);
    else
        verdict = report.verdict;
    if (verdict == RS_WRONG) {
        printf("%s seed %llu: wrong; T=%zu B=%zu H=%zu L=%zu, W_ih × %.3g, W_hh × %.3g, biases × "
               "%.3g %.3g; %s\n",
               cell->name, (unsigned long long)seed, T, B, net.hidden, net.layers, scales[0],
               scales[1], scales[2], scales[3],
               report.findings_n > 0 ? report.findings[0].text : "no finding");
        for (size_t k = 0; k < report.blocks_n; k++) {
            const rs_check_block *b = &report.blocks[k];
            if (b->verdict == RS_WRONG)
                printf("    %s: %zu entries, worst off by %.3g, bar %.3g, scale %.3g; along: "
                       "claimed %.17g measured %.17g bar %.3g\n",
                       b->name, b->wrong_n, b->max_error, b->bar, b->scale, b->along_claimed,
                       b->along_measured, b->along_bar);
        }
    }
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
    return verdict;
}

int main(int argc, char **argv)
{
    const size_t checks = argc > 1 ? strtoull(argv[1], NULL, 10) : 200;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    rs_method method = RS_COMPLEX;
    size_t wrong = 0;
    while (argc > 2 && method < RS_ENTRIES && strcmp(argv[2], rs_method_name(method)) != 0)
        method++;
    printf("%-18s %8s %14s %8s\n", "cell", "agrees", "inconclusive", "wrong");
    for (const rs_cell *const *cell = rs_cells; *cell; cell++) {
        size_t of[3] = {0};
        for (size_t k = 0; k < checks; k++)
            of[check_one(*cell, seed + k, method)]++;
        printf("%-18s %8zu %14zu %8zu\n", (*cell)->name, of[RS_AGREES], of[RS_UNDECIDED],
               of[RS_WRONG]);
        wrong += of[RS_WRONG];
    }
    return wrong ? 1 : 0;
}
