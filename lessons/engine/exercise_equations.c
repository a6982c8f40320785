#include "lessons/engine/exercise_equations.h"

#include <stdio.h>
#include <string.h>

/* An equation makes values from others; going back through it takes the derivatives of those it
 * makes and gives to those it reads. Names are the checker's, between blanks. */
typedef struct equation {
    const char *forward, *sets, *makes, *reads;
} equation;

#define PARAMETERS " weight_ih weight_hh bias_ih bias_hh "

static const equation rnn[] = {
    {"h_t = \\tanh(a)", "da", " h ", " a_h "},
    {"a = U x_t + W h_{t-1} + b", "dh_before dx dW dU db", " a_h ", " h x" PARAMETERS},
    {0}};

static const equation lstm[] = {
    {"h_t = o \\odot \\tanh(c_t)", "d_o dc", " h ", " o "},
    {"c_t = f \\odot c_{t-1} + i \\odot g", "df di dg dc_before", " c ", " f i g c "},
    {"i, f, o = \\sigma(a) ,\\quad g = \\tanh(a_g)", "da_i da_f da_g da_o", " i f g o ",
     " a_i a_f a_g a_o "},
    {"a = U x_t + W h_{t-1} + b", "dh_before dx dW dU db", " a_i a_f a_g a_o ", " h x" PARAMETERS},
    {0}};

static const equation gru[] = {
    {"h_t = (1 - z) \\odot n + z \\odot h_{t-1}", "dn dz dh_before", " h ", " n z "},
    {"n = \\tanh(a_n + r \\odot m)", "da_n dm dr", " n ", " a_n m r "},
    {"r, z = \\sigma(a + W h_{t-1} + b')", "da_r da_z", " r z ", " a_r a_z "},
    {"a = U x_t + b ,\\quad m = W_n h_{t-1} + b'_n", "dh_before dx dW dU db db_recurrent",
     " a_r a_z a_n m ", " h x" PARAMETERS},
    {0}};

static const equation *of_cell(const char *cell)
{
    return strcmp(cell, "lstm") == 0 ? lstm : strcmp(cell, "gru") == 0 ? gru : rnn;
}

void equations_list(exercise_details *d, const char *cell)
{
    d->equations_n = 0;
    for (const equation *e = of_cell(cell); e->forward; e++) {
        exercise_equation *to = &d->equation[d->equations_n++];
        *to = (exercise_equation){0};
        (void)snprintf(to->forward, sizeof to->forward, "%s", e->forward);
        (void)snprintf(to->sets, sizeof to->sets, "%s", e->sets);
    }
}

/* Whether the first n letters of `name` stand in the list. */
static bool has(const char *list, const char *name, size_t n)
{
    char word[64];
    (void)snprintf(word, sizeof word, " %.*s ", (int)n, name);
    return strstr(list, word) != NULL;
}

/* "dc → df": the derivative of what the equation makes stands before the arrow; where a factor
 * stands there ("f → dc[t−1]"), or nothing is known of the path, it is what the equation reads. */
void equations_mark(exercise_details *d, const char *cell, const rs_check_finding *finding)
{
    const equation *e = of_cell(cell);
    const char *from = finding->path[0] == 'd' ? finding->path + 1 : "";
    for (size_t k = 0; k < d->equations_n; k++)
        if (*from ? has(e[k].makes, from, strcspn(from, " ["))
                  : has(e[k].reads, finding->node, strcspn(finding->node, "0123456789"))) {
            d->equation[k].at_fault = true;
            return;
        }
}
