/* Runs a command and says what it cost, its processes together: `measure FILE COMMAND…` writes
 * a line `wall-seconds processor-seconds peak-bytes` to FILE and ends as the command did. The
 * peak is that of its largest process. Exists because GNU time is not everywhere installed. */
#define _DEFAULT_SOURCE /* wait4, which POSIX lacks */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec at = {0};
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fputs("usage: measure FILE COMMAND…\n", stderr);
        return 2;
    }
    double begun = now();
    pid_t child = fork();
    if (child < 0) {
        perror("measure");
        return 2;
    }
    if (child == 0) {
        execvp(arguments[2], &arguments[2]);
        perror(arguments[2]);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (wait4(child, &status, 0, &used) < 0) {
        perror("measure");
        return 2;
    }
    double wall = now() - begun;
    FILE *out = fopen(arguments[1], "w");
    if (!out ||
        fprintf(out, "%.6f %.6f %lld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
                (long long)used.ru_maxrss * 1024) < 0 ||
        fclose(out)) {
        perror(arguments[1]);
        return 2;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
