/* The state that an exported picture carries with it. */
#ifndef STATE_PICTURE_H
#define STATE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The state of a PNG, SVG or PDF that the viewer wrote, into text [room], ended by a zero. False,
 * with the file at its beginning again, if it is no such file or carries none. */
bool state_of_picture(FILE *from, char *text, size_t room);

#endif
