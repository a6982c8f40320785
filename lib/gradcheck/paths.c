#include "gradcheck/paths.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/scalar.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Random points at which the paths are looked for: enough that a unit of relu is on at one of them.
 */
enum { POINTS = 16, UNITS = 2 };

static const double STEP = 0x1p-332; /* about 1e-100; a power of two, so that it rounds nothing */

rs_status rs_complex_step_make(rs_complex_step *room, const rs_cell *cell, size_t H, rs_error *err)
{
    const size_t rows = cell->gates_n + 2 * cell->channels_n;
    size_t n = 0;
    *room = (rs_complex_step){0};
    if (!rs_multiply(rows, H, &n))
        return rs_fail(err, RS_USAGE, "%zu units do not fit in memory", H);
    room->numbers = rs_alloc(n, sizeof *room->numbers, "the numbers of one step", err);
    if (!room->numbers)
        return RS_INTERNAL;
    room->step.H = H;
    room->step.a = room->numbers;
    for (size_t k = 0; k < cell->channels_n; k++) {
        room->step.now[k] = room->numbers + (cell->gates_n + 2 * k) * H;
        if (cell->channels[k].role == RS_STATE)
            room->step.before[k] = room->step.now[k] + H;
    }
    return RS_OK;
}

void rs_complex_step_free(rs_complex_step *room)
{
    free(room->numbers);
    room->numbers = NULL;
}

double _Complex *rs_complex_place(const rs_complex_step *room, rs_reads source, size_t from)
{
    if (source == RS_FROM_A)
        return room->step.a + from * room->step.H;
    return source == RS_FROM_NOW ? room->step.now[from] : room->step.before[from];
}

const char *rs_path_source_text(const rs_cell *cell, rs_reads source, size_t from, char text[32])
{
    if (source == RS_FROM_A)
        (void)snprintf(text, 32, "a_%.20s", cell->channels[cell->gates[from]].name);
    else
        (void)snprintf(text, 32, "%.20s%s", cell->channels[from].name,
                       source == RS_FROM_BEFORE ? "[t−1]" : "");
    return text;
}

static bool makes(const rs_stage *stage, size_t channel) { return stage->writes >> channel & 1U; }

/* Whether the equations of the stage could read this: not what they make, not a cache. */
static bool readable(const rs_cell *cell, const rs_stage *stage, rs_reads source, size_t from)
{
    if (source == RS_FROM_A)
        return from < cell->gates_n;
    if (from >= cell->channels_n)
        return false;
    if (source == RS_FROM_BEFORE)
        return cell->channels[from].role == RS_STATE;
    return cell->channels[from].role != RS_CACHE && !makes(stage, from);
}

static void fill_at_random(const rs_cell *cell, const rs_complex_step *room, rs_random *random)
{
    const size_t n = (cell->gates_n + 2 * cell->channels_n) * UNITS;
    for (size_t k = 0; k < n; k++)
        room->numbers[k] = rs_random_normal(random);
}

/* Steps unit 0 of a source at one random point. Bit k of the result: channel k of unit 0 moved;
 * *mixes is set if another unit moved. */
static unsigned moved(const rs_cell *cell, const rs_stage *stage, const rs_complex_step *room,
                      rs_reads source, size_t from, bool *mixes)
{
    unsigned which = 0;
    __imag__ rs_complex_place(room, source, from)[0] = STEP;
    stage->forward_z(&room->step);
    for (size_t k = 0; k < cell->channels_n; k++) {
        if (!makes(stage, k))
            continue;
        if (__imag__ room->step.now[k][0] != 0)
            which |= 1U << k;
        if (__imag__ room->step.now[k][1] != 0)
            *mixes = true;
    }
    return which;
}

static rs_status append(rs_paths *paths, rs_path path, rs_error *err)
{
    if (paths->n == RS_MAX_PATHS)
        return rs_fail(err, RS_USAGE, "cell %s: more than %d paths in its equations",
                       paths->cell->name, RS_MAX_PATHS);
    paths->path[paths->n++] = path;
    return RS_OK;
}

/* Whether a source of this colour already makes one of the channels. */
static bool color_taken(const rs_paths *paths, size_t stage, size_t color, unsigned channels)
{
    for (size_t k = 0; k < paths->n; k++) {
        const rs_path *path = &paths->path[k];
        if (path->stage == stage && path->color == color && channels >> path->to & 1U)
            return true;
    }
    return false;
}

/* Appends the paths from one source to the channels it moves, all of one colour. */
static rs_status append_source(rs_paths *paths, size_t stage, rs_reads source, size_t from,
                               unsigned channels, rs_error *err)
{
    size_t color = 0;
    rs_status status = RS_OK;
    while (color_taken(paths, stage, color, channels))
        color++;
    if (color >= paths->colors[stage])
        paths->colors[stage] = color + 1;
    for (size_t k = 0; k < paths->cell->channels_n && status == RS_OK; k++)
        if (channels >> k & 1U && paths->cell->channels[k].role != RS_CACHE)
            status = append(paths, (rs_path){stage, source, from, k, color}, err);
    return status;
}

static rs_status find_from(rs_paths *paths, const rs_complex_step *room, size_t s, rs_reads source,
                           size_t from, rs_error *err)
{
    const rs_cell *cell = paths->cell;
    const rs_stage *stage = &cell->stages[s];
    rs_random random = rs_random_seed(1, s);
    unsigned channels = 0;
    bool mixes = false;
    for (size_t k = 0; k < POINTS; k++) {
        fill_at_random(cell, room, &random);
        channels |= moved(cell, stage, room, source, from, &mixes);
    }
    if (mixes)
        return rs_fail(err, RS_USAGE,
                       "cell %s: the equations of stage %s mix units; expected equations by "
                       "element, and products in rs_stage.product",
                       cell->name, stage->name);
    return channels ? append_source(paths, s, source, from, channels, err) : RS_OK;
}

static rs_status find_stage(rs_paths *paths, const rs_complex_step *room, size_t s, rs_error *err)
{
    const rs_cell *cell = paths->cell;
    const rs_stage *stage = &cell->stages[s];
    const size_t most = cell->gates_n > cell->channels_n ? cell->gates_n : cell->channels_n;
    rs_status status = RS_OK;
    if (!stage->forward)
        return RS_OK;
    if (!stage->forward_z)
        return rs_fail(err, RS_USAGE, "cell %s: stage %s has no equations over complex numbers",
                       cell->name, stage->name);
    for (rs_reads source = RS_FROM_A; source <= RS_FROM_BEFORE; source++)
        for (size_t k = 0; k < most && status == RS_OK; k++)
            if (readable(cell, stage, source, k))
                status = find_from(paths, room, s, source, k, err);
    paths->colors_n += paths->colors[s];
    return status;
}

rs_status rs_paths_find(const rs_cell *cell, rs_paths *paths, rs_error *err)
{
    rs_complex_step room;
    *paths = (rs_paths){.cell = cell};
    rs_status status = rs_complex_step_make(&room, cell, UNITS, err);
    for (size_t s = 0; s < cell->stages_n && status == RS_OK; s++)
        status = find_stage(paths, &room, s, err);
    rs_complex_step_free(&room);
    return status;
}
