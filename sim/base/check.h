/* CHECK: our own bug, always on.  It prints the expression, the seed, the virtual time and the
 * command that repeats the run (what sys.h was told), and ends with exit 3; sanitizer and fuzz
 * builds abort, so that the tool sees it.  A peer's or a user's fault is never a CHECK. */
#ifndef CUCMLAB_BASE_CHECK_H
#define CUCMLAB_BASE_CHECK_H

_Noreturn void check_failed(const char *expression, const char *file, int line);

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

#endif
