#include "viz/plots/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const view *const views[] = {
    &view_unrolled,  &view_chain, &view_gates, &view_units,       &view_norms,
    &view_credit,    &view_lags,  &view_paths, &view_spectrum,    &view_saturation,
    &view_equations, &view_check, &view_phase, &view_bifurcation, &view_wall,
    &view_training,  NULL};

const view *view_named(const char *name)
{
    for (const view *const *v = views; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    return NULL;
}

size_t view_index(size_t k, size_t n) { return k < n ? k : n - 1; }

rs_status view_wants_loss(const char *name, const view_input *input, rs_error *err)
{
    if (input->gradient)
        return RS_OK;
    return rs_fail(err, RS_USAGE,
                   "%s: shows the gradient of a loss, expected data with a target (such as --task "
                   "or --target)",
                   name);
}

cell_look look_of_cell(const rs_cell *cell)
{
    static const cell_look looks[] = {{INK_VERMILION, DASH_NONE, MARKER_DOT},
                                      {INK_ORANGE, DASH_LONG_DOT, MARKER_DIAMOND},
                                      {INK_BLUE, DASH_NONE, MARKER_SQUARE},
                                      {INK_GREEN, DASH_NONE, MARKER_TRIANGLE},
                                      {INK_PURPLE, DASH_LONG, MARKER_PLUS}};
    for (size_t k = 0; rs_cells[k] && k < COUNT(looks); k++)
        if (rs_cells[k] == cell)
            return looks[k];
    return (cell_look){INK_GREY, DASH_NONE, MARKER_DOT};
}

ink_kind ink_of(size_t k)
{
    static const ink_kind inks[] = {INK_BLUE,   INK_VERMILION, INK_GREEN,  INK_PURPLE,
                                    INK_ORANGE, INK_SKY,       INK_YELLOW, INK_GREY};
    return inks[k % COUNT(inks)];
}

/* A pass of another cell on the input's options. */
static rs_status pass_of(const view_input *input, const char *cell,
                         rs_status (*pass)(void *context, const view_input *one, rs_error *err),
                         void *context, rs_error *err)
{
    run_options options = *input->options;
    struct run run;
    view_input one = *input;
    options.cell = cell;
    if (rs_cell_named(cell)->keep_gates == 0) { /* nothing there that these could set */
        options.forget_bias = NAN;
        options.init = options.init && strcmp(options.init, "chrono") == 0 ? NULL : options.init;
    }
    rs_status status = run_open(&options, &run, err);
    if (status)
        return status;
    rs_trace *trace = run_trace(&run, RS_KEEP_ALL, err);
    double *gradient = rs_alloc(run.model.net.parameters_n, sizeof *gradient, "the gradient", err);
    status = trace && gradient ? RS_OK : RS_INTERNAL;
    if (!status) {
        rs_forward(trace, run.model.parameters, NULL);
        rs_loss_forward(trace, &run.data.loss);
        if (input->gradient)
            rs_backward(trace, run.model.parameters, gradient, 0);
        one.run = &run;
        one.trace = trace;
        one.gradient = input->gradient ? gradient : NULL;
        status = pass(context, &one, err);
    }
    free(gradient);
    rs_trace_free(trace);
    run_close(&run);
    return status;
}

rs_status view_cells(const view_input *input,
                     rs_status (*pass)(void *context, const view_input *one, rs_error *err),
                     void *context, rs_error *err)
{
    static const char *const together[] = {"rnn", "lstm", "gru"};
    const rs_cell *own = input->run->model.net.cell;
    bool shown = input->together_n > 0;
    rs_status status = RS_OK;
    for (size_t k = 0; k < input->together_n && !status; k++)
        status = pass(context, &input->together[k], err);
    if (shown)
        return status;
    for (size_t k = 0; k < COUNT(together) && !input->run->from_file && !status; k++) {
        const bool is_own = strcmp(together[k], own->name) == 0;
        const rs_cell *cell = rs_cell_named(together[k]);
        /* gates' biases and the like may make no sense for a cell without gates */
        if (!is_own && (cell->gates_n == 1) != (own->gates_n == 1) && input->run->data.c0)
            continue;
        status =
            is_own ? pass(context, input, err) : pass_of(input, together[k], pass, context, err);
        if (status == RS_USAGE && !is_own) /* an option that this cell has no use for */
            status = RS_OK;
        shown |= is_own;
    }
    return shown || status ? status : pass(context, input, err);
}

void view_symbol(canvas *c, double x, double y, const char *symbol)
{
    canvas_text(
        c, x, y,
        (text_style){
            .face = FACE_FORMULA, .size = TYPE_HEAD, .across = ACROSS_MIDDLE, .down = DOWN_MIDDLE},
        symbol);
}

rect part_of_row(rect r, size_t k, size_t n, double gap)
{
    const double w = (r.w - gap * (double)(n - 1)) / (double)n;
    return (rect){r.x + (w + gap) * (double)k, r.y, w, r.h};
}

rect part_of_column(rect r, size_t k, size_t n, double gap)
{
    const double h = (r.h - gap * (double)(n - 1)) / (double)n;
    return (rect){r.x, r.y + (h + gap) * (double)k, r.w, h};
}
