/* What happens to the program: a key, the pointer, a new size. The window makes events of SDL's, a
 * replay reads them from a file; update() cannot tell which. */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>

typedef enum event_kind {
    EVENT_NONE,
    EVENT_KEY,     /* key and modifiers */
    EVENT_MOVE,    /* the pointer is at x, y */
    EVENT_PRESS,   /* the main button went down at x, y; count 2: a double click */
    EVENT_RELEASE, /* … and up */
    EVENT_WHEEL,   /* n notches at x, y, up and away is positive */
    EVENT_LEAVE,   /* the pointer left the window */
    EVENT_SIZE,    /* the window is x by y design pixels, each n device pixels wide */
    EVENT_DROP,    /* text is the path of a file dropped on the window */
    EVENT_TICK,    /* n seconds passed; only asked for while something moves */
    EVENT_READY,   /* the worker has something new */
    EVENT_QUIT
} event_kind;

/* Keys that are not a character; a character key is its lower-case code point. */
typedef enum key_code {
    KEY_LEFT = 0x110000, /* above Unicode */
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_TAB,
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_F1,
    KEY_F2,
    KEY_F3,
    KEY_F4,
    KEY_F5,
    KEY_F6,
    KEY_F7,
    KEY_F8,
    KEY_F9,
    KEY_F10,
    KEY_F11,
    KEY_F12,
    KEY_PAST_END
} key_code;

enum { WITH_SHIFT = 1, WITH_CTRL = 2, WITH_ALT = 4 };

typedef struct event {
    event_kind kind;
    int key;       /* a code point or one of key_code */
    unsigned with; /* modifiers */
    double x, y, n;
    int count;
    char text[512]; /* EVENT_DROP; cut off beyond */
} event;

/* "Ctrl+Shift+Right", "a", "Space", "[" → key and modifiers; false if it is none. */
bool event_key_named(const char *name, int *key, unsigned *with);

/* The name of a key without modifiers, into text[16]: what help and replays write. */
const char *event_key_name(int key, char text[16]);

#endif
