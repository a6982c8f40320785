/* canvas/output.c wrote it: a text chunk of a PNG and an element of an SVG, both at the beginning;
 * the keywords of a PDF, near its end. */
#include "viz/app/state_picture.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PART = 1 << 16 }; /* of the file, in which it is looked for */

/* Where the n bytes of `what` are in part [size]; NULL: nowhere. */
static const char *find(const char *part, size_t size, const char *what)
{
    const size_t n = strlen(what);
    for (size_t k = 0; k + n <= size; k++)
        if (memcmp(part + k, what, n) == 0)
            return part + k;
    return NULL;
}

static bool copy(char *text, size_t room, const char *from, size_t n)
{
    if (n >= room || memchr(from, '\0', n))
        return false;
    memcpy(text, from, n);
    text[n] = '\0';
    return true;
}

/* PNG, section 5: signature, then chunks: length (big-endian), type, data, checksum. iTXt data:
 * keyword, 0, two zeros for "not compressed", language, 0, translated keyword, 0, text. */
static bool of_png(const char *part, size_t size, char *text, size_t room)
{
    static const char begins[] = "iTXtstate\0\0\0\0";
    for (size_t at = 8; at + 12 <= size;) {
        const unsigned char *c = (const unsigned char *)part + at;
        const size_t n = (size_t)c[0] << 24 | (size_t)c[1] << 16 | (size_t)c[2] << 8 | c[3];
        const size_t head = sizeof begins - 4; /* with the last zero, without the type */
        if (n > size - at - 12)
            return false;
        if (n >= head && memcmp(c + 4, begins, sizeof begins) == 0)
            return copy(text, room, part + at + 8 + head, n - head);
        if (n >= 6 && memcmp(c + 4, "tEXtstate", 10) == 0)
            return copy(text, room, part + at + 8 + 6, n - 6);
        at += n + 12;
    }
    return false;
}

/* &amp; &lt; &gt; &quot; &apos; become signs again, in place. */
static void unescape(char *text)
{
    static const struct {
        const char *name;
        char sign;
    } entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    char *to = text;
    for (const char *p = text; *p;) {
        size_t k = 0, n = sizeof entities / sizeof *entities;
        while (k < n && strncmp(p, entities[k].name, strlen(entities[k].name)) != 0)
            k++;
        *to++ = k < n ? entities[k].sign : *p;
        p += k < n ? strlen(entities[k].name) : 1;
    }
    *to = '\0';
}

static bool of_svg(const char *part, size_t size, char *text, size_t room)
{
    static const char begins[] = "<note key=\"state\">";
    const char *from = find(part, size, begins);
    from = from ? from + strlen(begins) : NULL;
    const char *end = from ? find(from, size - (size_t)(from - part), "</note>") : NULL;
    if (!end || !copy(text, room, from, (size_t)(end - from)))
        return false;
    unescape(text);
    return true;
}

static int digit(char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* UTF-16 in hexadecimal, behind its mark FEFF; to UTF-8, signs of the basic plane. */
static bool of_pdf(const char *part, size_t size, char *text, size_t room)
{
    static const char begins[] = "/Keywords <FEFF";
    const char *from = find(part, size, begins), *end = part + size;
    size_t n = 0;
    if (!from)
        return false;
    for (from += strlen(begins); end - from >= 4 && *from != '>'; from += 4) {
        unsigned code = 0;
        for (size_t k = 0; k < 4; k++) {
            if (digit(from[k]) < 0)
                return false;
            code = code << 4 | (unsigned)digit(from[k]);
        }
        if (code == 0 || n + 4 > room)
            return false;
        if (code < 0x80) {
            text[n++] = (char)code;
        } else if (code < 0x800) {
            text[n++] = (char)(0xC0 | code >> 6);
            text[n++] = (char)(0x80 | (code & 0x3F));
        } else {
            text[n++] = (char)(0xE0 | code >> 12);
            text[n++] = (char)(0x80 | (code >> 6 & 0x3F));
            text[n++] = (char)(0x80 | (code & 0x3F));
        }
    }
    text[n] = '\0';
    return from < end;
}

bool state_of_picture(FILE *from, char *text, size_t room)
{
    char *part = malloc(PART);
    size_t n = part ? fread(part, 1, PART, from) : 0;
    bool found = false;
    if (n > 8 && memcmp(part, "\211PNG\r\n\032\n", 8) == 0)
        found = of_png(part, n, text, room);
    else if (n > 5 && memcmp(part, "<?xml", 5) == 0)
        found = of_svg(part, n, text, room);
    else if (n > 5 && memcmp(part, "%PDF-", 5) == 0) {
        if (fseek(from, -(long)PART, SEEK_END) == 0)
            n = fread(part, 1, PART, from);
        found = of_pdf(part, n, text, room);
    }
    free(part);
    rewind(from);
    return found;
}
