#include "viz/app/app.h"

#include "viz/app/draw.h"
#include "viz/app/live_view.h"

#include <string.h>

/* The first page is what a person sees first: the gradient's size over time on top, why below. */
const app_page app_pages[] = {
    {"Overview",
     {{"norms", {0, 0, .66, .42}},
      {"gates", {0, .44, .52, .56}},
      {"credit", {.545, .44, .455, .56}},
      {"spectrum", {.68, 0, .32, .42}}}},
    {"Chain", {{"chain", {0, 0, 1, 1}}}},
    {"Norms", {{"norms", {0, 0, 1, 1}}}},
    {"Gates", {{"gates", {0, 0, .5, 1}}, {"saturation", {.53, 0, .47, 1}}}},
    {"Units", {{"units", {0, 0, 1, 1}}}},
    {"Credit", {{"credit", {0, 0, .58, 1}}, {"lags", {.61, 0, .39, 1}}}},
    {"Paths", {{"paths", {0, 0, 1, 1}}}},
    {"Spectrum", {{"spectrum", {0, 0, 1, 1}}}},
    {"Equations", {{"equations", {0, 0, 1, 1}}}},
    {"Check", {{"check", {0, 0, 1, 1}}}},
    {"One unit", {{"wall", {0, 0, .5, 1}}, {"bifurcation", {.53, 0, .47, 1}}}},
    {"Phase", {{"phase", {0, 0, 1, 1}}}},
    {"Training", {{"training", {0, 0, 1, 1}}}},
};
const view *view_on_page(const char *name)
{
    return strcmp(name, live_view.name) == 0 ? &live_view : view_named(name);
}

const size_t app_pages_n = sizeof app_pages / sizeof *app_pages;

/* What each view says, for help. */
static const struct {
    const char *view, *says;
} helps[] = {
    {"norms",
     "How large the gradient still is at each step, on its way back from the loss. A straight line "
     "down to the left is vanishing; dashed lines are where float32 and double end."},
    {"gates", "Every channel of the cell, a row a unit, a column a step."},
    {"units", "One channel, a line a unit."},
    {"credit", "How much the loss of step t (row) depends on the state of step k (column)."},
    {"lags", "How much of the weight gradient comes from pairs of steps so far apart."},
    {"paths", "Which route the gradient takes from a step to the one before: straight through the "
              "state, or through a gate."},
    {"spectrum",
     "Eigenvalues of the recurrent weights against the unit circle, and singular values."},
    {"saturation", "A dot a unit: the share of time its gate is nearly shut and nearly open."},
    {"equations", "The cell's equations with the numbers of the unit and step at the cursor."},
    {"unrolled", "The network over time: each state from the one before and the input."},
    {"chain", "The way back over time; arrows are as wide as the log of the gradient through them. "
              "Click an arrow: its Jacobian, whole and by the routes it is made of, stands below."},
    {"phase",
     "Where the state goes, and where it would settle: in the plane of its first two principal "
     "components, and of two units. Fewer units also show one step from everywhere."},
    {"wall", "The error of one unit over its weight and bias: flat, then a wall."},
    {"bifurcation", "The fixed points of one unit as its bias changes."},
    {"check", "Every block of the gradient against the complex step."},
    {"exercise", "Your own code against the exact derivatives: the first mistake, its step, its "
                 "equation and its line; and what it makes wrong."},
    {"training",
     "Loss and gradient norm while the network learns by Adam: bold their running mean, "
     "faint behind it each batch; and how the weights of the cell chosen are spread: at "
     "the moment shown, against the beginning."},
};

const char *view_help(const view *v)
{
    for (size_t k = 0; k < sizeof helps / sizeof *helps; k++)
        if (strcmp(helps[k].view, v->name) == 0)
            return helps[k].says;
    return "";
}
