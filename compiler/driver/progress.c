/* Showing how far the work is. The line is made within a signal handler, which comes to the main
 * thread alone (workers take no such signals), and is written in one piece. */
#include "compiler/driver/progress.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/base/seconds.h"

enum { LINE_MOST = 240, WIDTH_USUAL = 80 };
#define CLEAR "\r\033[K"

/* ---- The text: no more than a signal handler may do -------------------------------------------- */

typedef struct {
    char text[LINE_MOST];
    size_t length;
    unsigned width; /* characters so far */
} Line;

static void add_text(Line *line, const char *text, unsigned most) {
    for (; *text && line->length < sizeof line->text; text++) {
        bool begins = ((unsigned char)*text & 0xC0) != 0x80; /* a character of UTF-8 */
        if (begins && line->width == most) return;
        line->width += begins;
        line->text[line->length++] = *text;
    }
}

static void add_number(Line *line, uint64_t number) {
    char digits[21] = {0};
    size_t at = sizeof digits - 1;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    add_text(line, digits + at, UINT32_MAX);
}

static void add_size(Line *line, uint64_t bytes) {
    enum { KILOBYTE = 1000, MEGABYTE = 1000000, GIGABYTE = 1000000000, TENTH = GIGABYTE / 10 };
    if (bytes < MEGABYTE) {
        add_number(line, bytes / KILOBYTE);
        add_text(line, " kB", UINT32_MAX);
    } else if (bytes < GIGABYTE) {
        add_number(line, bytes / MEGABYTE);
        add_text(line, " MB", UINT32_MAX);
    } else {
        add_number(line, bytes / GIGABYTE);
        add_text(line, ".", UINT32_MAX);
        add_number(line, bytes % GIGABYTE / TENTH);
        add_text(line, " GB", UINT32_MAX);
    }
}

/* A file may have grown since, and its size and what is done be of different work for a moment. */
static uint64_t percent_of(uint64_t done, uint64_t total) {
    return done >= total ? 100 : (uint64_t)(100 * ((double)done / (double)total));
}

/* ` … 43% of 357 MB, 12 s` */
static void add_state(Line *line, Progress *progress, double seconds) {
    uint64_t total = atomic_load(&progress->total), done = atomic_load(&progress->done);
    bool bytes = atomic_load(&progress->bytes);
    add_text(line, " … ", UINT32_MAX);
    if (total) {
        add_number(line, percent_of(done, total));
        add_text(line, bytes ? "% of " : "%", UINT32_MAX);
    }
    if (bytes && (total || done)) add_size(line, total ? total : done);
    if (total || (bytes && done)) add_text(line, ", ", UINT32_MAX);
    add_number(line, (uint64_t)seconds);
    add_text(line, " s", UINT32_MAX);
}

static void show(void *context) {
    enum { STATE_MOST = 32 };
    ProgressLine *line = context;
    const char *what = atomic_load(&line->progress.what);
    Line shown = {.length = 0};
    int error = errno;
    if (!what) return;
    add_text(&shown, CLEAR, UINT32_MAX);
    shown.width = 0;
    add_text(&shown, what, line->width > STATE_MOST ? line->width - STATE_MOST : 0);
    add_state(&shown, &line->progress, seconds_now() - line->begun);
    line->stands = true;
    ssize_t written = write(line->terminal, shown.text, shown.length);
    (void)written;
    errno = error;
}

/* ---- From the first second to the last ------------------------------------------------------------ */

static unsigned width_of(int terminal) {
    struct winsize size;
    unsigned width = ioctl(terminal, TIOCGWINSZ, &size) ? 0 : size.ws_col;
    return width ? width : WIDTH_USUAL;
}

void progress_line_open(ProgressLine *line, int terminal) {
    line->terminal = terminal;
    line->width = width_of(terminal);
    line->begun = seconds_now();
    line->clock = (ClockTick){.tick = show, .context = line};
    line->open = clock_tick_begin(&line->clock);
}

void progress_line_clear(ProgressLine *line) {
    progress_end(&line->progress);
    if (!line->stands) return;
    ssize_t written = write(line->terminal, CLEAR, strlen(CLEAR));
    (void)written;
    line->stands = false;
}

void progress_line_close(ProgressLine *line) {
    if (line->open) clock_tick_end(&line->clock);
    line->open = false;
}
