#include "sim/net/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MUCH (16u << 20)

/* Second number of the file, in pages. */
static uint64_t resident(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *second = strchr(text, ' ');
    return second == NULL ? 0 : strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Without `.`, `..` and the one that it is counted with. */
static uint32_t open_files(void)
{
    uint32_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    if (d == NULL)
        return 0;
    /* A stream of our own: nobody else reads it. */
    /* cppcheck-suppress readdirCalled */
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n > 3 ? n - 3 : 0;
}

struct usage usage_now(void)
{
    struct mallinfo2 m = mallinfo2();
    struct rlimit limit;
    bool bounded = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return (struct usage){ .in_use = m.uordblks + m.hblkhd,
                           .held = m.arena + m.hblkhd,
                           .resident = resident(),
                           .files = open_files(),
                           .files_limit = bounded ? limit.rlim_cur : UINT64_MAX };
}

void usage_give_back(void)
{
    (void)malloc_trim(0);
}

void usage_give_back_much(void)
{
    struct mallinfo2 m = mallinfo2();
    size_t in_use = m.uordblks + m.hblkhd;
    if (m.fordblks > MUCH && m.fordblks > in_use / 2)
        usage_give_back();
}
