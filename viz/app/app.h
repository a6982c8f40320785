/* The viewer's state, and the two plain functions over it: update(state, event) and draw(state,
 * canvas). Nothing here knows of SDL; window.c shows it, replay.c drives it without a window.
 *
 * What is to be seen is a scene (lessons/engine/scene.h) plus a handful of choices. A change of the
 * scene makes a job (job.h) for the worker; its results come back through app_take, newest scene
 * only. */
#ifndef APP_H
#define APP_H

#include "lessons/engine/compute.h"
#include "viz/app/event.h"
#include "viz/app/history.h"
#include "viz/app/learning.h"
#include "viz/canvas/canvas.h"
#include "viz/plots/view.h"

enum { MAX_PANELS_SHOWN = 6, MAX_CONTROLS = 64 };

/* What the window shows beside each other: some views, each in its part of the stage. */
typedef struct app_page {
    const char *title; /* English */
    struct {
        const char *view;
        rect place; /* in parts of the stage */
    } panel[MAX_PANELS_SHOWN];
} app_page;
extern const app_page app_pages[];
extern const size_t app_pages_n;
/* The view of this name, as a page shows it. */
const view *view_on_page(const char *name);

typedef struct selection {
    size_t cell, step, unit;
    size_t below; /* layers below the top one */
} selection;

typedef struct app_panel {
    const view *view;
    void *data;         /* of view->make; NULL: not there yet */
    char problem[256];  /* why there is none */
    bool stale;         /* the scene has changed since */
    bool dirty;         /* its picture is older than its data, place, size, theme or language */
    rect part;          /* of the stage */
    rect place;         /* on the canvas */
    bool small;         /* the data asked for last is without what has no room there */
    plot_layout layout; /* of the picture */
    void *ghost;        /* the view's data of what is pinned; NULL: none */
    bool ghost_is_new;  /* it is of ghost_at, or there is none for it */
    selection ghost_at;
    cairo_surface_t *picture;
} app_panel;

typedef enum control_kind {
    CONTROL_PAGE,   /* shows page `which` */
    CONTROL_CELL,   /* cell `which` of the library is shown or not */
    CONTROL_SLIDER, /* scene number `which` */
    CONTROL_CHOICE, /* one of names: task, init, loss */
    CONTROL_ITEM,   /* item `which` of the lesson's column */
    CONTROL_SCRUB,  /* the moments of the training */
    CONTROL_BUTTON  /* does what button `which` says */
} control_kind;

enum {
    BUTTON_CHECK, /* the badge: to the page of the gradient check */
    BUTTON_RUN,   /* training runs and pauses */
    BUTTON_STEP   /* one update */
};

typedef struct control {
    control_kind kind;
    size_t which;
    rect area;         /* what reacts to the pointer */
    rect track;        /* of a slider */
    const char *label; /* English */
} control;

typedef enum badge_kind {
    BADGE_NONE,
    BADGE_CHECKING,
    BADGE_AGREES,
    BADGE_WRONG,
    BADGE_UNSURE
} badge_kind;

typedef struct badge {
    badge_kind kind;
    double error;               /* the largest, relative to the block's largest entry */
    char text[LANG_KINDS][480]; /* the located mistake, or why it is not sure */
} badge;

struct column; /* column.h */

/* Training as the window sees it: wishes for live.h, and what came of them. */
typedef struct app_training {
    bool running;
    size_t steps;              /* single updates wished for */
    bool begun;                /* there is one */
    bool ended;                /* it is to end: the network is another */
    size_t moment;             /* shown on all pages; LEARNING_NOW: the present */
    bool moved;                /* the moment is another than was shown */
    bool wants_log, wants_pin; /* its curves anew; to compare with */
    scene of;                  /* what it is of */
    /* from live.h */
    uint64_t updates;
    double per_second;
    size_t moments_n;
    uint64_t moment_update[LEARNING_MOMENTS];
    trained *shown;   /* held; NULL: the scene's own parameters */
    trained *weights; /* held: the latest known, while it runs on its own page; or NULL */
    double shown_at;
} app_training;

