#include "transfer.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "reply.h"
#include "retry.h"

#define MAX_RUNNING     64
#define CONNECT_S       10             /* and for the next bytes of a reply that has begun */
#define MAX_ERROR_BYTES ((size_t)4096) /* of a reply that is no profile: for its first words */
#define POLL_MS         1000

enum state { WAITING, RUNNING, ENDED };

struct job {
    struct transfer *transfer;
    const struct transfer_settings *settings;
    enum state state;
    uint64_t start_ms; /* when WAITING ends */
    char *url;         /* where it has been sent by now */
    bool is_elsewhere; /* another origin than the one that was named */
    unsigned redirects;
    CURL *easy;
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    uint64_t last_byte_ms; /* 0: nothing came yet */
    bool is_too_large, is_stalled;
};

static uint64_t now_ms(void)
{
    return (uint64_t)clock_steady_ns() / 1000000;
}

static uint64_t stall_ms(const struct job *job)
{
    uint64_t seconds = job->settings->timeout_s;

    return (seconds < CONNECT_S ? seconds : CONNECT_S) * 1000;
}

/* A short answer stops the transfer. */
static size_t take_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct job *job = data;
    struct strbuf *body = &job->transfer->body;
    size_t len = size * count;
    long status = 0;

    job->last_byte_ms = now_ms();
    curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299) {
        size_t room = MAX_ERROR_BYTES - body->len;

        strbuf_add(body, bytes, len < room ? len : room);
        return len < room ? len : 0;
    }
    if (len > job->settings->max_bytes - body->len) {
        job->is_too_large = true;
        return 0;
    }
    strbuf_add(body, bytes, len);
    return len;
}

/* libcurl asks about once a second, too, when nothing comes. */
static int watch(void *data, curl_off_t all, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    struct job *job = data;

    (void)all, (void)got, (void)to_send, (void)sent;
    job->is_stalled = job->last_byte_ms && now_ms() - job->last_byte_ms > stall_ms(job);
    return job->is_stalled;
}

static void add_header(struct job *job, const char *text)
{
    struct curl_slist *list = curl_slist_append(job->headers, text);

    if (!list)
        abort(); /* out of memory */
    job->headers = list;
}

/* curl's setters are variadic macros: a long must be a long. */
static void set_credentials(struct job *job)
{
    const struct transfer_settings *settings = job->settings;
    const struct request *request = job->transfer->request;
    CURL *easy = job->easy;

    if (job->is_elsewhere)
        return;
    for (size_t i = 0; i < settings->header_count; i++)
        add_header(job, settings->headers[i]);
    if (settings->cert) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, settings->cert);
        curl_easy_setopt(easy, CURLOPT_SSLKEY, settings->key ? settings->key : settings->cert);
    }
    if (settings->bearer) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, settings->bearer);
    } else if (settings->user) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERPWD, settings->user);
    } else if (request->user) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
    } else {
        curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    }
}

static void set_body(struct job *job)
{
    const struct request *request = job->transfer->request;

    if (!request->is_post)
        return;
    add_header(job, "Content-Type: application/proto");
    add_header(job, "Connect-Protocol-Version: 1");
    curl_easy_setopt(job->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    curl_easy_setopt(job->easy, CURLOPT_POSTFIELDS, strbuf_text(&request->body));
}

static void set_limits(struct job *job)
{
    const struct transfer_settings *settings = job->settings;
    uint64_t total = settings->timeout_s + job->transfer->request->wait_s;
    CURL *easy = job->easy;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)stall_ms(job));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)total);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, job);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, job);
}

static void start(struct job *job, CURLM *multi)
{
    const struct transfer_settings *settings = job->settings;
    CURL *easy = curl_easy_init();

    if (!easy)
        abort(); /* out of memory */
    job->easy = easy;
    job->error[0] = '\0';
    job->last_byte_ms = 0;
    job->is_too_large = job->is_stalled = false;
    strbuf_reset(&job->transfer->body);
    job->transfer->tries++;
    set_limits(job);
    set_body(job);
    set_credentials(job);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->error);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "pgo-collect/" PGO_VERSION);
    curl_easy_setopt(easy, CURLOPT_URL, job->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, job->headers);
    if (settings->cacert)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->cacert);
    if (settings->unix_socket) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, settings->unix_socket);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
    job->state = RUNNING;
    curl_multi_add_handle(multi, easy);
}

static void stop(struct job *job, CURLM *multi)
{
    curl_multi_remove_handle(multi, job->easy);
    curl_easy_cleanup(job->easy);
    curl_slist_free_all(job->headers);
    job->easy = NULL;
    job->headers = NULL;
}

static void explain_status(struct job *job, long status, struct err *err)
{
    struct strbuf words = {0};

    reply_excerpt(strbuf_text(&job->transfer->body), job->transfer->body.len, &words);
    err_set(err, ERR_IO, "HTTP status %ld%s%s", status, words.len ? ": " : "", strbuf_text(&words));
    strbuf_release(&words);
    if (job->is_elsewhere && (status == 401 || status == 403))
        err_hint(err,
                 "it was redirected to another host, which gets no credentials: name that one");
    else if (status == 401 || status == 403)
        err_hint(err, "credentials: --bearer-file, --user-file, ~/.netrc, or --cert and --key");
    else if (status == 404)
        err_hint(err, "is that the path? libpgocollect, Go and most others have "
                      "/debug/pprof/profile, gperftools /pprof/profile");
    else if (status == 429 || status == 503)
        err_hint(err, "somebody else may take a profile: again later, or with a larger --timeout");
    else
        err_hint(err, "the server says so; its log may tell why");
}

