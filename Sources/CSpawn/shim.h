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
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static inline void takeMemoryInLargePieces(void) {
  const intptr_t piece = 64 << 20, page = 2 << 20;
  (void)mallopt(M_TOP_PAD, piece);
  (void)mallopt(M_TRIM_THRESHOLD, 2 * piece);
  (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
  // What one thread gave back, another takes.
  (void)mallopt(M_ARENA_MAX, 1);
  // The first piece comes in pages of 2 MiB, where the system has them: nothing of it is taken before
  // it is used, and then one fault takes the place of five hundred.
  // A compiler takes `free(malloc(page))` away; the heap must have grown before it can be advised on.
  void *volatile first = malloc(page);
  free(first);
  const intptr_t end = (intptr_t)sbrk(0) & -page, start = end - piece + 2 * page;
  (void)madvise((void *)start, (size_t)(end - start), MADV_HUGEPAGE);
}
// Where the linker put the program: what is only read lies between the two.
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));
static inline void giveProgramBack(void) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t start = ((uintptr_t)__ehdr_start + page - 1) & -page;
  (void)madvise((void *)start, ((uintptr_t)etext & -page) - start, MADV_DONTNEED);
}
#else
static inline void takeMemoryInLargePieces(void) {}
static inline void giveProgramBack(void) {}
#endif
