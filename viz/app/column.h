/* The lesson's column: text with live numbers, predictions, sliders and tasks, beside the stage. It
 * is a player (lessons/engine/player.h) made visible; what the learner does to the scene goes
 * through it. */
#ifndef COLUMN_H
#define COLUMN_H

#include "lessons/engine/course.h"
#include "lessons/engine/player.h"
#include "viz/app/exercise_desk.h"
#include "viz/canvas/canvas.h"

enum { COLUMN_WIDTH = 328, COLUMN_FOOT = 56, MAX_ITEMS = 40 };

typedef enum item_kind {
    ITEM_BACK,
    ITEM_NEXT,
    ITEM_FIELD,  /* a number is typed: a prediction, or the answer of a task */
    ITEM_REVEAL, /* shows what came without a prediction */
    ITEM_SLIDER,
    ITEM_CHECK, /* tries the task */
    ITEM_HINT,
    ITEM_UNDO,   /* the scene as the page has it */
    ITEM_STAGE,  /* this scene becomes the stage, where a step has more than one */
    ITEM_INDEX,  /* all lessons, and back to the present one */
    ITEM_LESSON, /* `block` of the course */
    ITEM_BEGIN,  /* of an exercise: lays out the learner's file, or checks it now */
    ITEM_COPY,   /* the file's path, for the clipboard */
    ITEM_RESULT  /* what came of the exercise on the stage, or the lesson's pictures */
} item_kind;

/* What reacts to pointer and keys, where it was drawn last. */
typedef struct column_item {
    item_kind kind;
    size_t block;
    rect area, track;
    lesson_slider slider;
} column_item;

/* Not to be moved or copied while it is open: the player points into it. */
typedef struct column {
    lesson lesson;
    learner_progress progress;
    char progress_path[512];
    player player;
    column_item items[MAX_ITEMS];
    size_t items_n;
    double scroll, content; /* how far the text is scrolled, and how long it is */
    size_t step;            /* that was drawn last */
    size_t looked;          /* step for which the cursor was put where its scene wants it */
    size_t focus;           /* the item that had it then */
    size_t news;            /* block whose answer has just come, to be seen; blocks_n: none */
    bool in_news;
    double news_top, news_bottom; /* where it is in the text, with what is revealed under it */
    course *course;               /* not owned; NULL: no other lessons are known */
    bool index;                   /* all lessons are shown in place of the step */
    size_t wants_lesson;          /* of the course, to be opened; SIZE_MAX: none */
    bool wants_next;              /* the learner has gone on from the last step */
    exercise_desk *desk;          /* of the learner's own code, not owned; NULL: none */
    bool wants_copy;              /* the path of the learner's file is to go to the clipboard */
    char problem[256];            /* of the last thing that could not be done */
    char mistake[256];            /* of the file, while it is being written; stays */
    bool dirty;                   /* `picture` is out of date */
    cairo_surface_t *picture;     /* the column as it was drawn last; NULL: not yet */
} column;

/* Opens a lesson where the learner left it. progress_at: where progress is kept; NULL: nowhere. */
rs_status column_open(column *c, const char *path, const char *progress_at, rs_error *err);
/* Whether there is a lesson there that column_open would show, mistakes or not; else err says why.
 */
bool column_opens(const char *path, rs_error *err);
/* Keeps the progress; c may be zero. */
void column_close(column *c);

/* The names of the views that the present scene shows, into names; returns how many. */
size_t column_views(const column *c, char names[][32], size_t most);

/* The step of time that the present scene looks at; SIZE_MAX: the last. */
size_t column_at(const column *c);

/* Whether the present step asks for a prediction that is neither made nor passed over: what would
 * answer it is not shown yet. */
bool column_asks(const column *c);

/* column_exercise.c: the block of the exercise in the present step, or blocks_n; whether the stage
 * is to show it; what is kept when it has been judged. */
size_t column_exercise(const column *c);
bool column_shows_exercise(const column *c);
void column_exercise_judged(column *c, size_t block, bool right);
/* Writes the progress, if it is kept. */
void column_keep(column *c);

/* Draws into r and records the items. focus: index of the item that has it, or MAX_ITEMS; typing:
 * what has been typed into it. */
void column_draw(column *c, canvas *on, rect r, size_t focus, const char *typing);

/* The learner has changed the scene elsewhere (free play, undo). */
void column_take_scene(column *c, const scene *s);

/* The same into c->picture, where that is out of date; its pixels are those of `screen`. False
 * without memory. */
bool column_picture(column *c, const canvas *screen, rect r, size_t focus, const char *typing);

/* Does what the item does. x: of the pointer, for a slider (NAN: a key). True if the scene is
 * another. */
bool column_act(column *c, size_t item, double x);
/* The learner turns to this item: the scene that it is about becomes the stage. True if the scene
 * is another. */
bool column_look(column *c, size_t item);
/* The lesson that comes after this one, the next that is not done; course->n (or 0 without a
 * course): none. */
size_t column_next_lesson(const column *c);
/* Shows all lessons, or the step again. */
void column_show_index(column *c, bool shown);

/* To the next step (by > 0) or the one before; true if there is one. Past the last it wants_next.
 */
bool column_turn(column *c, int by);
/* A number typed into a field or for a slider. True if the scene is another. */
bool column_number(column *c, size_t item, double value);
/* A key's steps on a slider. */
bool column_step(column *c, size_t item, int by);

/* column_place.c: what the learner has to do next, as an item: a prediction, a slider of a task
 * that is not solved, else going on. */
size_t column_next_wanted(const column *c);
/* Whether it is a field or a slider. */
bool column_takes_number(const column *c, size_t item);
/* Where a number goes that is typed while nothing has the focus; MAX_ITEMS: nowhere. */
size_t column_typed_into(const column *c);
/* The hint of the block that the focused item is of, else the first; MAX_ITEMS: there is none. */
size_t column_hint(const column *c, size_t focused);
/* The item of this kind and block, or MAX_ITEMS. */
size_t column_item_like(const column *c, column_item like);
/* Scrolls, after drawing, so that the news or else what has just got the focus can be seen; true if
 * it has to be drawn again. */
bool column_bring_into_sight(column *c, rect r, size_t focus);
/* Whether there is text below what can be seen. */
bool column_ends_below(const column *c, double height);
void column_scroll(column *c, double by, double height);

#endif
