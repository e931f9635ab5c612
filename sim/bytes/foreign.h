/* Certificates and trust lists of a real cluster: known by their bytes, their private keys by
 * nobody here.  Called by sim/lab_found.c, for `found {}` (docs/CLUSTER.md).
 *
 * Where nobody looks at bytes a certificate is what it is: CT_CERT with its own DER, a CT_KEY known
 * by its public half, with its type, so that what is signed in its name can be measured.  Where
 * somebody does (--bytes, --dump, --pcap, sockets) it has a stand-in, decided here and nowhere
 * else: the same certificate to the byte but for key and signature, which are the lab's.  Both have
 * the same lengths, so that the two runs are one.  One whose key is of no size that the lab makes,
 * or that is signed in a way that it does not sign, has a stand-in in both: a certificate of the
 * lab with its names, serial number and dates. */
#ifndef CUCMLAB_BYTES_FOREIGN_H
#define CUCMLAB_BYTES_FOREIGN_H

#include "sim/bytes/forge.h"

struct foreign;

/* `forge` is borrowed, with the content that it has, and must outlive it. */
struct foreign *foreign_new(struct forge *forge, bool stand_ins);
void foreign_free(struct foreign *x); /* NULL: nothing */

/* Takes a certificate in, each once; *number counts from 0.  Its content is made when somebody asks
 * for it: whoever issued it has to be there by then, or its chain ends with it. */
bool foreign_add(struct foreign *x, struct view der, uint32_t *number, struct err *e);
uint32_t foreign_cert(struct foreign *x, uint32_t number); /* CT_CERT */
bool foreign_has_stand_in(const struct foreign *x, uint32_t number);
/* How many of those that were asked for have one. */
uint32_t foreign_stand_ins(const struct foreign *x);

/* A trust list: CT_LIST.  Its records are the certificates that were added, by their bytes or by
 * their hash, or stand-ins by name and public key; its signature is verified with the real keys.
 * *verified false: it is not that of the certificate that its header names, or nobody knows that
 * one.  False, with `e`: it cannot be decoded. */
bool foreign_list(struct foreign *x, struct view bytes, uint32_t *list, bool *verified,
                  struct err *e);

/* A certificate that nobody has: the names, dates and key type of `like` (CT_CERT), with another
 * serial number and key, which follow from the label.  `name`: its common name; NULL: that of
 * `like`, whose subject it has then. */
uint32_t foreign_stranger(struct foreign *x, uint32_t like, const char *label, const char *name);

#endif
