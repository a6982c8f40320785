/* What an engineer's program looks like: an LSTM over ten steps, its loss and a gradient. */
#include <rnnscope.h>

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    rs_error err = {0};
    rs_model model;
    rs_net net = {.cell = &rs_cell_lstm, .inputs = 3, .hidden = 5, .layers = 1, .bias_ih = true};
    if (rs_model_make(&model, &net, &err) || rs_model_init(&model, NULL, 1, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return err.status;
    }
    rs_trace *trace = rs_trace_new(&model.net, 10, 1, RS_KEEP_ALL, &err);
    double *gradient = calloc(model.net.parameters_n, sizeof *gradient);
    double target[10 * 5] = {0};
    rs_loss loss = {.kind = RS_MSE, .target = target};
    if (!trace || !gradient)
        return RS_INTERNAL;
    for (int k = 0; k < 30; k++)
        trace->x[k] = k % 3 - 1;
    rs_forward(trace, model.parameters, NULL);
    rs_loss_forward(trace, &loss);
    rs_backward(trace, model.parameters, gradient, 0);
    printf("loss %.6f, first gradient %.6g\n", trace->loss, gradient[0]);
    int code = trace->loss > 0 && gradient[0] != 0 ? 0 : 1;
    free(gradient);
    rs_trace_free(trace);
    rs_model_free(&model);
    return code;
}
