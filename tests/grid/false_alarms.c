/* The full grid of correct gradients: none may be called wrong, and in double precision none
 * inconclusive. The unit tests take a sample of it; this takes a minute or so.
 *
 *     cc -Ilib tests/grid/false_alarms.c librnnscope.a ... && ./a.out [SEEDS [METHOD]]
 *
 * prints, for each cell and precision, how many checks agreed, were inconclusive or wrong, and the
 * largest error of an entry in bars: below 1 is right, and how far below says how much room the bar
 * leaves. */
#include "gradcheck/check.h"
#include "gradcheck/harden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rs_method method = RS_COMPLEX;

typedef struct counts {
    size_t of[3]; /* by verdict: agrees, wrong, inconclusive */
    double worst; /* error over bar */
} counts;

static void note(counts *c, const rs_check_report *report)
{
    c->of[report->verdict]++;
    for (size_t k = 0; k < report->blocks_n; k++) {
        const rs_check_block *block = &report->blocks[k];
        if (block->bar > 0 && block->verdict != RS_UNDECIDED)
            c->worst = fmax(c->worst, block->max_error / block->bar);
    }
}

static void say(const rs_hard_point *point, const rs_check_report *report, double gain,
                uint64_t seed)
{
    printf("%s %s: %s T=%zu H=%zu L=%zu gain=%g seed=%llu; %s\n", report->cell,
           report->single ? "float" : "double", rs_verdict_name(report->verdict), point->trace->T,
           point->model.net.hidden, point->model.net.layers, gain, (unsigned long long)seed,
           report->findings_n > 0 ? report->findings[0].text
           : report->why          ? report->why
                                  : "");
}

/* One point: random weights times gain, random states, targets of the loss. */
static void check_point(const rs_net *net, size_t T, double gain, bool single, uint64_t seed,
                        counts *c)
{
    static const rs_loss_kind kinds[] = {RS_MSE, RS_BCE, RS_XENT};
    const rs_loss loss = {.kind = kinds[seed % 3], .last = seed % 2, .sum = seed % 5 == 0};
    rs_hard_point point;
    rs_check_report report = {0};
    rs_error err = {0};
    if (rs_hard_point_make_sized(&point, net, T, 1 + seed % 2, &loss, seed, &err) != RS_OK) {
        printf("%s\n", err.text);
        exit(RS_INTERNAL);
    }
    for (size_t k = 0; k < point.model.net.parameters_n; k++)
        point.model.parameters[k] *= gain;
    const rs_check_options options = {
        .method = method, .single = single, .threads = 1, .seed = seed};
    if (rs_check(point.trace, point.model.parameters, &point.loss, &options, &report, &err) !=
        RS_OK) {
        printf("%s: %s\n", net->cell->name, err.text);
        c->of[RS_WRONG]++;
    } else {
        note(c, &report);
        if (report.verdict == RS_WRONG ||
            (report.verdict == RS_UNDECIDED && !single && method <= RS_ENTRIES))
            say(&point, &report, gain, seed);
    }
    rs_check_report_free(&report);
    rs_hard_point_free(&point);
}

static counts check_cell(const rs_cell *cell, bool single, uint64_t seeds)
{
    static const size_t steps[] = {1, 60}, hidden[] = {1, 2, 5, 16};
    static const double gains[] = {0.01, 1, 6};
    counts c = {{0}, 0};
    for (size_t t = 0; t < 2; t++)
        for (size_t h = 0; h < 4; h++)
            for (size_t g = 0; g < 3; g++)
                for (uint64_t seed = 1; seed <= seeds; seed++) {
                    const rs_net net = {.cell = cell,
                                        .inputs = 3,
                                        .hidden = hidden[h],
                                        .layers = 1 + seed % 3,
                                        .outputs = seed % 4 ? 2 : 0,
                                        .bias_ih = true,
                                        .bias_hh = seed % 7 > 0,
                                        .readout_bias = true};
                    check_point(&net, steps[t], gains[g], single, seed, &c);
                }
    return c;
}

int main(int argc, char **argv)
{
    const uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 20;
    size_t bad = 0;
    while (argc > 2 && strcmp(argv[2], rs_method_name(method)) != 0)
        method++;
    printf("%-18s %-7s %8s %14s %8s   worst error / bar\n", "cell", "", "agrees", "inconclusive",
           "wrong");
    for (const rs_cell *const *cell = rs_cells; *cell; cell++)
        for (int single = 0; single < 2; single++) {
            const counts c = check_cell(*cell, single, seeds);
            printf("%-18s %-7s %8zu %14zu %8zu   %.3g\n", (*cell)->name,
                   single ? "float" : "double", c.of[RS_AGREES], c.of[RS_UNDECIDED], c.of[RS_WRONG],
                   c.worst);
            bad += c.of[RS_WRONG] + (single || method > RS_ENTRIES ? 0 : c.of[RS_UNDECIDED]);
        }
    return bad ? 1 : 0;
}
