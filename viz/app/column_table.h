/* The columns of a table in a lesson: equal where all cells then fit on one line. Else those that
 * fit get what they need, the others their longest word and a share of the rest by what they lack.
 *
 *     column_table t = {0};
 *     column_table_add(&t, canvas, text);       each row
 *     column_table_fit(&t, width);              then t.width[k], which includes the gap
 */
#ifndef COLUMN_TABLE_H
#define COLUMN_TABLE_H

#include "viz/canvas/canvas.h"

enum { TABLE_COLUMNS = 8, TABLE_GAP = 8 };

typedef struct column_table {
    size_t columns, rows;
    double longest[TABLE_COLUMNS], word[TABLE_COLUMNS],
        sum[TABLE_COLUMNS]; /* of the cells' widths */
    double width[TABLE_COLUMNS];
} column_table;

/* A row: cells, each ended by a tab. Those beyond TABLE_COLUMNS are left out. */
void column_table_add(column_table *t, canvas *on, const char *row);
void column_table_fit(column_table *t, double width);

/* How the cells are written; `head` for those of the first row. */
text_style column_table_style(bool head);

#endif
