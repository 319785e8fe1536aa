// What glibc and musl declare for programs with _GNU_SOURCE only.
#include <spawn.h>
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
