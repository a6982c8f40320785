#include "tests/unit/files_help.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int make_folder(void **state)
{
    char name[] = "/tmp/rnnscope-test-XXXXXX";
    *state = mkdtemp(name) ? strdup(name) : NULL;
    return *state ? 0 : -1;
}

/* Calls use(path) for each entry; returns their number. */
static size_t each_entry(const char *folder, int (*use)(const char *path))
{
    char path[PATH];
    size_t n = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (use)
            (void)use(path);
    }
    (void)closedir(entries);
    return n;
}

int remove_folder(void **state)
{
    (void)chmod(*state, 0700);
    (void)each_entry(*state, remove);
    int failed = rmdir(*state);
    free(*state);
    return failed;
}

size_t folder_entries(void **state) { return each_entry(*state, NULL); }

const char *in_folder(void **state, const char *name, char path[PATH])
{
    (void)snprintf(path, PATH, "%s/%s", (const char *)*state, name);
    return path;
}

void write_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

char *read_bytes(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = calloc(*n + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, file), *n);
    (void)fclose(file);
    return bytes;
}

void write_tensors(const char *path, const char *header, size_t n)
{
    const size_t length = strlen(header);
    char *bytes = calloc(8 + length + n, 1);
    assert_non_null(bytes);
    for (size_t k = 0; k < 8; k++)
        bytes[k] = (char)(length >> 8 * k & 0xff);
    memcpy(bytes + 8, header, length);
    write_bytes(path, bytes, 8 + length + n);
    free(bytes);
}

void assert_refused(rs_status status, rs_status expected, const rs_error *err, const char *path,
                    const char *part)
{
    size_t at = 0;
    if (!strstr(err->text, part))
        fail_msg("\"%s\" does not say \"%s\"", err->text, part);
    assert_int_equal(status, expected);
    assert_int_equal(err->status, expected);
    assert_memory_equal(err->text, path, strlen(path));
    assert_null(strpbrk(err->text, "\n\r"));
    assert_true(rs_utf8_valid((const uint8_t *)err->text, strlen(err->text), &at));
}
