/* Looks for a slope taken with the wrong value: c_t for c_{t−1}, f of the step before, i for f.
 *
 * The cell's forward equations are run once more by complex step, with another channel's or another
 * step's value in the place of one of those they read; the slope that then comes out is what a
 * backward pass with that mistake multiplies by, whatever the equation looks like. */
#include "gradcheck/diagnose.h"

#include "base/scalar.h"

#include <math.h>
#include <stdio.h>

static const double STEP = 0x1p-332;

/* A value of the layer: a channel at a step from the one of the equations. */
typedef struct stand_in {
    size_t channel;
    long shift;
} stand_in;

/* [H] of the stand-in for step t of sequence b, NULL where there is no such step. */
static const double *values_of(const rs_fault *fault, stand_in in, long t, size_t b)
{
    const rs_trace *v = fault->checking->linear.values;
    const bool is_state = v->net->cell->channels[in.channel].role == RS_STATE;
    t += in.shift;
    if (t < (is_state ? -1 : 0) || t >= (long)v->T)
        return NULL;
    return v->layer[fault->place.l].value[in.channel] +
           (t * (long)v->B + (long)b) * (long)v->net->hidden;
}

/* The slope of unit u of the path with the stand-in in the place of what `other` reads; NaN where
 * there is no such step. */
static double slope_with(const rs_fault *fault, const rs_complex_step *room, const rs_path *path,
                         const rs_path *other, stand_in in, const rs_sample *s, long t)
{
    const rs_linear *linear = &fault->checking->linear;
    const double *value = values_of(fault, in, t, s->b);
    if (!value || t < 0 || t >= (long)fault->d->T)
        return NAN;
    rs_linear_load(linear, room, fault->place.l, (size_t)t, s->b);
    double _Complex *place = rs_complex_place(room, other->source, other->from);
    for (size_t u = 0; u < room->step.H; u++)
        place[u] = value[u];
    place = rs_complex_place(room, path->source, path->from);
    place[s->u] = rs_complex(rs_real_part_z(place[s->u]), STEP);
    linear->paths.cell->stages[path->stage].forward_z(&room->step);
    return rs_imaginary_part(room->step.now[path->to][s->u]) / STEP;
}

static bool fits(const rs_fault *fault, const rs_complex_step *room, const rs_term *term,
                 const rs_path *other, stand_in in, const double *q, const double *d)
{
    const rs_path *path = &fault->checking->linear.paths.path[term->path];
    const double same = rs_same(fault->checking);
    size_t told = 0, faulty = 0;
    for (size_t k = 0; k < fault->n; k++) {
        const rs_sample *s = &fault->sample[k];
        const double slope = slope_with(fault, room, path, other, in, s, s->t + term->shift);
        const double room_for = 8 * s->tolerance + same * (fabs(slope * d[k]) + fabs(q[k]));
        if (isnan(slope))
            continue;
        if (!(fabs(q[k] - slope * d[k]) <= room_for))
            return false;
        told++;
        faulty += fabs(s->claimed - s->expected) > 4 * room_for;
    }
    return faulty > 0 && 2 * told >= fault->n;
}

static const char *stand_in_text(const rs_cell *cell, stand_in in, char text[40])
{
    (void)snprintf(text, 40, "%.20s%s", cell->channels[in.channel].name,
                   in.shift < 0   ? "[t−1]"
                   : in.shift > 0 ? "[t+1]"
                                  : "");
    return text;
}

static void say(const rs_fault *fault, const rs_term *term, const rs_path *other, stand_in in,
                rs_check_finding *finding)
{
    const rs_net *net = fault->d->net;
    char made[48], node[48], wrong[40], right[32];
    finding->mistake = RS_VALUE;
    rs_say(&finding->says[RS_FINDING_WHAT], RS_SAYS_FACTOR_OTHER, "%s\n%s\n%s\n%s",
           rs_place_text(net, term->from, 0, made),
           rs_place_text(net, fault->place, -term->shift, node),
           stand_in_text(net->cell, in, wrong),
           rs_path_source_text(net->cell, other->source, other->from, right));
}

bool rs_diagnose_replaced(const rs_fault *fault, const rs_term *term, const double *q,
                          const double *d, rs_check_finding *finding)
{
    static const long shifts[] = {0, -1, 1};
    const rs_paths *paths = &fault->checking->linear.paths;
    const rs_cell *cell = paths->cell;
    const rs_path *path = &paths->path[term->path];
    rs_complex_step room;
    bool found = false;
    if (rs_complex_step_make(&room, cell, fault->d->net->hidden, NULL) != RS_OK)
        return false;
    for (size_t k = 0; k < paths->n && !found; k++) {
        const rs_path *other = &paths->path[k];
        if (other->stage != path->stage || other->to != path->to || other->source == RS_FROM_A)
            continue;
        for (size_t j = 0; j < 3 * cell->channels_n && !found; j++) {
            const stand_in in = {j / 3, shifts[j % 3]};
            const bool is_itself =
                in.channel == other->from && in.shift == (other->source == RS_FROM_BEFORE ? -1 : 0);
            found = !is_itself && fits(fault, &room, term, other, in, q, d);
            if (found)
                say(fault, term, other, in, finding);
        }
    }
    rs_complex_step_free(&room);
    return found;
}
