#include "viz/lesson_pictures.h"

#include "viz/plots/figure.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WIDTH = 960, HEIGHT = 600 };

/* Passes of all cells of a scene, as a view wants them. */
typedef struct passes {
    run_options options;
    struct run run[SCENE_CELLS];
    view_input input[SCENE_CELLS];
} passes;

static rs_status make_passes(computed *c, bool every_step, passes *to, rs_error *err)
{
    to->options = run_defaults();
    for (size_t k = 0; k < c->cells_n; k++) {
        const rs_status status = compute_part_of(c, k, PART_PASS, 1, err);
        const computed_cell *cell = &c->cell[k];
        if (status != RS_OK)
            return status;
        to->run[k] = (struct run){.model = cell->model, .data = cell->data};
        to->run[k].data.loss = every_step ? cell->every : cell->data.loss;
        to->input[k] = (view_input){.options = &to->options,
                                    .run = &to->run[k],
                                    .trace = cell->trace,
                                    .gradient = cell->gradient,
                                    .as_if = every_step && cell->data.loss.last,
                                    .layer = cell->model.net.layers - 1,
                                    .step = SIZE_MAX,
                                    .together = to->input,
                                    .together_n = c->cells_n};
    }
    return RS_OK;
}

static rs_status draw(const player *p, const view *v, const void *data, const char *path,
                      lang_kind lang, rs_error *err)
{
    canvas *c = canvas_file(path, WIDTH, HEIGHT, 1, THEME_LIGHT, err);
    if (!c)
        return err->status;
    canvas_set_lang(c, lang);
    const figure f = {v, data, p->lesson->title, "rnnscope learn --text",
                      (uint64_t)p->scene.number[SCENE_SEED]};
    figure_draw(c, &f, NULL);
    const rs_status status = canvas_finish(c, err);
    canvas_free(c);
    return status;
}

static rs_status draw_view(player *p, const view *v, const char *folder, lang_kind lang, size_t *n,
                           rs_error *err)
{
    char path[1024];
    void *data = NULL;
    rs_error none = {0};
    passes all = {0};
    computed *c = player_computed(p, &none);
    if (!c || make_passes(c, v->every_step, &all, &none) != RS_OK ||
        v->make(&all.input[0], &data, &none) != RS_OK)
        return RS_OK;
    (void)snprintf(path, sizeof path, "%s/%s-%zu-%s.png", folder, p->lesson->id, p->step + 1,
                   v->name);
    const rs_status status = draw(p, v, data, path, lang, err);
    v->free(data);
    *n += status == RS_OK;
    return status;
}

/* The views that this scene's block shows, of the scene as it is now. */
static rs_status draw_scene(player *p, size_t block, const char *folder, lang_kind lang, size_t *n,
                            rs_error *err)
{
    const char *show = lesson_value(&p->lesson->blocks[block], "show");
    rs_status status = RS_OK;
    while (show && *show && status == RS_OK) {
        char name[32];
        const size_t length = strcspn(show, ", \t");
        (void)snprintf(name, sizeof name, "%.*s", (int)(length < 31 ? length : 31), show);
        const view *v = view_named(name);
        if (v)
            status = draw_view(p, v, folder, lang, n, err);
        show += length + strspn(show + length, ", \t");
    }
    return status;
}

rs_status lesson_pictures(player *p, const char *folder, lang_kind lang, size_t *n, rs_error *err)
{
    rs_status status = RS_OK;
    *n = 0;
    (void)mkdir(folder, 0777); /* a folder that is missing shows at the first picture */
    for (size_t k = 0; k < p->lesson->blocks_n && status == RS_OK; k++) {
        if (p->lesson->blocks[k].kind != BLOCK_SCENE)
            continue;
        for (size_t step = 0; step < p->lesson->steps_n; step++)
            if (k >= p->lesson->steps[step].first)
                p->step = step;
        player_stage(p, k);
        status = draw_scene(p, k, folder, lang, n, err);
    }
    return status;
}

rs_status lesson_pictures_now(player *p, const char *folder, lang_kind lang, size_t *n,
                              rs_error *err)
{
    *n = 0;
    (void)mkdir(folder, 0777);
    return p->stage < p->lesson->blocks_n ? draw_scene(p, p->stage, folder, lang, n, err) : RS_OK;
}
