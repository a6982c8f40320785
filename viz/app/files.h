/* What the viewer reads and writes: pictures, numbers and states, the state kept for next time,
 * files dropped on the window. No SDL. */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "viz/app/app.h"
#include "viz/run.h"

/* The whole screen into .png, .svg or .pdf, with the state in it. */
rs_status files_draw(app *a, const char *path, double scale, rs_error *err);

/* The state and how it is looked at, as text to be freed; NULL without memory. */
char *files_state_text(const app *a);
/* That into a file; where what is shown has been trained, the weights of each cell beside it, as
 * NAME-CELL.safetensors, of which the state says so: reading it brings them back. */
rs_status files_write_state(const app *a, const char *path, rs_error *err);
/* The same without weights. */
rs_status files_write_scene(const app *a, const char *path, rs_error *err);
/* RS_OPEN where there is no such file; RS_DATA with the line: the app is then as it was. */
rs_status files_read_state(app *a, const char *path, rs_error *err);

/* The screen as PNG, SVG and PDF, the state (with weights), the numbers of each panel as CSV, into
 * the working folder, under the first name rnnscope-1, rnnscope-2 … that is free; the app says
 * which. */
void files_export(app *a, double scale);

/* $XDG_STATE_HOME/rnnscope/view.state, or ~/.local/state/rnnscope/view.state. RS_OPEN where neither
 * is known or it does not fit. */
rs_status files_kept_path(char *path, size_t room, rs_error *err);
/* Writes the state there, making the folders above it. */
rs_status files_keep_state(const app *a, const char *path, rs_error *err);

/* The title of the window: the file's name without its folders. */
void files_title(app *a, const char *path);

/* The model and data that were dropped on the window. */
typedef struct dropped {
    run_options options;
    char model[512], data[512];
    struct run *now, *old; /* old: replaced, perhaps still in use by the worker */
} dropped;

void dropped_start(dropped *d, const run_options *options);

/* A model (.safetensors) or data (.npy, .csv, .txt) takes the place of the app's. What fails leaves
 * everything as it was. dropped_forget must have been called since the last one. */
rs_status dropped_open(dropped *d, app *a, const char *path, rs_error *err);
/* Frees what was replaced: when no job uses it. */
void dropped_forget(dropped *d);
void dropped_close(dropped *d);

#endif
