/* English where Chinese should be. */
#ifndef PROSE_H
#define PROSE_H

enum { PROSE_WORD = 32 };

/* The first word of English prose in a text, or NULL. Words of one or two letters, names (of cells,
 * blocks, functions) and what stands between ` ` are none. */
const char *prose_in(const char *text, char word[PROSE_WORD]);

#endif
