/* A disk that fails: system calls on files below a folder fail from a certain one on.
 *
 * It is loaded in front of the C library (LD_PRELOAD) and does nothing until `fail_disk` is called. Calls are told
 * apart by kinds, because a full disk can still be read. Mapped memory and removing files never fail.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { READ = 1, WRITE = 2, SYNC = 4, MAKE = 8 };

static char folder[PATH_MAX];
static int kinds, failure, lasts;
static long good_calls, calls;

/* Let calls of these kinds fail after so many good ones, for good or once. */
void fail_disk(const char *below, int of_kinds, long after, int error, int for_good) {
    strncpy(folder, below, sizeof folder - 1);
    kinds = of_kinds;
    good_calls = after;
    failure = error;
    lasts = for_good;
    calls = 0;
}

/* Return how many calls of those kinds there were. */
long disk_calls(void) { return calls; }

static int fails_at(const char *path, enum kind kind) {
    if (!(kinds & kind) || strncmp(path, folder, strlen(folder)) != 0)
        return 0;
    calls++;
    if (calls <= good_calls || (!lasts && calls > good_calls + 1))
        return 0;
    errno = failure;
    return 1;
}

static int fails_on(int descriptor, enum kind kind) {
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (!kinds)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return fails_at(path, kind);
}

static int fails_in(int directory, const char *path, enum kind kind) {
    return path[0] == '/' || directory == AT_FDCWD ? fails_at(path, kind) : fails_on(directory, kind);
}

#define ON_DESCRIPTOR(type, name, kind, parameters, arguments) \
    type name parameters { \
        static type (*real) parameters; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        return fails_on(descriptor, kind) ? -1 : real arguments; \
    }
#define WITH_PATH(name, kind, directory, path, parameters, arguments) \
    int name parameters { \
        static int (*real) parameters; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        return fails_in(directory, path, kind) ? -1 : real arguments; \
    }
#define OPENING(name, with_directory, directory, parameters, arguments) \
    int name parameters { \
        static int (*real)(WITH_DIRECTORY_##with_directory const char *, int, ...); \
        mode_t mode = 0; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        return fails_in(directory, path, flags & O_CREAT && access(path, F_OK) ? MAKE : READ) ? -1 : real arguments; \
    }
#define WITH_DIRECTORY_0
#define WITH_DIRECTORY_1 int,

ON_DESCRIPTOR(ssize_t, read, READ, (int descriptor, void *bytes, size_t size), (descriptor, bytes, size))
ON_DESCRIPTOR(ssize_t, pread, READ, (int descriptor, void *bytes, size_t size, off_t offset),
              (descriptor, bytes, size, offset))
ON_DESCRIPTOR(ssize_t, pread64, READ, (int descriptor, void *bytes, size_t size, off64_t offset),
              (descriptor, bytes, size, offset))
ON_DESCRIPTOR(ssize_t, write, WRITE, (int descriptor, const void *bytes, size_t size), (descriptor, bytes, size))
ON_DESCRIPTOR(ssize_t, pwrite, WRITE, (int descriptor, const void *bytes, size_t size, off_t offset),
              (descriptor, bytes, size, offset))
ON_DESCRIPTOR(ssize_t, pwrite64, WRITE, (int descriptor, const void *bytes, size_t size, off64_t offset),
              (descriptor, bytes, size, offset))
ON_DESCRIPTOR(int, ftruncate, WRITE, (int descriptor, off_t size), (descriptor, size))
ON_DESCRIPTOR(int, ftruncate64, WRITE, (int descriptor, off64_t size), (descriptor, size))
ON_DESCRIPTOR(int, fsync, SYNC, (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, SYNC, (int descriptor), (descriptor))
WITH_PATH(mkdir, MAKE, AT_FDCWD, path, (const char *path, mode_t mode), (path, mode))
WITH_PATH(mkdirat, MAKE, directory, path, (int directory, const char *path, mode_t mode), (directory, path, mode))
WITH_PATH(link, MAKE, AT_FDCWD, path, (const char *old, const char *path), (old, path))
WITH_PATH(linkat, MAKE, directory, path, (int from, const char *old, int directory, const char *path, int flags),
          (from, old, directory, path, flags))
WITH_PATH(rename, MAKE, AT_FDCWD, path, (const char *old, const char *path), (old, path))
WITH_PATH(renameat, MAKE, directory, path, (int from, const char *old, int directory, const char *path),
          (from, old, directory, path))
OPENING(open, 0, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, 0, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, 1, directory, (int directory, const char *path, int flags, ...), (directory, path, flags, mode))
OPENING(openat64, 1, directory, (int directory, const char *path, int flags, ...), (directory, path, flags, mode))
