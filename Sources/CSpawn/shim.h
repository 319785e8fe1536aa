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
// What is only read of the program and of the libraries that were loaded with it.
#include <link.h>
struct LoadedObject {
  uintptr_t base;
  const char *name;
  const ElfW(Phdr) *segments;
  ElfW(Half) count;
};
int dl_iterate_phdr(int (*)(struct LoadedObject *, size_t, void *), void *);
static inline int giveObjectBack(struct LoadedObject *object, size_t size, void *pageSize) {
  const uintptr_t page = *(uintptr_t *)pageSize;
  for (ElfW(Half) index = 0; index < object->count; index += 1) {
    const ElfW(Phdr) *segment = &object->segments[index];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    const uintptr_t start = (object->base + segment->p_vaddr) & -page;
    const uintptr_t end = object->base + segment->p_vaddr + segment->p_memsz;
    (void)madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}
static inline void giveProgramBack(void) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  (void)dl_iterate_phdr(giveObjectBack, &page);
}
#else
static inline void takeMemoryInLargePieces(void) {}
static inline void giveProgramBack(void) {}
#endif