static void explain_failure(struct job *job, CURLcode code, struct err *err)
{
    const char *text = job->error[0] ? job->error : curl_easy_strerror(code);

    if (job->is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
        err_set(err, ERR_LIMIT, "the reply is larger than %zu bytes", job->settings->max_bytes);
        err_hint(err, "if that is right: --max-size");
    } else if (job->is_stalled) {
        err_set(err, ERR_IO, "the reply stopped coming after %zu bytes", job->transfer->body.len);
        err_hint(err, "is the server overloaded? --timeout gives it more time");
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        err_set(err, ERR_IO, "no answer in time: %s", text);
        err_hint(err, "--timeout gives it more than the seconds that it samples");
    } else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
        err_set(err, ERR_IO, "the server's certificate is not accepted: %s", text);
        err_hint(err, "an authority of your own: --cacert FILE");
    } else {
        err_set(err, ERR_IO, "%s", text);
        if (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING)
            err_hint(err,
                     "the connection was cut off: did the server end, or a proxy lose patience?");
        else if (code == CURLE_COULDNT_CONNECT)
            err_hint(err, "does the server run, and listen there?");
    }
}

/* Has the failure its next try before it? */
static bool try_again(struct job *job, CURLcode code, long status)
{
    curl_off_t after_s = 0;
    struct retry_failure failure = {.is_refused = code == CURLE_COULDNT_CONNECT,
                                    .status = status,
                                    .tries = job->transfer->tries - job->redirects};
    uint64_t wait_ms;

    if (status)
        curl_easy_getinfo(job->easy, CURLINFO_RETRY_AFTER, &after_s);
    failure.retry_after_s = after_s;
    if (!retry_wait(&failure, job->settings->max_retries, job->settings->timeout_s * 1000,
                    &wait_ms))
        return false;
    job->start_ms = now_ms() + wait_ms;
    job->state = WAITING;
    return true;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool redirect(struct job *job, struct err *err)
{
    const struct request *request = job->transfer->request;
    char *target = NULL;
    struct strbuf shown = {0};
    struct url url;

    curl_easy_getinfo(job->easy, CURLINFO_REDIRECT_URL, &target);
    if (!target)
        return err_set(err, ERR_IO, "a redirect without a Location");
    if (job->redirects++ == TRANSFER_MAX_REDIRECTS) {
        url_show(target, &shown);
        err_set(err, ERR_IO, "more than %d redirects, the next to %s", TRANSFER_MAX_REDIRECTS,
                strbuf_text(&shown));
        strbuf_release(&shown);
        return err_hint(err, "is the redirect a circle? give the URL where it should end");
    }
    if (!url_read(target, &url, err)) {
        err->kind = ERR_FORMAT; /* not our user's doing */
        err_prepend(err, "a redirect to ");
        return err_hint(err, "give the URL where the profile is");
    }
    if (strncmp(job->url, "https:", 6) == 0 && strncmp(url.base, "https:", 6) != 0) {
        err_set(err, ERR_IO, "a redirect from https to http, not followed: %s%s", url.base,
                url.path);
        url_release(&url);
        return false;
    }
    if (strcmp(url.origin, request->origin) != 0)
        job->is_elsewhere = true; /* from now on, also if it comes back */
    free(job->url);
    job->url = mem_format("%s%s%s%s", url.base, url.path, url.query[0] ? "?" : "", url.query);
    url_release(&url);
    job->start_ms = 0;
    job->state = WAITING;
    return true;
}

static void finish(struct job *job, CURLcode code, CURLM *multi)
{
    struct transfer *transfer = job->transfer;
    long status = 0;

    curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
    job->state = ENDED;
    if (is_redirect(status))
        redirect(job, &transfer->err);
    else if (code == CURLE_OK && status >= 200 && status <= 299)
        transfer->done = true;
    else if (!try_again(job, code, status)) {
        if (status && (status < 200 || status > 299))
            explain_status(job, status, &transfer->err);
        else
            explain_failure(job, code, &transfer->err);
    }
    stop(job, multi);
}

static void collect_ended(CURLM *multi)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        struct job *job = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
        finish(job, message->data.result, multi);
    }
}

/* Starts what is due; how many have not ended, and how long to sleep. */
static size_t start_due(struct job *jobs, size_t count, CURLM *multi, int *sleep_ms)
{
    size_t running = 0, left = 0;
    uint64_t now = now_ms();

    *sleep_ms = POLL_MS;
    for (size_t i = 0; i < count; i++)
        running += jobs[i].state == RUNNING;
    for (size_t i = 0; i < count; i++) {
        left += jobs[i].state != ENDED;
        if (jobs[i].state != WAITING || running == MAX_RUNNING)
            continue;
        if (jobs[i].start_ms <= now) {
            start(&jobs[i], multi);
            running++;
        } else if (jobs[i].start_ms - now < (uint64_t)*sleep_ms) {
            *sleep_ms = (int)(jobs[i].start_ms - now);
        }
    }
    return left;
}

void transfer_run(struct transfer *transfers, size_t count,
                  const struct transfer_settings *settings)
{
    struct job *jobs = mem_array(count, sizeof(*jobs));
    CURLM *multi;
    int running, sleep_ms;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    if (!multi)
        abort(); /* out of memory */
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct job){.transfer = &transfers[i],
                               .settings = settings,
                               .url = mem_strdup(transfers[i].request->url)};
    while (start_due(jobs, count, multi, &sleep_ms)) {
        curl_multi_perform(multi, &running);
        collect_ended(multi);
        if (running)
            curl_multi_poll(multi, NULL, 0, sleep_ms, NULL);
        else
            curl_multi_poll(multi, NULL, 0, sleep_ms < 50 ? sleep_ms : 50, NULL);
    }
    for (size_t i = 0; i < count; i++)
        free(jobs[i].url);
    free(jobs);
    curl_multi_cleanup(multi);
    curl_global_cleanup();
}
