// What glibc and musl declare for programs with _GNU_SOURCE only.
#include <spawn.h>
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);

// What Swift can't call, since it takes any number of arguments.
#ifdef __linux__
#include <sys/prctl.h>
static inline void forbidMemoryDumps(void) { (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
#else
static inline void forbidMemoryDumps(void) {}
#endif
