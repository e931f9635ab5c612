/* Small pure helpers over ASCII text that HTTP, SIP, TFTP and configurations share: no locale, no
 * ctype tables, no strtol.  Pure. */
#ifndef CUCMLAB_WIRE_TEXT_H
#define CUCMLAB_WIRE_TEXT_H

#include "sim/base/buf.h"

bool text_same(struct view v, const char *word); /* equal, the case of ASCII letters aside */
struct view text_trim(struct view v);            /* without space, tab, CR, LF at both ends */
bool text_number(struct view v, uint64_t max, uint64_t *out); /* decimal digits only, <= max */
bool text_token(struct view v); /* not empty, only characters of an HTTP or SIP token */
/* Dotted IPv4 addresses, in host order: 0 where `text` is none. */
uint32_t text_address(const char *text);
/* The same, or a number for the name of a host: in 0.0.0.0/8, which no host has, and the same for
 * the same name, letters of either case; 0 for "". */
uint32_t text_host(const char *text);
static inline bool text_is_name(uint32_t host)
{
    return host != 0 && host >> 24 == 0;
}
void text_put_address(uint32_t ip, char out[16]);
int text_hex(uint8_t c); /* 0 to 15, or -1 */
/* Printable ASCII, with \x1b for the rest: nothing that a stranger sends can end a line, close a
 * quote, steer a terminal or pass for something else.  Cut before what has no room; `room` >= 1. */
void text_escape(char *to, size_t room, struct view v);

/* Cuts the part before `separator` off the front of *v (all of it where there is none). */
struct view text_cut(struct view *v, uint8_t separator);

/* One line of a head, ended by LF or CR LF, from the front of *v; the ending is not part of it.
 * False when no LF is there. */
bool text_line(struct view *v, struct view *line);

/* The length of the UTF-8 character at `p`, 0 where there is none (RFC 3629; the two code points
 * that XML excludes as well). */
size_t text_utf8(const uint8_t *p);
/* Each byte that is no UTF-8 becomes '?': names of files and texts of strangers go into JSON, which
 * is UTF-8 (RFC 8259), as they are.  Returns `text`. */
char *text_whole(char *text);

#endif
