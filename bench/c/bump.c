/**
 * A plain bump allocator: align, add, compare, store. Allocations are written to; the arena is reset at the end of each frame.
 *
 *   bump COUNT SIZE WRITES CLEARS [call]
 *
 * COUNT allocations of SIZE bytes a frame. WRITES "ends": the first and the last 8 bytes of each; "floats": three floats. CLEARS 1: the end of a frame clears what
 * was used, so that memory comes zeroed as from `calloc`. "call": the allocator is called, as one in a library is; else it is compiled into the loop.
 */
#include "contestant.h"

#define ARENA_BYTES (16u << 20)

struct arena {
  char *top;
  char *begin;
  char *end;
};

static struct arena arena;
static long count;
static size_t size;
static int writes_floats;
static int clears;
static int by_call;

static inline void *allocate(struct arena *a, size_t bytes, size_t align) {
  uintptr_t at = ((uintptr_t)a->top + align - 1) & ~(uintptr_t)(align - 1);
  if (bytes > (uintptr_t)a->end - at) return NULL;
  a->top = (char *)at + bytes;
  return (void *)at;
}

static inline void reset(struct arena *a) {
  if (clears) memset(a->begin, 0, (size_t)(a->top - a->begin));
  a->top = a->begin;
}

/* The allocator behind a call, as in a library of its own. */
__attribute__((noinline)) static void *allocate_by_call(struct arena *a, size_t bytes, size_t align) {
  return allocate(a, bytes, align);
}

/* Sizes are constants to the compiler where they are to the engine: a struct's size is known from its type, that of raw bytes from the call. */
#define FILL_ENDS(allocator)                    \
  for (long i = 0; i < count; i += 1) {         \
    double *p = allocator(&arena, 64, 8);       \
    if (p == NULL) fail("the arena is full");   \
    p[0] = (double)i;                           \
    p[7] = (double)i + 0.5;                     \
    clobber(p);                                 \
  }

#define FILL_FLOATS(allocator)                  \
  for (long i = 0; i < count; i += 1) {         \
    float *p = allocator(&arena, 12, 4);        \
    if (p == NULL) fail("the arena is full");   \
    p[0] = (float)((double)i + 0.25);           \
    p[1] = (float)((double)i + 0.5);            \
    p[2] = (float)((double)i + 0.75);           \
    clobber(p);                                 \
  }

static void fill(void) {
  if (writes_floats) {
    if (by_call) {
      FILL_FLOATS(allocate_by_call)
    } else {
      FILL_FLOATS(allocate)
    }
  } else {
    if (by_call) {
      FILL_ENDS(allocate_by_call)
    } else {
      FILL_ENDS(allocate)
    }
  }
}

static void frame(void) {
  fill();
  reset(&arena);
  clobber(arena.begin);
}

static void verify(void) {
  fill();
  for (long i = 0; i < count; i += 1) {
    const char *p = arena.begin + (size_t)i * size;
    if (writes_floats) {
      const float *f = (const float *)p;
      if (f[0] != (float)(i + 0.25) || f[1] != (float)(i + 0.5) || f[2] != (float)(i + 0.75)) fail("a struct does not hold what was written");
    } else if (((const double *)p)[0] != (double)i || ((const double *)p)[7] != (double)i + 0.5) {
      fail("a block does not hold what was written");
    }
  }
  reset(&arena);
}

int main(int argc, char **argv) {
  if (argc != 5 && argc != 6) fail("usage: bump COUNT SIZE WRITES CLEARS [call]");
  count = atol(argv[1]);
  size = (size_t)atol(argv[2]);
  writes_floats = strcmp(argv[3], "floats") == 0;
  clears = atoi(argv[4]);
  by_call = argc == 6 && strcmp(argv[5], "call") == 0;
  if (size != (writes_floats ? 12u : 64u)) fail("SIZE is 64 for ends, 12 for floats");
  arena.begin = aligned_alloc(64, ARENA_BYTES);
  if (arena.begin == NULL) fail("no memory");
  memset(arena.begin, 0, ARENA_BYTES);
  arena.top = arena.begin;
  arena.end = arena.begin + ARENA_BYTES;
  return answer_requests(count);
}
