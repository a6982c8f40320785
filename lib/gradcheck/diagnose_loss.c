/* The mistakes people make in the derivative of a loss by its logits: a target left out, the logit
 * taken for a probability, σ′ once too often, a label off by one; and in what a term on the last
 * states sends back. */
#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>

/* One logit of one sequence at one step. */
typedef struct entry {
    const double *y; /* [O] of this step and sequence */
    size_t k, O;
    double target; /* mse, bce */
    long label;    /* xent; −1: nothing is asked */
} entry;

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* e^{y_k − max y} and its share */
static double weight(const entry *e)
{
    double largest = e->y[0];
    for (size_t k = 1; k < e->O; k++)
        largest = fmax(largest, e->y[k]);
    return exp(e->y[e->k] - largest);
}

static double softmax(const entry *e)
{
    double sum = 0;
    for (size_t k = 0; k < e->O; k++)
        sum += exp(e->y[k] - e->y[e->k]);
    return 1 / sum;
}

static double one_at(const entry *e, long label) { return (long)e->k == label ? 1 : 0; }

/* dL/dy up to the scale, right … */
static double mse(const entry *e) { return 2 * (e->y[e->k] - e->target); }
static double bce(const entry *e) { return sigmoid(e->y[e->k]) - e->target; }
static double xent(const entry *e) { return softmax(e) - one_at(e, e->label); }

/* … and as people get it wrong */
static double mse_no_target(const entry *e) { return 2 * e->y[e->k]; }
static double mse_target_added(const entry *e) { return 2 * (e->y[e->k] + e->target); }
static double bce_logit(const entry *e) { return e->y[e->k] - e->target; }
static double bce_no_target(const entry *e) { return sigmoid(e->y[e->k]); }
static double slope(const entry *e)
{
    const double p = sigmoid(e->y[e->k]);
    return p * (1 - p);
}
static double bce_slope(const entry *e) { return bce(e) * slope(e); }
static double bce_by_p(const entry *e) { return bce(e) / slope(e); }
static double xent_no_one(const entry *e) { return softmax(e); }
static double xent_not_normed(const entry *e) { return weight(e) - one_at(e, e->label); }
static double xent_logit(const entry *e) { return e->y[e->k] - one_at(e, e->label); }
static double xent_next(const entry *e)
{
    return softmax(e) - one_at(e, (e->label + 1) % (long)e->O);
}
static double xent_previous(const entry *e)
{
    return softmax(e) - one_at(e, (e->label + (long)e->O - 1) % (long)e->O);
}
static double xent_sigmoid(const entry *e) { return sigmoid(e->y[e->k]) - one_at(e, e->label); }
static double xent_slope(const entry *e) { return xent(e) * softmax(e) * (1 - softmax(e)); }

static const struct {
    rs_loss_kind kind;
    double (*right)(const entry *), (*wrong)(const entry *);
    rs_mistake mistake;
    rs_phrase_kind says;
} slips[] = {
    {RS_MSE, mse, mse_no_target, RS_MISSING, RS_SAYS_MSE_NO_TARGET},
    {RS_MSE, mse, mse_target_added, RS_SIGN, RS_SAYS_MSE_TARGET_SIGN},
    {RS_BCE, bce, bce_logit, RS_VALUE, RS_SAYS_BCE_LOGIT},
    {RS_BCE, bce, bce_no_target, RS_MISSING, RS_SAYS_BCE_NO_TARGET},
    {RS_BCE, bce, bce_slope, RS_SLOPE, RS_SAYS_BCE_SLOPE},
    {RS_BCE, bce, bce_by_p, RS_SLOPE, RS_SAYS_BCE_BY_PROBABILITY},
    {RS_XENT, xent, xent_no_one, RS_MISSING, RS_SAYS_XENT_NO_ONE},
    {RS_XENT, xent, xent_not_normed, RS_VALUE, RS_SAYS_XENT_NOT_DIVIDED},
    {RS_XENT, xent, xent_logit, RS_VALUE, RS_SAYS_XENT_LOGIT},
    {RS_XENT, xent, xent_sigmoid, RS_VALUE, RS_SAYS_XENT_SIGMOID},
    {RS_XENT, xent, xent_next, RS_VALUE, RS_SAYS_XENT_AFTER},
    {RS_XENT, xent, xent_previous, RS_VALUE, RS_SAYS_XENT_BEFORE},
    {RS_XENT, xent, xent_slope, RS_SLOPE, RS_SAYS_XENT_SLOPE},
};

