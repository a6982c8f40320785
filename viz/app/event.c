#include "viz/app/event.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    int key;
} names[] = {{"Left", KEY_LEFT},      {"Right", KEY_RIGHT},
             {"Up", KEY_UP},          {"Down", KEY_DOWN},
             {"Home", KEY_HOME},      {"End", KEY_END},
             {"PageUp", KEY_PAGE_UP}, {"PageDown", KEY_PAGE_DOWN},
             {"Tab", KEY_TAB},        {"Enter", KEY_ENTER},
             {"Return", KEY_ENTER},   {"Escape", KEY_ESCAPE},
             {"Esc", KEY_ESCAPE},     {"Backspace", KEY_BACKSPACE},
             {"Delete", KEY_DELETE},  {"Space", ' '},
             {"Comma", ','},          {"Period", '.'}};

static const struct {
    const char *name;
    unsigned with;
} modifiers[] = {{"Shift+", WITH_SHIFT}, {"Ctrl+", WITH_CTRL}, {"Alt+", WITH_ALT}};

/* Takes "Ctrl+" and the like off the front. */
static const char *skip_modifiers(const char *name, unsigned *with)
{
    *with = 0;
    for (size_t k = 0; k < sizeof modifiers / sizeof *modifiers;) {
        size_t length = strlen(modifiers[k].name);
        if (strncasecmp(name, modifiers[k].name, length) == 0 && name[length] != '\0') {
            *with |= modifiers[k].with;
            name += length;
            k = 0;
        } else {
            k++;
        }
    }
    return name;
}

bool event_key_named(const char *name, int *key, unsigned *with)
{
    int number = 0, used = 0;
    name = skip_modifiers(name, with);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcasecmp(name, names[k].name) == 0) {
            *key = names[k].key;
            return true;
        }
    if (sscanf(name, "F%2d%n", &number, &used) == 1 && name[used] == '\0' && number >= 1 &&
        number <= 12) {
        *key = KEY_F1 + number - 1;
        return true;
    }
    if (strlen(name) != 1 || name[0] <= ' ' || name[0] > '~')
        return false;
    *key = (unsigned char)name[0];
    if (*key >= 'A' && *key <= 'Z')
        *key += 'a' - 'A';
    return true;
}

const char *event_key_name(int key, char text[16])
{
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (names[k].key == key) {
            (void)snprintf(text, 16, "%s", names[k].name);
            return text;
        }
    if (key >= KEY_F1 && key <= KEY_F12)
        (void)snprintf(text, 16, "F%d", key - KEY_F1 + 1);
    else if (key > ' ' && key <= '~')
        (void)snprintf(text, 16, "%c", key >= 'a' && key <= 'z' ? key - 'a' + 'A' : key);
    else
        (void)snprintf(text, 16, "?");
    return text;
}
