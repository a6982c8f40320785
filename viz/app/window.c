#include "viz/app/window.h"

#include "base/memory.h"

#include <SDL.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURSORS = 4 };

struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    cairo_surface_t *surface;
    int width, height; /* device pixels of texture and surface */
    SDL_Cursor *cursor[CURSORS];
    Uint32 wake;       /* the type of our own event */
    SDL_Event pending; /* a motion that was followed by something else */
    bool has_pending, told_size;
    atomic_bool woken; /* our own event waits to be taken */
    int last_key;      /* of the key that went down last: its text is not a second key */
};

static const SDL_SystemCursor cursor_shapes[CURSORS] = {
    SDL_SYSTEM_CURSOR_ARROW, SDL_SYSTEM_CURSOR_HAND, SDL_SYSTEM_CURSOR_IBEAM,
    SDL_SYSTEM_CURSOR_SIZEWE};

/* A texture and a Cairo surface of the window's present size in device pixels. */
static bool make_surface(window *w)
{
    int width = 0, height = 0;
    if (SDL_GetRendererOutputSize(w->renderer, &width, &height) != 0 || width < 1 || height < 1)
        return false;
    if (w->surface && width == w->width && height == w->height)
        return true;
    if (w->texture)
        SDL_DestroyTexture(w->texture);
    if (w->surface)
        cairo_surface_destroy(w->surface);
    w->width = width;
    w->height = height;
    w->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING,
                                   width, height);
    w->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    return w->texture && cairo_surface_status(w->surface) == CAIRO_STATUS_SUCCESS;
}

static rs_status open_window(window *w, const char *title, double width, double height,
                             rs_error *err)
{
    const Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    w->window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, (int)width,
                                 (int)height, flags);
    if (w->window)
        w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    if (w->window && !w->renderer)
        w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE);
    if (!w->renderer || !make_surface(w))
        return rs_fail(err, RS_INTERNAL, "no window could be opened: %s", SDL_GetError());
    SDL_SetWindowMinimumSize(w->window, 640, 400);
    for (int k = 0; k < CURSORS; k++)
        w->cursor[k] = SDL_CreateSystemCursor(cursor_shapes[k]);
    SDL_StartTextInput();
    (void)SDL_EventState(SDL_DROPFILE, SDL_ENABLE);
    return RS_OK;
}

/* Asked before SDL is, which would complain on stderr in its own words. */
static bool display_there(void)
{
#if defined(__linux__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
    return getenv("DISPLAY") || getenv("WAYLAND_DISPLAY") || getenv("SDL_VIDEODRIVER");
#else
    return true;
#endif
}

/* A terminal that closes ends the window as SDL has SIGTERM do it: the state is kept. */
static void on_hangup(int signal_number)
{
    (void)signal_number;
    (void)raise(SIGTERM);
}

window *window_open(const char *title, double width, double height, rs_error *err)
{
    if (!display_there()) {
        (void)rs_fail(err, RS_USAGE,
                      "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set; "
                      "`rnnscope plot` draws into files, `--replay` runs without one");
        return NULL;
    }
    (void)SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "0");
    (void)SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        (void)rs_fail(err, RS_USAGE, "no display: %s", SDL_GetError());
        return NULL;
    }
    (void)signal(SIGHUP, on_hangup);
    window *w = rs_alloc(1, sizeof *w, "the window", err);
    if (w)
        w->wake = SDL_RegisterEvents(1);
    if (w && open_window(w, title, width, height, err) == RS_OK)
        return w;
    window_close(w);
    return NULL;
}

void window_close(window *w)
{
    if (w) {
        for (int k = 0; k < CURSORS; k++)
            if (w->cursor[k])
                SDL_FreeCursor(w->cursor[k]);
        if (w->surface)
            cairo_surface_destroy(w->surface);
        if (w->texture)
            SDL_DestroyTexture(w->texture);
        if (w->renderer)
            SDL_DestroyRenderer(w->renderer);
        if (w->window)
            SDL_DestroyWindow(w->window);
    }
    free(w);
    SDL_Quit();
}

bool window_copy(window *w, const char *text)
{
    (void)w;
    return SDL_SetClipboardText(text) == 0;
}

void window_title(window *w, const char *title) { SDL_SetWindowTitle(w->window, title); }

