/* What is put into a finished file: notes in PNG (iTXt chunks), SVG (metadata) and PDF. */
#include "viz/canvas/inside.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

void bytes_add(bytes *b, const void *data, size_t n)
{
    if (b->n + n > b->room) {
        const size_t room = (b->n + n) * 2;
        unsigned char *grown = realloc(b->data, room);
        if (!grown) {
            b->failed = true;
            return;
        }
        b->data = grown;
        b->room = room;
    }
    if (n > 0)
        memcpy(b->data + b->n, data, n);
    b->n += n;
}

void bytes_free(bytes *b)
{
    free(b->data);
    *b = (bytes){0};
}

cairo_status_t bytes_write(void *b, const unsigned char *data, unsigned n)
{
    bytes_add(b, data, n);
    return ((bytes *)b)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* Puts `more` into b at position `at`, and frees it. */
static void bytes_insert(bytes *b, size_t at, bytes *more)
{
    bytes all = {0};
    bytes_add(&all, b->data, at);
    bytes_add(&all, more->data, more->n);
    bytes_add(&all, b->data + at, b->n - at);
    all.failed |= b->failed || more->failed;
    bytes_free(b);
    bytes_free(more);
    *b = all;
}

/* PNG's checksum (ISO 3309, polynomial 0xedb88320) */
static uint32_t crc32_of(const unsigned char *data, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t k = 0; k < n; k++) {
        crc ^= data[k];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void add_be32(bytes *b, uint32_t value)
{
    const unsigned char four[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                   (unsigned char)(value >> 8), (unsigned char)value};
    bytes_add(b, four, 4);
}

/* tEXt for Latin-1's common part, iTXt (UTF-8, not compressed) for the rest */
static void add_text_chunk(bytes *to, const note *n)
{
    bytes chunk = {0};
    bool ascii = true;
    for (const char *p = n->value; *p; p++)
        ascii &= *p > 0;
    bytes_add(&chunk, ascii ? "tEXt" : "iTXt", 4);
    bytes_add(&chunk, n->key, strlen(n->key) + 1);
    if (!ascii)
        bytes_add(&chunk, "\0\0\0\0", 4); /* plain, no method, no language, no translated key */
    bytes_add(&chunk, n->value, strlen(n->value));
    add_be32(to, (uint32_t)(chunk.n - 4));
    bytes_add(to, chunk.data, chunk.n);
    add_be32(to, crc32_of(chunk.data, chunk.n));
    to->failed |= chunk.failed;
    bytes_free(&chunk);
}

void png_add_notes(bytes *png, const note *notes, size_t n)
{
    const size_t header = 8 + 25; /* the signature and IHDR, which is first */
    bytes text = {0};
    for (size_t k = 0; k < n; k++)
        add_text_chunk(&text, &notes[k]);
    if (png->n >= header)
        bytes_insert(png, header, &text);
    bytes_free(&text);
}

static void add_escaped(bytes *to, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        bytes_add(to, entity ? entity : text, entity ? strlen(entity) : 1);
    }
}

static void add_element(bytes *to, const char *before, const char *text, const char *after)
{
    bytes_add(to, before, strlen(before));
    add_escaped(to, text);
    bytes_add(to, after, strlen(after));
}

void svg_add_notes(bytes *svg, const note *notes, size_t n)
{
    const char *start = "<svg";
    size_t at = 0;
    while (at + 4 < svg->n && memcmp(svg->data + at, start, 4) != 0)
        at++;
    while (at < svg->n && svg->data[at] != '>')
        at++;
    if (at >= svg->n || n == 0)
        return;
    bytes text = {0};
    for (size_t k = 0; k < n; k++)
        if (strcmp(notes[k].key, "Title") == 0)
            add_element(&text, "\n<title>", notes[k].value, "</title>");
    bytes_add(&text, "\n<metadata>\n", 12);
    for (size_t k = 0; k < n; k++) {
        add_element(&text, "<note key=\"", notes[k].key, "\">");
        add_element(&text, "", notes[k].value, "</note>\n");
    }
    bytes_add(&text, "</metadata>", 11);
    bytes_insert(svg, at + 1, &text);
}

void pdf_set_note(cairo_surface_t *surface, const char *key, const char *value)
{
    if (strcmp(key, "Title") == 0)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, value);
    else if (strcmp(key, "Author") == 0)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, value);
    else if (strcmp(key, "Software") == 0)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, value);
    else if (strcmp(key, "Settings") == 0)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, value);
    else
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, value);
}
