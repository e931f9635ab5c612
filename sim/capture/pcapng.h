/* Blocks of a pcapng file, little-endian, as Wireshark 3.0 and later read them: the section, its
 * interfaces, packets with times in microseconds, names of addresses, TLS secrets.
 * Source: draft-ietf-opsawg-pcapng (section 4), draft-ietf-opsawg-pcaplinktype.  Pure. */
#ifndef CUCMLAB_CAPTURE_PCAPNG_H
#define CUCMLAB_CAPTURE_PCAPNG_H

#include "sim/base/buf.h"

#define PCAPNG_RAW       101  /* LINKTYPE_RAW: begins with the IP header */
#define PCAPNG_UPPER_PDU 252  /* LINKTYPE_WIRESHARK_UPPER_PDU: tags, then what a dissector reads */
#define PCAPNG_TEXT_MAX  4096 /* of a comment, a name: what is longer is cut */

void pcapng_section(struct wr *w, const char *program);
/* The first one is number 0. */
void pcapng_interface(struct wr *w, uint16_t linktype, const char *name, const char *description);
/* `at_us`: since 1970.  `comment` "": none. */
void pcapng_packet(struct wr *w, uint32_t interface, uint64_t at_us, struct view frame,
                   const char *comment);
void pcapng_name(struct wr *w, uint32_t ip, const char *name);
/* A line of a TLS key log (NSS's format), without its line feed.  Before the packets that it opens.
 */
void pcapng_secret(struct wr *w, const char *line);

#endif