typedef struct app {
    scene scene;
    compute_base base; /* the user's model and data, if any; not owned */
    char title[256];   /* of the user's files */
    history history;

    struct column *column; /* the lesson beside the stage, not owned; NULL: none */
    bool free_play;        /* in a lesson: the sliders of the side are there too */
    size_t page;
    bool one_panel; /* panel `panel` fills the stage */
    size_t panel;
    theme_kind theme;
    lang_kind lang;
    double width, height;
    bool linear;       /* what has a log axis has a linear one instead */
    double from, to;   /* the steps of time in sight; from ≥ to: all */
    bool panning;      /* a drag of the time axis, or a click that may become one */
    double grabbed;    /* the step under the pointer when it began */
    double pressed_at; /* where, on the canvas */
    bool help, full_screen;
    char message[512]; /* an error or a hint, until the next event that does something */
    bool message_is_error;

    app_training training;
    void *training_ghost; /* of live_view: the training that is pinned; NULL: none */
    selection pinned, hover;
    bool hovering;
    double pointer_x, pointer_y;
    bool pointer_in; /* it is over the window */
    size_t focus;    /* index of a control; controls_n: none */
    bool focus_visible;
    size_t dragging; /* index of the slider being dragged; controls_n: none */
    char typing[32]; /* digits for the focused slider */

    control controls[MAX_CONTROLS];
    size_t controls_n;
    rect stage, side; /* where panels and controls are */
    double side_free; /* below the controls of the side */
    app_panel panels[MAX_PANELS_SHOWN];
    size_t panels_n;

    computed *shown, *ghost; /* held */
    bool shown_is_new;       /* shown is of the present scene */
    unsigned long shown_generation;
    badge badge[SCENE_CELLS];
    unsigned long generation; /* of the scene; results of another are dropped */
    double changed;           /* seconds on the clock of stats.h when it became this */
    double curves_after,
        all_after;     /* seconds from then to the first view and the last; 0: not yet */
    bool wants_job;    /* the scene has changed since the last job */
    bool wants_views;  /* only page or selection have: what is computed will do */
    bool wants_frame;  /* something to be seen has changed */
    bool moving;       /* a drag is going on: draw fast */
    bool wants_export; /* E was pressed: the owner writes the files and says where */
    bool wants_open;   /* the file `dropped` */
    char dropped[512];
    bool quit;
} app;

/* What a newcomer sees first: RNN, LSTM and GRU on one task and seed, their keeping gates open, so
 * that the one gradient dies and the others live. The task, adding, can be learnt by those alone
 * that keep a mark until the end: training shows what the gradients foretold. */
scene app_first_scene(void);

/* A model of the user's is shown as it is until they move a slider: no gain, no other forget bias.
 */
void app_leave_model(scene *s);

/* A state at this scene (NULL: the first). base may be NULL; what it points to must outlive the
 * app. */
void app_start(app *a, const scene *first, const compute_base *base, lang_kind language,
               theme_kind theme, double width, double height);
void app_stop(app *a);

/* What an event does. Never blocks, draws nothing. */
void app_update(app *a, const event *e);

/* Whether a panel is about the scene's network; the wall and the bifurcation have a unit of their
 * own. */
bool app_shows_network(const app *a);

/* Places panels and controls for the present state: after each change of size, page or scene. */
void app_lay_out(app *a);

/* Shows a page, or one panel of it alone. */
void app_show_page(app *a, size_t page, bool one_panel, size_t panel);

/* Whether the view leaves parts out where the panel is now. */
bool panel_is_small(const app_panel *panel);

/* Draws everything into a canvas of the state's width and height. Panels are drawn anew only where
 * their pictures are out of date. */
void app_draw(app *a, canvas *c);

/* Makes `line` the state: the text of scene_write plus `page = 2` and the like. RS_DATA by line. */
rs_status app_read_state(app *a, const char *text, rs_error *err);
/* The state as text, to be freed; NULL without memory. */
char *app_state_text(const app *a);

/* After a change of the scene: everything is computed anew. At the end of a gesture it becomes a
 * step of undo. */
void app_changed(app *a, bool gesture_ended);
/* The present state becomes a step of undo. */
void app_keep(app *a);
/* After a change of page or selection: the views are made anew from what is computed. */
void app_looked_elsewhere(app *a);

/* The scene, the views and the title of the lesson's present step become the app's. */
void app_follow_lesson(app *a);

/* These parameters, which become the app's, are the ones that all pages show from now on. */
void app_show_trained(app *a, trained *t);
/* The same of parameters that were read: a training goes on from them, anew. */
void app_restore_trained(app *a, trained *t);
/* Shows moment k of the training; LEARNING_NOW: the present. */
void app_show_moment(app *a, size_t k);

void app_say(app *a, bool is_error, const char *format, ...) RS_PRINTF(3, 4);

/* The number of a slider's control, its place on the track (0 … 1; NAN where it is not set), and
 * back. */
double *app_number(app *a, const control *c);
double slider_place(scene_number which, double value);
double slider_value(scene_number which, double place);

/* The names a choice goes through (NULL-ended list by index), and the one it has. */
const char *choice_name(size_t which, size_t k);
const char *choice_now(const app *a, size_t which);
void choice_step(app *a, size_t which, int by);
enum { CHOICE_TASK, CHOICE_INIT, CHOICE_LOSS, CHOICES };

/* Keys and what they do, for help and for tests. */
typedef struct app_key {
    const char *key;  /* "Ctrl+Z" */
    const char *does; /* English */
    void (*act)(app *a, int sign);
    int sign;
} app_key;
extern const app_key app_keys[];
extern const size_t app_keys_n;

/* The cell that is chosen, as the shown computation has it; NULL before the first. */
const computed_cell *app_cell(const app *a);
/* The selection to be shown: hovered, else pinned, within bounds. */
selection app_selection(const app *a);

#endif