/* The logit of a sample; false where the loss asks for nothing. */
static bool entry_at(const rs_fault *fault, const rs_sample *s, entry *e)
{
    const rs_linear *linear = &fault->checking->linear;
    const rs_trace *v = linear->values;
    const rs_loss *loss = linear->loss;
    const long first = loss->last ? (long)v->T - 1 : 0;
    const size_t term = (size_t)(s->t - first) * v->B + s->b;
    if (s->t < first)
        return false;
    e->O = rs_net_width(v->net);
    e->k = s->u;
    e->y = v->y + ((size_t)s->t * v->B + s->b) * e->O;
    e->target = loss->kind == RS_XENT ? 0 : loss->target[term * e->O + s->u];
    e->label = loss->kind == RS_XENT ? loss->label[term] : 0;
    return e->label >= 0;
}

/* What the right derivative is times, from all samples. */
static double scale_of(const rs_fault *fault, double (*right)(const entry *))
{
    double product = 0, square = 0;
    for (size_t j = 0; j < fault->n; j++) {
        entry e;
        if (!entry_at(fault, &fault->sample[j], &e))
            continue;
        product += fault->sample[j].expected * right(&e);
        square += right(&e) * right(&e);
    }
    return product / square;
}

static bool by_logit(const rs_fault *fault, double *candidate, rs_check_finding *finding)
{
    for (size_t k = 0; k < sizeof slips / sizeof *slips; k++) {
        if (slips[k].kind != fault->checking->linear.loss->kind)
            continue;
        const double scale = scale_of(fault, slips[k].right);
        for (size_t j = 0; j < fault->n; j++) {
            entry e;
            candidate[j] = entry_at(fault, &fault->sample[j], &e) ? scale * slips[k].wrong(&e) : 0;
        }
        if (!rs_explains(fault, candidate))
            continue;
        finding->mistake = slips[k].mistake;
        rs_say(&finding->says[RS_FINDING_WHAT], slips[k].says, "%s", "");
        return true;
    }
    return false;
}

/* The term on the last states, with the weights of another layer or state. */
static bool by_last_state(const rs_fault *fault, double *candidate, rs_check_finding *finding)
{
    const rs_loss *loss = fault->checking->linear.loss;
    const rs_net *net = fault->d->net;
    const size_t BH = fault->d->B * net->hidden, states = rs_cell_states(net->cell);
    size_t own = fault->place.l * states;
    char node[48];
    for (size_t k = 0; k < fault->place.k; k++)
        own += net->cell->channels[k].role == RS_STATE;
    for (size_t other = 0; other < net->layers * states; other++) {
        for (size_t j = 0; j < fault->n; j++) {
            const rs_sample *s = &fault->sample[j];
            const size_t at = s->b * net->hidden + s->u;
            candidate[j] = s->expected;
            if (s->t == (long)fault->d->T - 1)
                candidate[j] += loss->last_state[other * BH + at] - loss->last_state[own * BH + at];
        }
        if (other == own || !rs_explains(fault, candidate))
            continue;
        finding->mistake = RS_VALUE;
        rs_say(&finding->says[RS_FINDING_WHAT], RS_SAYS_LAST_STATE, "%s\n%zu\n%zu",
               rs_place_text(net, fault->place, 0, node), other % states, other / states);
        return true;
    }
    return false;
}

bool rs_diagnose_loss(const rs_fault *fault, double *candidate, rs_check_finding *finding)
{
    const rs_net *net = fault->d->net;
    const bool is_state =
        fault->place.kind == RS_AT_CHANNEL && net->cell->channels[fault->place.k].role == RS_STATE;
    if (fault->place.kind == RS_AT_Y)
        return by_logit(fault, candidate, finding);
    return is_state && fault->checking->linear.loss->last_state &&
           by_last_state(fault, candidate, finding);
}
