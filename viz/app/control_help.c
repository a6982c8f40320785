/* What each control is for, in one line: beside the pointer over it, and in the help. */
#include "viz/app/draw.h"

#include "data/tasks.h"

static const char *choice_help(const app *a, size_t which)
{
    const rs_task *task = which == CHOICE_TASK ? rs_task_named(a->scene.task) : NULL;
    if (which == CHOICE_TASK)
        return task ? task->meaning : "";
    return which == CHOICE_INIT ? "how the weights are drawn at the beginning"
                                : "the steps that have a loss: the last, all, or the task's own";
}

const char *control_help(const app *a, const control *k)
{
    switch (k->kind) {
    case CONTROL_CELL:
        return "shows this cell beside the others, or not";
    case CONTROL_SLIDER:
        return scene_numbers[k->which].help;
    case CONTROL_CHOICE:
        return choice_help(a, k->which);
    case CONTROL_SCRUB:
        return "the moments of the training: drag to go back";
    case CONTROL_BUTTON:
        return k->which == BUTTON_CHECK ? "" : "every cell learns, on equal batches";
    case CONTROL_PAGE:
    case CONTROL_ITEM:
        break;
    }
    return "";
}
