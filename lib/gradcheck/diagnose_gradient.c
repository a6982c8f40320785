/* A gradient without the derivatives of its steps. What can be done is to make each mistake in the
 * exact backward pass, one path at a time, and see whether the claimed gradient comes out. */
#include "gradcheck/diagnose.h"

#include <math.h>
#include <stdio.h>

static const struct {
    double times;
    rs_mistake mistake;
    rs_phrase_kind says;
} kinds[] = {{0, RS_MISSING, RS_SAYS_PATH_MISSING},
             {2, RS_TWICE, RS_SAYS_PATH_TWICE},
             {-1, RS_SIGN, RS_SAYS_PATH_SIGN}};

/* Whether every entry is what the changed pass gives. */
static bool gives_claimed(const rs_checking *c, const rs_derivatives *changed)
{
    for (size_t k = 0; k < c->trace->net->parameters_n; k++) {
        const double room =
            8 * RS_SPREADS * (changed->gradient_spread[k] + c->adjoint.exact.gradient_spread[k]) +
            rs_same(c) * fabs(changed->gradient[k]);
        if (!(fabs(c->gradient[k] - changed->gradient[k]) <= room))
            return false;
    }
    return true;
}

static void name_path(const rs_checking *c, const rs_change *change, char path[112])
{
    const rs_cell *cell = c->trace->net->cell;
    char source[32];
    if (change->of_product) {
        const rs_product *product = &cell->stages[change->which].product;
        const bool before = cell->channels[product->source].role == RS_STATE;
        (void)snprintf(path, 112, "%s%.20s → d%.20s%s", product->into == RS_INTO_A ? "da" : "d",
                       product->into == RS_INTO_A ? "" : cell->channels[product->into].name,
                       cell->channels[product->source].name, before ? "[t−1]" : "");
        return;
    }
    const rs_path *p = &c->linear.paths.path[change->which];
    (void)snprintf(path, 112, "d%.20s → d%s", cell->channels[p->to].name,
                   rs_path_source_text(cell, p->source, p->from, source));
}

static rs_status try_change(const rs_checking *c, rs_change change, size_t kind,
                            rs_check_finding *finding, bool *found, rs_error *err)
{
    rs_adjoint adjoint = c->adjoint;
    rs_derivatives changed;
    adjoint.change = change;
    const rs_status status = rs_adjoint_changed(&adjoint, &changed, err);
    if (status != RS_OK)
        return status;
    if (gives_claimed(c, &changed)) {
        *found = true;
        finding->mistake = kinds[kind].mistake;
        name_path(c, &change, finding->path);
        rs_say(&finding->says[RS_FINDING_WHERE], RS_SAYS_AT_EVERY_STEP, "%s",
               c->trace->net->cell->name);
        rs_say(&finding->says[RS_FINDING_WHAT], kinds[kind].says, "%s", finding->path);
        rs_say(&finding->says[RS_FINDING_NUMBERS], RS_SAYS_ALL_ENTRIES, "%zu",
               c->trace->net->parameters_n);
        rs_finding_write(finding);
    }
    rs_derivatives_free(&changed);
    return RS_OK;
}

rs_status rs_diagnose_gradient(const rs_checking *c, rs_check_finding *finding, bool *found,
                               rs_error *err)
{
    const rs_paths *paths = &c->linear.paths;
    rs_status status = RS_OK;
    for (size_t kind = 0; kind < 3; kind++)
        for (size_t k = 0; k < paths->n + paths->cell->stages_n; k++) {
            rs_change change = {.active = true, .which = k, .times = kinds[kind].times};
            change.of_product = k >= paths->n;
            if (change.of_product) {
                change.which = k - paths->n;
                if (paths->cell->stages[change.which].product.gates == 0 || change.times < 0)
                    continue;
            }
            if (status == RS_OK && !*found)
                status = try_change(c, change, kind, finding, found, err);
        }
    return status;
}
