/* part of train/shards.c, once a number type: the passes of one shard, and where they broke */

static double TYPED(run_lane)(const rs_shards *shards, const lane *l, const rs_data *slice,
                              bool backward, size_t truncate)
{
    rs_trace *trace = l->TYPED(trace);
    const real *parameters = TYPED(parameters_of)(shards);
    const size_t n = shards->net->parameters_n;
    (void)TYPED(rs_data_start)(slice, trace, NULL); /* rs_shards_new has found that it fits */
    rs_forward(trace, parameters, NULL);
    rs_loss_forward(trace, &slice->loss);
    if (backward) {
        memset(l->TYPED(gradient), 0, n * sizeof *l->TYPED(gradient));
        rs_backward(trace, parameters, l->TYPED(gradient), truncate);
    }
    return trace->loss;
}

static void TYPED(add_gradient)(const lane *l, size_t n, double *gradient)
{
    for (size_t k = 0; k < n; k++)
        gradient[k] += l->TYPED(gradient)[k];
}

/* Whether row t of an array [T][B][n] has a number that is none; says where. */
static bool TYPED(broken)(const rs_trace *trace, const real *array, size_t t, size_t n,
                          rs_place *place)
{
    const real *row = array ? array + t * trace->B * n : NULL;
    for (size_t k = 0; row && k < trace->B * n; k++)
        if (!isfinite(row[k])) {
            place->t = t;
            place->b = k / n;
            place->unit = k % n;
            place->value = row[k];
            return true;
        }
    return false;
}

/* The channels that a stage makes, of layer l at step t. */
static bool TYPED(broken_stage)(const rs_trace *trace, size_t l, size_t t, const rs_stage *stage,
                                rs_place *place)
{
    const rs_cell *cell = trace->net->cell;
    for (size_t k = 0; k < cell->channels_n; k++) {
        const bool product = stage->product.gates > 0 && stage->product.into == (int)k;
        if (!product && !(stage->writes >> k & 1))
            continue;
        if (TYPED(broken)(trace, trace->layer[l].value[k], t, trace->net->hidden, place)) {
            (void)snprintf(place->tensor, sizeof place->tensor, "%s.l%zu", cell->channels[k].name,
                           l);
            return true;
        }
    }
    return false;
}

static bool TYPED(broken_forward)(const rs_trace *trace, size_t t, rs_place *place)
{
    const rs_net *net = trace->net;
    place->pass = "forward";
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k < net->cell->stages_n; k++)
            if (TYPED(broken_stage)(trace, l, t, &net->cell->stages[k], place))
                return true;
    (void)snprintf(place->tensor, sizeof place->tensor, "y");
    if (TYPED(broken)(trace, trace->y, t, rs_net_width(net), place))
        return true;
    place->t = t;
    place->b = place->unit = 0;
    place->value = trace->loss_at[t];
    (void)snprintf(place->tensor, sizeof place->tensor, "loss");
    return !isfinite(trace->loss_at[t]);
}

/* The derivatives that a lean trace keeps: of y, of states, and of the pre-activations. */
static bool TYPED(broken_backward)(const rs_trace *trace, size_t t, rs_place *place)
{
    const rs_net *net = trace->net;
    place->pass = "backward";
    (void)snprintf(place->tensor, sizeof place->tensor, "dy");
    if (TYPED(broken)(trace, trace->dy, t, rs_net_width(net), place))
        return true;
    for (size_t l = net->layers; l-- > 0;) {
        for (size_t k = 0; k < net->cell->channels_n; k++) {
            (void)snprintf(place->tensor, sizeof place->tensor, "d%s.l%zu",
                           net->cell->channels[k].name, l);
            if (net->cell->channels[k].role == RS_STATE &&
                TYPED(broken)(trace, trace->layer[l].d[k], t, net->hidden, place))
                return true;
        }
        (void)snprintf(place->tensor, sizeof place->tensor, "da.l%zu", l);
        if (TYPED(broken)(trace, trace->layer[l].da, t, net->cell->gates_n * net->hidden, place))
            return true;
    }
    return false;
}
