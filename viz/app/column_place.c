/* Where the learner is in the column: what has the keyboard, and what must be in sight. */
#include "viz/app/column.h"

#include <math.h>
#include <string.h>

enum { ROOM = 12 }; /* around what is brought into sight */

static bool has_open_task(const column *c)
{
    const lesson_step *step = &c->lesson.steps[c->player.step];
    for (size_t k = step->first; k < step->first + step->n; k++)
        if (c->lesson.blocks[k].kind == BLOCK_TASK && c->player.blocks[k].task != TASK_SOLVED)
            return true;
    return false;
}

static size_t first_item(const column *c, item_kind kind)
{
    for (size_t k = 0; k < c->items_n; k++)
        if (c->items[k].kind == kind)
            return k;
    return MAX_ITEMS;
}

size_t column_item_like(const column *c, column_item like)
{
    for (size_t k = 0; k < c->items_n; k++)
        if (c->items[k].kind == like.kind && c->items[k].block == like.block &&
            strcmp(c->items[k].slider.name, like.slider.name) == 0)
            return k;
    return MAX_ITEMS;
}

size_t column_hint(const column *c, size_t focused)
{
    for (size_t k = 0; focused < c->items_n && k < c->items_n; k++)
        if (c->items[k].kind == ITEM_HINT && c->items[k].block == c->items[focused].block)
            return k;
    return first_item(c, ITEM_HINT);
}

size_t column_next_wanted(const column *c)
{
    size_t item = first_item(c, ITEM_FIELD);
    if (item == MAX_ITEMS && has_open_task(c))
        item = first_item(c, ITEM_SLIDER);
    if (item == MAX_ITEMS && c->player.blocks[column_exercise(c)].task != TASK_SOLVED)
        item = first_item(c, ITEM_BEGIN);
    return item == MAX_ITEMS ? first_item(c, ITEM_NEXT) : item;
}

bool column_takes_number(const column *c, size_t item)
{
    return item < c->items_n &&
           (c->items[item].kind == ITEM_FIELD || c->items[item].kind == ITEM_SLIDER);
}

size_t column_typed_into(const column *c)
{
    const size_t field = first_item(c, ITEM_FIELD);
    return field == MAX_ITEMS ? first_item(c, ITEM_SLIDER) : field;
}

/* From `top` to `bottom` of the text, or where that is too long its beginning. */
static double scroll_to(const column *c, double height, double top, double bottom)
{
    double scroll = c->scroll;
    if (bottom + ROOM > scroll + height)
        scroll = bottom + ROOM - height;
    if (top - ROOM < scroll)
        scroll = top - ROOM;
    const double most = fmax(0, c->content - height);
    return fmin(fmax(0, scroll), most);
}

bool column_bring_into_sight(column *c, rect r, size_t focus)
{
    const double before = c->scroll, height = r.h - COLUMN_FOOT;
    if (c->news < c->lesson.blocks_n && c->news_bottom > c->news_top)
        c->scroll = scroll_to(c, height, c->news_top, c->news_bottom);
    else if (focus != c->focus && focus < c->items_n && c->items[focus].kind != ITEM_NEXT &&
             c->items[focus].kind != ITEM_BACK) {
        const rect area = c->items[focus].area;
        const double top = area.y - r.y + c->scroll;
        c->scroll = scroll_to(c, height, top, top + area.h);
    }
    c->news = c->lesson.blocks_n;
    c->focus = focus;
    return c->scroll != before;
}

bool column_ends_below(const column *c, double height)
{
    return c->content - c->scroll > height - COLUMN_FOOT + 1;
}

void column_scroll(column *c, double by, double height)
{
    const double most = fmax(0, c->content - (height - COLUMN_FOOT));
    c->scroll = fmin(fmax(0, c->scroll + by), most);
}
