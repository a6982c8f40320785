#include "viz/sentence.h"

#include <stdio.h>
#include <string.h>

enum { MOST_VALUES = 9, DEEPEST = 4 };

/* What stands for {1}, {2} …; at NULL: nothing. */
typedef struct found {
    const char *at[MOST_VALUES];
    size_t n[MOST_VALUES];
} found;

static bool is_place(const char *at)
{
    return at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}';
}

/* Whether a colon parts the n bytes: such a value would swallow another sentence. */
static bool has_colon(const char *text, size_t n)
{
    const char *colon = strstr(text, ": ");
    return colon && colon + 2 <= text + n;
}

/* Whether all of text is what the pattern says; the shortest values that make it so. Only a value
 * behind the last colon of the pattern may be a sentence of its own. */
static bool fits(const char *pattern, const char *text, found *f)
{
    bool behind_colon = false;
    char before = '\0';
    for (; *pattern && !is_place(pattern); pattern++, text++) {
        if (*pattern != *text)
            return false;
        behind_colon = before == ':' && *pattern == ' ';
        before = *pattern;
    }
    if (!*pattern)
        return !*text;
    const size_t k = (size_t)(pattern[1] - '1'), most = strlen(text);
    const bool any = behind_colon && !pattern[3];
    for (size_t n = 1; n <= most && (any || !has_colon(text, n)); n++) {
        f->at[k] = text;
        f->n[k] = n;
        if (fits(pattern + 3, text + n, f))
            return true;
    }
    return false;
}

/* A part of a line as a text of its own; false if it is too long. */
static bool copy_part(const char *from, size_t n, char text[SENTENCE_TEXT])
{
    if (n >= SENTENCE_TEXT)
        return false;
    memcpy(text, from, n);
    text[n] = '\0';
    return true;
}

static bool translate(const char *english, char text[SENTENCE_TEXT], int deep);

/* The words with the values in them, each in Chinese where it has a pattern. */
static bool fill(const char *words, const found *f, char text[SENTENCE_TEXT], int deep)
{
    size_t used = 0;
    while (*words) {
        char part[SENTENCE_TEXT], chinese[SENTENCE_TEXT];
        const char *put = words;
        size_t n = 1;
        if (is_place(words)) {
            const size_t k = (size_t)(words[1] - '1');
            if (!f->at[k] || !copy_part(f->at[k], f->n[k], part))
                return false;
            put = translate(part, chinese, deep + 1) ? chinese : part;
            n = strlen(put);
            words += 2;
        }
        words++;
        if (used + n >= SENTENCE_TEXT)
            return false;
        memcpy(text + used, put, n);
        used += n;
    }
    text[used] = '\0';
    return true;
}

/* "lstm_step, step t=2", "data.csv": the place in front of a colon; what it has no words for stays.
 */
static void translate_place(char place[SENTENCE_TEXT], char text[SENTENCE_TEXT], int deep)
{
    char where[SENTENCE_TEXT];
    if (translate(place, text, deep + 1))
        return;
    char *comma = strstr(place, ", ");
    const char *behind = comma ? comma + 2 : "";
    const bool named = lang_has(LANG_ZH, behind);
    const bool known = comma && (named || translate(behind, where, deep + 1));
    if (known)
        *comma = '\0';
    if (snprintf(text, SENTENCE_TEXT, "%s%s%s", place, known ? "，" : "",
                 !known  ? ""
                 : named ? lang_text(LANG_ZH, behind)
                         : where) >= SENTENCE_TEXT)
        text[0] = '\0';
}

/* "NAME, at some place: what is wrong": what stands behind a colon has a pattern of its own. */
static bool translate_behind_place(const char *english, char text[SENTENCE_TEXT], int deep)
{
    for (const char *colon = strstr(english, ": "); colon; colon = strstr(colon + 1, ": ")) {
        char place[SENTENCE_TEXT], where[SENTENCE_TEXT], what[SENTENCE_TEXT];
        if (!translate(colon + 2, what, deep + 1) ||
            !copy_part(english, (size_t)(colon - english), place))
            continue;
        translate_place(place, where, deep);
        return snprintf(text, SENTENCE_TEXT, "%s：%s", where, what) < SENTENCE_TEXT;
    }
    return false;
}

static bool translate(const char *english, char text[SENTENCE_TEXT], int deep)
{
    const sentence_row *row;
    if (deep > DEEPEST || !*english)
        return false;
    for (size_t k = 0; (row = sentence_pattern(k)) != NULL; k++) {
        found f = {0};
        if (fits(row->english, english, &f) && fill(row->chinese, &f, text, deep))
            return true;
    }
    return translate_behind_place(english, text, deep);
}

const char *sentence_text(lang_kind lang, const char *english, char text[SENTENCE_TEXT])
{
    if (lang_has(lang, english))
        return lang_text(lang, english);
    return translate(english, text, 0) ? text : english;
}
