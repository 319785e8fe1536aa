// A disk on which one call fails, once: loaded before the C library (LD_PRELOAD) into a program,
// it counts the calls that change files below a folder, or lock them, and lets one of them fail.
//
//   FAULTY_DISK_FOLDER  the folder
//   FAULTY_DISK_NUMBER  which call fails, the first being 1; 0 for none
//   FAULTY_DISK_LOG     a file outside the folder that gets a line for each call

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static void note(int number, const char *name, const char *path, int fails) {
  const char *log = getenv("FAULTY_DISK_LOG");
  if (!log) return;
  char line[PATH_MAX + 64];
  int length = snprintf(
      line, sizeof line, "%d %s %s%s\n", number, name, path, fails ? " fails" : "");
  long file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, line, length);
  syscall(SYS_close, file);
}

// The error with which a call fails, or 0.
static int fault(const char *name, const char *path, int error) {
  const char *folder = getenv("FAULTY_DISK_FOLDER"), *chosen = getenv("FAULTY_DISK_NUMBER");
  size_t length = folder ? strlen(folder) : 0;
  if (!length || !path || strncmp(path, folder, length) || (path[length] && path[length] != '/'))
    return 0;
  int number = atomic_fetch_add(&calls, 1) + 1;
  int fails = chosen && atoi(chosen) == number;
  note(number, name, path + length, fails);
  return fails ? error : 0;
}

// Where a path leads that is relative to a folder.
static const char *at(int folder, const char *path, char *full) {
  char link[64];
  if (path[0] == '/') return path;
  snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, full, PATH_MAX - 1);
  if (length < 0) return NULL;
  full[length] = 0;
  strncat(full, "/", PATH_MAX - 1 - strlen(full));
  return strncat(full, path, PATH_MAX - 1 - strlen(full));
}

static int file_fault(const char *name, int file, int error) {
  char link[64], full[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, full, sizeof full - 1);
  if (length < 0) return 0;
  full[length] = 0;
  return fault(name, full, error);
}

static int path_fault(const char *name, int folder, const char *path, int error) {
  char full[PATH_MAX];
  return fault(name, at(folder, path, full), error);
}

#define FAIL_IF(error) do { int failure = (error); if (failure) { errno = failure; return -1; } } while (0)

// MARK: Paths

#define OPEN(name, ...)                                                                   \
  va_list list;                                                                           \
  va_start(list, flags);                                                                  \
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;                 \
  va_end(list);                                                                           \
  if (flags & (O_WRONLY | O_RDWR | O_CREAT)) FAIL_IF(path_fault("open", __VA_ARGS__, ENOSPC))

int open(const char *path, int flags, ...) {
  OPEN(open, AT_FDCWD, path);
  return REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  OPEN(open64, AT_FDCWD, path);
  return REAL(open64)(path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  OPEN(openat, folder, path);
  return REAL(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  OPEN(openat64, folder, path);
  return REAL(openat64)(folder, path, flags, mode);
}
int mkdir(const char *path, mode_t mode) {
  FAIL_IF(path_fault("mkdir", AT_FDCWD, path, ENOSPC));
  return REAL(mkdir)(path, mode);
}
int rename(const char *path, const char *other) {
  FAIL_IF(path_fault("rename", AT_FDCWD, path, ENOSPC));
  return REAL(rename)(path, other);
}
int renameat(int folder, const char *path, int other_folder, const char *other) {
  FAIL_IF(path_fault("rename", folder, path, ENOSPC));
  return REAL(renameat)(folder, path, other_folder, other);
}
int link(const char *path, const char *other) {
  FAIL_IF(path_fault("link", AT_FDCWD, path, ENOSPC));
  return REAL(link)(path, other);
}
int linkat(int folder, const char *path, int other_folder, const char *other, int flags) {
  FAIL_IF(path_fault("link", folder, path, ENOSPC));
  return REAL(linkat)(folder, path, other_folder, other, flags);
}
int unlink(const char *path) {
  FAIL_IF(path_fault("unlink", AT_FDCWD, path, EIO));
  return REAL(unlink)(path);
}
int unlinkat(int folder, const char *path, int flags) {
  FAIL_IF(path_fault("unlink", folder, path, EIO));
  return REAL(unlinkat)(folder, path, flags);
}

// MARK: Open files

ssize_t write(int file, const void *bytes, size_t count) {
  FAIL_IF(file_fault("write", file, ENOSPC));
  return REAL(write)(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  FAIL_IF(file_fault("write", file, ENOSPC));
  return REAL(pwrite)(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  FAIL_IF(file_fault("write", file, ENOSPC));
  return REAL(pwrite64)(file, bytes, count, offset);
}
int fsync(int file) {
  FAIL_IF(file_fault("sync", file, EIO));
  return REAL(fsync)(file);
}
int fdatasync(int file) {
  FAIL_IF(file_fault("sync", file, EIO));
  return REAL(fdatasync)(file);
}
int ftruncate(int file, off_t length) {
  FAIL_IF(file_fault("truncate", file, EIO));
  return REAL(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
  FAIL_IF(file_fault("truncate", file, EIO));
  return REAL(ftruncate64)(file, length);
}
int flock(int file, int operation) {
  FAIL_IF(file_fault("lock", file, ENOLCK));
  return REAL(flock)(file, operation);
}
int close(int file) {
  int number = fcntl(file, F_GETFL) & (O_WRONLY | O_RDWR) ? file_fault("close", file, EIO) : 0;
  int result = REAL(close)(file);
  FAIL_IF(number);
  return result;
}

static int control(int file, int command, void *argument) {
  if (command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK)
    FAIL_IF(file_fault("lock", file, ENOLCK));
  return REAL(fcntl)(file, command, argument);
}

#define CONTROL                                                                           \
  va_list list;                                                                           \
  va_start(list, command);                                                                \
  void *argument = va_arg(list, void *);                                                  \
  va_end(list);                                                                           \
  return control(file, command, argument)

int fcntl(int file, int command, ...) { CONTROL; }
int fcntl64(int file, int command, ...) { CONTROL; }
