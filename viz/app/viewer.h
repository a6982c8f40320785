/* The viewer as a program: events in, frames out, with a window, from a replay, or both. */
#ifndef VIEWER_H
#define VIEWER_H

#include "viz/app/app.h"
#include "viz/run.h"

typedef struct viewer_options {
    const char *replay; /* events from this file; NULL: from the window */
    const char *state;  /* a state to begin with; NULL: the scene */
    const scene *scene; /* to begin with; NULL: the first one */
    double width, height, scale;
    theme_kind theme;
    lang_kind lang;
    bool theme_given, lang_given; /* on the command line: a state does not change them */
    bool stats;                   /* print the JSON of CONTRACT.md on stdout at the end */
    const char *title;
    const run_options *run; /* MODEL and DATA options, for files dropped later; NULL: none */
    bool keep;              /* the state is kept for next time, and begun with */
    const char *lesson;     /* path of a lesson's lesson.md, played beside the stage; NULL: none */
    bool own_lesson;        /* it is being written: checked each time it is read */
    const char *progress;   /* where its progress is kept; NULL: nowhere */
} viewer_options;

/* Runs until it is closed. base may be NULL. With a replay it also runs where there is no display.
 */
rs_status viewer_run(const viewer_options *options, const compute_base *base, rs_error *err);

#endif
