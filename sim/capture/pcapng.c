#include "sim/capture/pcapng.h"

#include <string.h>

enum block {
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0a0d0d0a
};

enum option {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_IF_NAME = 2,
    OPTION_IF_DESCRIPTION = 3,
    OPTION_SECTION_PROGRAM = 4
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define NAME_IPV4        1
#define TLS_KEY_LOG      0x544c534bu /* "TLSK" */
#define FRAME_OF_BLOCK   12          /* type, length, length again */

/* Little-endian: Wireshark takes either from a file, and from a pipe its machine's own alone. */
static void put_u16(struct wr *w, uint16_t v)
{
    wr_u8(w, (uint8_t)v);
    wr_u8(w, (uint8_t)(v >> 8));
}

static void put_u32(struct wr *w, uint32_t v)
{
    put_u16(w, (uint16_t)v);
    put_u16(w, (uint16_t)(v >> 16));
}

static size_t padded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static void pad(struct wr *w, size_t n)
{
    for (size_t i = n; i < padded(n); i++)
        wr_u8(w, 0);
}

static size_t text_size(const char *text)
{
    return strnlen(text, PCAPNG_TEXT_MAX);
}

static void block_begin(struct wr *w, enum block type, size_t body)
{
    put_u32(w, (uint32_t)type);
    put_u32(w, (uint32_t)(FRAME_OF_BLOCK + body));
}

static void block_end(struct wr *w, size_t body)
{
    put_u32(w, (uint32_t)(FRAME_OF_BLOCK + body));
}

/* ---- options ---- */

static size_t option_size(const char *text)
{
    return text[0] == '\0' ? 0 : 4 + padded(text_size(text));
}

static void option_put(struct wr *w, enum option code, const char *text)
{
    size_t n = text_size(text);
    if (n == 0)
        return;
    put_u16(w, (uint16_t)code);
    put_u16(w, (uint16_t)n);
    wr_view(w, view_of(text, n));
    pad(w, n);
}

/* ---- blocks ---- */

void pcapng_section(struct wr *w, const char *program)
{
    size_t body = 16 + option_size(program) + 4;
    block_begin(w, BLOCK_SECTION, body);
    put_u32(w, BYTE_ORDER_MAGIC);
    put_u16(w, 1); /* version 1.0 */
    put_u16(w, 0);
    put_u32(w, 0xffffffff);
    put_u32(w, 0xffffffff); /* the section's length: not known beforehand */
    option_put(w, OPTION_SECTION_PROGRAM, program);
    put_u32(w, OPTION_END);
    block_end(w, body);
}

void pcapng_interface(struct wr *w, uint16_t linktype, const char *name, const char *description)
{
    size_t body = 8 + option_size(name) + option_size(description) + 4;
    block_begin(w, BLOCK_INTERFACE, body);
    put_u16(w, linktype);
    put_u16(w, 0);
    put_u32(w, 0); /* packets are whole */
    option_put(w, OPTION_IF_NAME, name);
    option_put(w, OPTION_IF_DESCRIPTION, description);
    put_u32(w, OPTION_END);
    block_end(w, body);
}

void pcapng_packet(struct wr *w, uint32_t interface, uint64_t at_us, struct view frame,
                   const char *comment)
{
    size_t options = comment[0] == '\0' ? 0 : option_size(comment) + 4,
           body = 20 + padded(frame.n) + options;
    block_begin(w, BLOCK_PACKET, body);
    put_u32(w, interface);
    put_u32(w, (uint32_t)(at_us >> 32));
    put_u32(w, (uint32_t)at_us);
    put_u32(w, (uint32_t)frame.n);
    put_u32(w, (uint32_t)frame.n);
    wr_view(w, frame);
    pad(w, frame.n);
    if (options > 0) {
        option_put(w, OPTION_COMMENT, comment);
        put_u32(w, OPTION_END);
    }
    block_end(w, body);
}

void pcapng_name(struct wr *w, uint32_t ip, const char *name)
{
    size_t n = text_size(name), record = 4 + n + 1, body = 4 + padded(record) + 4;
    block_begin(w, BLOCK_NAMES, body);
    put_u16(w, NAME_IPV4);
    put_u16(w, (uint16_t)record);
    wr_u32(w, ip); /* as it stands in a packet */
    wr_view(w, view_of(name, n));
    wr_u8(w, 0);
    pad(w, record);
    put_u32(w, 0); /* no more records */
    block_end(w, body);
}

void pcapng_secret(struct wr *w, const char *line)
{
    size_t n = text_size(line) + 1, body = 8 + padded(n);
    block_begin(w, BLOCK_SECRETS, body);
    put_u32(w, TLS_KEY_LOG);
    put_u32(w, (uint32_t)n);
    wr_view(w, view_of(line, n - 1));
    wr_u8(w, '\n');
    pad(w, n);
    block_end(w, body);
}
