/* Do threads that serve TVS stand in each other's way?  Full handshakes of sim/crypto/tls.h over
 * memory (TLS 1.2, AES256-SHA, RSA-2048), as workers of one process and as processes that know
 * nothing of each other, two of each, by turns.
 *
 * Each makes its handshakes with a client of its own in the same thread.  The client's side is
 * counted apart by the thread's processor clock and taken off, so that what is left is the server's
 * time, with whatever it waited for.  What is printed are medians; the limit is 0.95.
 *
 * Usage: bench_workers [handshakes of each a round [rounds]]; default 1500 5. */
#include "sim/base/sys.h"
#include "sim/crypto/tls.h"
#include "tests/bench/simulation.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#define WORKERS    2
#define ROUNDS_MAX 99
#define CIPHER     "AES256-SHA"

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench_workers: %s\n", what);
    exit(1);
}

static double clock_s(clockid_t clock)
{
    struct timespec t;
    need(clock_gettime(clock, &t) == 0, "clock");
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- one handshake ---- */

struct peer {
    SSL_CTX *client;
    struct tls_config *server;
    uint32_t count;
    double server_s;
};

/* What one side has to say, to the other. */
static bool to_client(struct tls *t, BIO *in)
{
    uint8_t piece[16384];
    size_t n, all = 0;
    while ((n = tls_take(t, piece, sizeof piece)) > 0) {
        need(BIO_write(in, piece, (int)n) == (int)n, "memory");
        all += n;
    }
    return all > 0;
}

static bool to_server(struct tls *t, BIO *out)
{
    uint8_t piece[16384];
    int n, all = 0;
    while ((n = BIO_read(out, piece, sizeof piece)) > 0) {
        tls_feed(t, view_of(piece, (size_t)n));
        all += n;
    }
    return all > 0;
}

/* Returns the client's processor time. */
static double handshake(const struct peer *p)
{
    double client_s = 0;
    struct tls *t = tls_new(p->server);
    double began = clock_s(CLOCK_THREAD_CPUTIME_ID);
    SSL *ssl = SSL_new(p->client);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    need(ssl != NULL && in != NULL && out != NULL, "memory");
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    for (int turn = 0; turn < 20; turn++) {
        (void)SSL_do_handshake(ssl);
        client_s += clock_s(CLOCK_THREAD_CPUTIME_ID) - began;
        bool went = to_server(t, out);
        bool came = to_client(t, in);
        began = clock_s(CLOCK_THREAD_CPUTIME_ID);
        if (!went && !came)
            break;
    }
    need(SSL_is_init_finished(ssl) && tls_state(t) == TLS_OPEN, "no handshake");
    SSL_free(ssl);
    client_s += clock_s(CLOCK_THREAD_CPUTIME_ID) - began;
    tls_free(t);
    return client_s;
}

static void *work(void *arg)
{
    struct peer *p = arg;
    double began = clock_s(CLOCK_MONOTONIC), client_s = 0;
    for (uint32_t i = 0; i < p->count; i++)
        client_s += handshake(p);
    p->server_s = clock_s(CLOCK_MONOTONIC) - began - client_s;
    return NULL;
}

/* ---- a round ---- */

static double by_threads(struct peer peers[WORKERS])
{
    pthread_t threads[WORKERS];
    double rate = 0;
    for (int i = 0; i < WORKERS; i++)
        need(pthread_create(&threads[i], NULL, work, &peers[i]) == 0, "thread");
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        rate += peers[i].count / peers[i].server_s;
    }
    return rate;
}

static double by_processes(struct peer peers[WORKERS])
{
    int told[WORKERS][2];
    double rate = 0;
    for (int i = 0; i < WORKERS; i++) {
        need(pipe(told[i]) == 0, "pipe");
        pid_t pid = fork();
        need(pid >= 0, "fork");
        if (pid > 0)
            continue;
        work(&peers[i]);
        need(write(told[i][1], &peers[i].server_s, sizeof(double)) == sizeof(double), "pipe");
        _exit(0);
    }
    for (int i = 0; i < WORKERS; i++) {
        double s;
        need(read(told[i][0], &s, sizeof s) == sizeof s, "pipe");
        rate += peers[i].count / s;
        close(told[i][0]);
        close(told[i][1]);
    }
    while (wait(NULL) > 0)
        continue;
    return rate;
}

/* ---- keys ---- */

static SSL_CTX *client_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    need(ctx != NULL && SSL_CTX_set_cipher_list(ctx, CIPHER ":@SECLEVEL=0") == 1, "cipher");
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

/* Each has a configuration of its own, of one key, as the workers of a node do. */
static void make_peers(struct peer peers[WORKERS], uint32_t count)
{
    static struct arena arena;
    arena = arena_of(&sys_mem);
    const struct key *key =
        keyring_key(keyring_new(1, keyring_default_cache()), "bench", KEY_RSA_2048);
    struct cert_spec spec = { .subject = view_str("CN=bench"),
                              .issuer = view_str("CN=bench"),
                              .serial = view_str("\x01"),
                              .not_after_s = 4102444800,
                              .key = key,
                              .issuer_key = key,
                              .digest = DIGEST_SHA256 };
    struct view der = cert_make(&spec, &arena);
    for (int i = 0; i < WORKERS; i++) {
        peers[i] = (struct peer){ .client = client_context(), .count = count };
        peers[i].server = tls_config_new(true, der, key, TLS_1_0, TLS_1_3);
        need(peers[i].server != NULL, "configuration");
        (void)handshake(&peers[i]);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

int main(int argc, char **argv)
{
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1500;
    int rounds = argc > 2 ? (int)strtoul(argv[2], NULL, 10) : 5;
    double threads[ROUNDS_MAX], processes[ROUNDS_MAX];
    struct peer peers[WORKERS];
    if (count == 0 || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_workers [handshakes of each [rounds]]\n"), 2;
    make_peers(peers, count);
    for (int i = 0; i < rounds; i++) {
        threads[i] = by_threads(peers);
        processes[i] = by_processes(peers);
    }
    double ours = median(threads, rounds), most = median(processes, rounds);
    printf("TLS servers over memory, %s, RSA-2048, %d side by side, medians of %d rounds of %u "
           "handshakes each by turns\n",
           CIPHER, WORKERS, rounds, count);
    printf("threads: %.0f/s; processes: %.0f/s; ratio %.2f, limit 0.95: %s\n", ours, most,
           ours / most, verdict(ours / most >= 0.95));
    for (int i = 0; i < WORKERS; i++) {
        tls_config_free(peers[i].server);
        SSL_CTX_free(peers[i].client);
    }
    return 0;
}
