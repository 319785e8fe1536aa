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

// What Swift's module for glibc leaves out.
#ifdef __GLIBC__
#include <malloc.h>
static inline void takeMemoryInLargePieces(void) {
  (void)mallopt(M_TOP_PAD, 16 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 128 << 20);
  (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
}
#else
static inline void takeMemoryInLargePieces(void) {}
#endif