void window_full_screen(window *w, bool on)
{
    (void)SDL_SetWindowFullscreen(w->window, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

void window_cursor(window *w, cursor shape)
{
    if (w->cursor[shape])
        SDL_SetCursor(w->cursor[shape]);
}

/* --- events -------------------------------------------------------------------------------- */

static const struct {
    SDL_Keycode from;
    int to;
} keys[] = {
    {SDLK_LEFT, KEY_LEFT},           {SDLK_RIGHT, KEY_RIGHT},        {SDLK_UP, KEY_UP},
    {SDLK_DOWN, KEY_DOWN},           {SDLK_HOME, KEY_HOME},          {SDLK_END, KEY_END},
    {SDLK_PAGEUP, KEY_PAGE_UP},      {SDLK_PAGEDOWN, KEY_PAGE_DOWN}, {SDLK_TAB, KEY_TAB},
    {SDLK_RETURN, KEY_ENTER},        {SDLK_KP_ENTER, KEY_ENTER},     {SDLK_ESCAPE, KEY_ESCAPE},
    {SDLK_BACKSPACE, KEY_BACKSPACE}, {SDLK_DELETE, KEY_DELETE}};

static int key_of(SDL_Keycode code)
{
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (keys[k].from == code)
            return keys[k].to;
    if (code >= SDLK_F1 && code <= SDLK_F12)
        return KEY_F1 + (int)(code - SDLK_F1);
    return code > 0 && code < KEY_LEFT ? (int)code : 0;
}

static event key_event(const SDL_KeyboardEvent *key)
{
    const SDL_Keymod mod = (SDL_Keymod)key->keysym.mod;
    event e = {.kind = EVENT_KEY, .key = key_of(key->keysym.sym)};
    if (mod & KMOD_SHIFT)
        e.with |= WITH_SHIFT;
    if (mod & (KMOD_CTRL | KMOD_GUI))
        e.with |= WITH_CTRL;
    if (mod & KMOD_ALT)
        e.with |= WITH_ALT;
    if (e.key == 0)
        e.kind = EVENT_NONE;
    return e;
}

/* Digits and the like that another layout has elsewhere than the key's own sign says (behind Shift
 * or AltGr, on the keypad) come as text; what the key itself has said already is not said twice. */
static event text_event(const window *w, const char *text)
{
    const int sign = (unsigned char)text[0];
    const bool ours = sign && text[1] == '\0' && strchr("0123456789.-[]", sign);
    return (event){.kind = ours && sign != w->last_key ? EVENT_KEY : EVENT_NONE, .key = sign};
}

static event size_event(window *w)
{
    int width = 0, height = 0;
    SDL_GetWindowSize(w->window, &width, &height);
    (void)make_surface(w);
    w->told_size = true;
    return (event){.kind = EVENT_SIZE, .x = width, .y = height, .n = window_scale(w)};
}

static event window_change(window *w, const SDL_WindowEvent *change)
{
    switch (change->event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED:
    case SDL_WINDOWEVENT_EXPOSED:
        return size_event(w);
    case SDL_WINDOWEVENT_LEAVE:
        return (event){.kind = EVENT_LEAVE};
    default:
        return (event){.kind = EVENT_NONE};
    }
}

/* Text or a path, cut at a whole character. */
static void copy_text(char to[512], const char *from)
{
    size_t n = strlen(from);
    if (n > 511)
        for (n = 511; n > 0 && ((unsigned char)from[n] & 0xC0U) == 0x80U; n--)
            ;
    memcpy(to, from, n);
    to[n] = '\0';
}

static event drop_event(char *path)
{
    event e = {.kind = EVENT_DROP};
    copy_text(e.text, path);
    SDL_free(path);
    return e;
}

static event translate(window *w, const SDL_Event *from)
{
    event e = {.kind = EVENT_NONE};
    if (from->type == w->wake) {
        atomic_store(&w->woken, false); /* what is done from here on calls again */
        return (event){.kind = EVENT_READY};
    }
    switch (from->type) {
    case SDL_QUIT:
        return (event){.kind = EVENT_QUIT};
    case SDL_KEYDOWN:
        e = key_event(&from->key);
        w->last_key = e.key;
        return e;
    case SDL_TEXTINPUT:
        return text_event(w, from->text.text);
    case SDL_MOUSEMOTION:
        return (event){.kind = EVENT_MOVE, .x = from->motion.x, .y = from->motion.y};
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (from->button.button == SDL_BUTTON_LEFT)
            e = (event){.kind = from->type == SDL_MOUSEBUTTONDOWN ? EVENT_PRESS : EVENT_RELEASE,
                        .x = from->button.x,
                        .y = from->button.y,
                        .count = from->button.clicks};
        return e;
    case SDL_MOUSEWHEEL:
        return (event){.kind = EVENT_WHEEL,
                       .x = from->wheel.mouseX,
                       .y = from->wheel.mouseY,
                       .n = from->wheel.preciseY};
    case SDL_WINDOWEVENT:
        return window_change(w, &from->window);
    case SDL_DROPFILE:
        return drop_event(from->drop.file);
    default:
        return e;
    }
}

/* The next event of SDL's; of several motions in a row only the last, so that a slow frame is
 * followed by the pointer's newest place and not by its way there. */
static bool next(window *w, SDL_Event *to, int milliseconds)
{
    if (w->has_pending) {
        w->has_pending = false;
        *to = w->pending;
        return true;
    }
    if (milliseconds < 0 ? !SDL_WaitEvent(to) : !SDL_WaitEventTimeout(to, milliseconds))
        return false;
    SDL_Event following;
    while (to->type == SDL_MOUSEMOTION && SDL_PollEvent(&following)) {
        if (following.type != SDL_MOUSEMOTION) {
            w->pending = following;
            w->has_pending = true;
            break;
        }
        *to = following;
    }
    return true;
}

event window_event(window *w, int milliseconds)
{
    SDL_Event from;
    if (!w->told_size)
        return size_event(w);
    return next(w, &from, milliseconds) ? translate(w, &from) : (event){.kind = EVENT_NONE};
}

/* One call waits at most: training calls at each frame's time, and where frames take longer than
 * that, the person's keys would stand in a queue that only grows. */
void window_wake(void *argument)
{
    window *w = argument;
    SDL_Event e = {.type = w->wake};
    if (!atomic_exchange(&w->woken, true) && SDL_PushEvent(&e) != 1)
        atomic_store(&w->woken, false);
}

/* --- drawing ------------------------------------------------------------------------------- */

cairo_surface_t *window_surface(window *w) { return w->surface; }

double window_scale(const window *w)
{
    int width = 0, height = 0;
    SDL_GetWindowSize(w->window, &width, &height);
    return width > 0 ? (double)w->width / width : 1;
}

void window_show(window *w)
{
    cairo_surface_flush(w->surface);
    (void)SDL_UpdateTexture(w->texture, NULL, cairo_image_surface_get_data(w->surface),
                            cairo_image_surface_get_stride(w->surface));
    (void)SDL_RenderCopy(w->renderer, w->texture, NULL, NULL);
    SDL_RenderPresent(w->renderer);
}
