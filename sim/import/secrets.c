#include "sim/import/secrets.h"

#include "sim/wire/text.h"

#include <string.h>

/* Somewhere in a name, which is in small letters and without blanks. */
static const char *const parts[] = {
    "password",     "pwd",          "passwd",          "passphrase",           "passcode",
    "credential",   "secret",       "authstring",      "authenticationstring", "privatekey",
    "presharedkey", "sharedkey",    "symmetrickey",    "encryptionkey",        "sessionkey",
    "accesstoken",  "refreshtoken", "communitystring",
};

/* The whole of it: too short to be looked for inside of others. */
static const char *const wholes[] = { "pin",        "psk",        "pinreverse", "userpin",
                                      "newpin",     "oldpin",     "phonepin",   "confirmpin",
                                      "defaultpin", "enduserpin", "userspin",   "wpapsk",
                                      "wepkey" };

#define NAME_MOST 80

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* A name is longer than any of the table: what it begins and ends with does not matter. */
static size_t plain(struct view name, char out[NAME_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_MOST - 1; i++) {
        uint8_t c = lower(name.p[i]);
        if ((c >= 'a' && c <= 'z') || c >= 0x80)
            out[n++] = (char)c;
    }
    out[n] = '\0';
    return n;
}

/* "PIN" as a word of its own: "User PIN 1", "userPin", "pin_reverse". */
static bool has_pin(struct view name)
{
    for (size_t i = 0; i + 3 <= name.n; i++) {
        uint8_t before = i > 0 ? name.p[i - 1] : ' ', behind = i + 3 < name.n ? name.p[i + 3] : ' ';
        bool small_before = before >= 'a' && before <= 'z';
        bool letter_before = small_before || (before >= 'A' && before <= 'Z');
        bool small_behind = behind >= 'a' && behind <= 'z';
        bool begins = !letter_before || (small_before && name.p[i] == 'P');
        if (begins && !small_behind && lower(name.p[i]) == 'p' && lower(name.p[i + 1]) == 'i' &&
            lower(name.p[i + 2]) == 'n')
            return true;
    }
    return false;
}

bool secrets_is(struct view name)
{
    char text[NAME_MOST];
    if (plain(name, text) == 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strstr(text, parts[i]) != NULL)
            return true;
    }
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        if (strcmp(text, wholes[i]) == 0)
            return true;
    }
    return has_pin(name);
}

bool secrets_drop(struct facts *f, struct view name, struct view value)
{
    bool is = secrets_is(name);
    f->secrets_dropped += is && value.n > 0;
    return is;
}

/* A word that is a name of a secret, and all behind it. */
struct view secrets_shown(struct view command)
{
    struct view left = command;
    while (left.n > 0) {
        struct view word = text_cut(&left, ' '), name = word;
        name = text_cut(&name, '=');
        if (secrets_is(name))
            return view_of(command.p, (size_t)(name.p + name.n - command.p));
    }
    return command;
}

/* ---- keys ---- */

static const struct {
    const char *text, *words;
} pem[] = {
    { "PRIVATE KEY-----", "a private key" },
    { "-----BEGIN PKCS12-----", "a PKCS#12 store" },
    { "PuTTY-User-Key-File-", "a private key" },
};

/* One element of DER, cut off the front of *v; a length that runs past the end is cut there. */
static bool element(struct view *v, uint8_t *tag, struct view *inside)
{
    if (v->n < 2)
        return false;
    size_t n = v->p[1], at = 2;
    if (n >= 0x80) {
        size_t bytes = n & 0x7f;
        if (bytes > 4 || v->n < 2 + bytes)
            return false;
        for (n = 0; bytes > 0; bytes--)
            n = n << 8 | v->p[at++];
    }
    if (n > v->n - at)
        n = v->n - at;
    *tag = v->p[0];
    *inside = view_sub(*v, at, n);
    *v = view_sub(*v, at + n, v->n - at - n);
    return true;
}

enum { DER_INTEGER = 0x02, DER_OCTETS = 0x04, DER_OID = 0x06, DER_SEQUENCE = 0x30 };

/* Of the forms of RFC 7292, 5208, 5958, 8017 and 5915 by their first elements. */
static const char *der_key(struct view bytes)
{
    static const uint8_t pkcs5[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01 };
    struct view whole, first, second, oid;
    uint8_t tag, tag2;
    if (!element(&bytes, &tag, &whole) || tag != DER_SEQUENCE || !element(&whole, &tag, &first) ||
        !element(&whole, &tag2, &second))
        return NULL;
    if (tag == DER_INTEGER && first.n == 1) {
        if (first.p[0] == 3 && tag2 == DER_SEQUENCE)
            return "a PKCS#12 store";
        if (first.p[0] <= 1 &&
            (tag2 == DER_SEQUENCE || tag2 == DER_OCTETS || (tag2 == DER_INTEGER && second.n >= 32)))
            return "a private key";
    }
    /* An algorithm of PKCS#5 or PKCS#12, and what it encrypts. */
    if (tag == DER_SEQUENCE && tag2 == DER_OCTETS && element(&first, &tag, &oid) &&
        tag == DER_OID && oid.n > sizeof pkcs5 && memcmp(oid.p, pkcs5, sizeof pkcs5) == 0)
        return "an encrypted private key";
    return NULL;
}

const char *secrets_key(struct view bytes)
{
    if (bytes.n == 0)
        return NULL;
    for (size_t i = 0; i < sizeof pem / sizeof *pem; i++) {
        if (memmem(bytes.p, bytes.n, pem[i].text, strlen(pem[i].text)) != NULL)
            return pem[i].words;
    }
    if (bytes.n >= 4 && memcmp(bytes.p, "\xfe\xed\xfe\xed", 4) == 0)
        return "a key store of Java";
    return der_key(bytes);
}
