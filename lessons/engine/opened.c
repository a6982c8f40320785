#include "lessons/engine/opened.h"

#include "data/series.h"
#include "files/model_file.h"

/* All of the series as one sequence: take_data of compute.c cuts it to the scene's steps. */
static rs_status read_data(const char *path, rs_data *to, rs_error *err)
{
    rs_series series;
    rs_status status = rs_series_read(&series, path, NULL, err);
    if (status != RS_OK)
        return status;
    status = rs_series_make(&series, series.rows - 1, 1, to, err);
    rs_series_free(&series);
    return status;
}

rs_status opened_read(const scene *s, const compute_base *given, opened *to, rs_error *err)
{
    rs_status status = RS_OK;
    *to = (opened){0};
    if (given)
        to->base = *given;
    if (s->model[0] && !to->base.model) {
        rs_model_file names;
        status = rs_model_read(s->model, scene_cell(s->cells[0]), &to->model, &names, err);
        if (status != RS_OK)
            return status;
        rs_model_file_free(&names);
        to->base.model = &to->model;
    }
    if (s->data[0] && !to->base.data) {
        status = read_data(s->data, &to->data, err);
        to->base.data = &to->data;
    }
    if (status != RS_OK)
        rs_model_free(&to->model);
    return status;
}

void opened_close(opened *o)
{
    rs_model_free(&o->model);
    rs_data_free(&o->data);
}
