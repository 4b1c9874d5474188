/**
 * The frame around a baseline in C: the protocol of contestant.mjs, spoken by a C program. The program defines `OPS`, `frame`, and `verify`.
 *
 *   warm MS      run frames for MS milliseconds           -> {"frames":n}
 *   sample MS    run about MS milliseconds of frames      -> {"ns":nanoseconds an operation}, after `verify`
 *   (end of input)                                        ends
 *
 * The first line that it writes is {"ready":true}. Time is measured here, inside the process. `clobber` stands after each allocation: the compiler must
 * take the pointer for used and all memory for read and changed, so it drops no store, merges no two allocations and keeps no bump pointer in a
 * register across them; an engine does not do that to the JavaScript side either.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void frame(void);
static void verify(void);

#define clobber(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run(long frames) {
  double start = now_ns();
  for (long i = 0; i < frames; i += 1) frame();
  return now_ns() - start;
}

static int answer_requests(long ops) {
  char line[64];
  double ns_a_frame = 1e6;
  verify();
  printf("{\"ready\":true}\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    double ms = 0;
    if (sscanf(line, "warm %lf", &ms) == 1) {
      double start = now_ns();
      long frames = 0;
      while (now_ns() - start < ms * 1e6) {
        ns_a_frame = run(16) / 16;
        frames += 16;
      }
      printf("{\"frames\":%ld}\n", frames);
    } else if (sscanf(line, "sample %lf", &ms) == 1) {
      long frames = (long)(ms * 1e6 / ns_a_frame) + 1;
      double ns = run(frames) / (double)frames;
      ns_a_frame = ns;
      verify();
      printf("{\"ns\":%.6f}\n", ns / (double)ops);
    } else {
      fail("unknown request");
    }
    fflush(stdout);
  }
  return 0;
}
