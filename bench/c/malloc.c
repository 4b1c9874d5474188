/**
 * The C library's `malloc` and `free`: a struct of three floats is allocated, written and freed.
 *
 *   malloc COUNT ALIVE
 *
 * COUNT of them a frame, ALIVE at once: 1 frees each before the next is made; otherwise ALIVE are made, then freed in the order they were made, and so on.
 */
#include "contestant.h"

#define MOST_ALIVE 100000

static long count;
static long alive;
static float *held[MOST_ALIVE];

static float *make(long i) {
  float *p = malloc(12);
  if (p == NULL) fail("malloc gave no memory");
  p[0] = (float)((double)i + 0.25);
  p[1] = (float)((double)i + 0.5);
  p[2] = (float)((double)i + 0.75);
  clobber(p);
  return p;
}

static void frame(void) {
  for (long done = 0; done < count; done += alive) {
    for (long i = 0; i < alive; i += 1) held[i] = make(i);
    for (long i = 0; i < alive; i += 1) free(held[i]);
  }
}

static void verify(void) {
  for (long i = 0; i < alive; i += 1) held[i] = make(i);
  for (long i = 0; i < alive; i += 1) {
    const float *f = held[i];
    if (f[0] != (float)(i + 0.25) || f[1] != (float)(i + 0.5) || f[2] != (float)(i + 0.75)) fail("a struct does not hold what was written");
    free(held[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) fail("usage: malloc COUNT ALIVE");
  count = atol(argv[1]);
  alive = atol(argv[2]);
  if (alive < 1 || alive > MOST_ALIVE || count % alive != 0) fail("COUNT is a multiple of ALIVE");
  return answer_requests(count);
}
