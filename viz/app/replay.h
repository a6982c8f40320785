/* Events from a file, one a line (CONTRACT.md, "Replay"): tests and pictures without hands.
 *
 *     key Ctrl+Z    move X Y    click X Y    drag X0 Y0 X1 Y1    wheel X Y N    text ABC
 *     double X Y    leave       size W H     drop FILE             wait MS        shot FILE
 *     state FILE    quit
 *
 * Empty lines and lines that begin with # are passed over. */
#ifndef REPLAY_H
#define REPLAY_H

#include "base/error.h"
#include "viz/app/event.h"

#include <stddef.h>

typedef enum replay_kind {
    REPLAY_EVENTS, /* give `event` to update(), then the next step */
    REPLAY_WAIT,   /* until the work is done and at least `milliseconds` passed */
    REPLAY_SHOT,   /* draw into the file `path` */
    REPLAY_STATE   /* write the state into the file `path` */
} replay_kind;

typedef struct replay_step {
    replay_kind kind;
    event event;
    double milliseconds;
    const char *path; /* into the replay's text */
    size_t line;
} replay_step;

typedef struct replay {
    char *text;
    replay_step *steps; /* a click is three: move, press, release */
    size_t steps_n, room, next;
} replay;

/* Reads the whole file and checks every line (RS_OPEN, RS_DATA with the line). The caller frees. */
rs_status replay_read(const char *path, replay *to, rs_error *err);
void replay_free(replay *r);

#endif
