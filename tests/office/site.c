#include "tests/office/site.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "tests/support/support.h"

#define SITE_WORDS_MAX 24

static char *site_path(const char *folder, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return text_take(&path);
}

Site *site_new(void)
{
    Site *site = alloc_zero(sizeof(*site));

    digest_init();
    log_set_level(LOG_LEVEL_ERROR);
    if (!zone_set("Asia/Shanghai"))
        support_die("the zone Asia/Shanghai is unknown here");
    site->folder = support_make_folder();
    site->database = site_path(site->folder, "studyday.db");
    if (store_create(site->database) != 0 || store_open(site->database, STORE_WRITE, &site->store) != 0)
        support_die("no database at %s", site->database);
    site->config.database = site->database;
    site->actor = "uid:0 test";
    return site;
}

Site *site_new_with(const char *base)
{
    static const char *const kinds[] = {"orgs", "points", "terminals", "members", "sessions"};
    Site *site = site_new();

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        CLEANUP(cleanup_text) Text path = {0};

        text_appendf(&path, "%s/%s.csv", base, kinds[i]);
        if (site_run(site, (const char *const[]){"import", kinds[i], "FILE", NULL}, text_cstr(&path)) !=
            EX_OK)
            support_die("%s", text_cstr(&site->reply.err));
    }
    return site;
}

Site *site_free(Site *site)
{
    store_close(site->store);
    office_reply_deinit(&site->reply);
    support_remove_folder(site->folder);
    free(site->folder);
    free(site->database);
    free(site);
    return NULL;
}

void site_reopen(Site *site)
{
    site->store = store_close(site->store);
    if (store_open(site->database, STORE_WRITE, &site->store) != 0)
        support_die("%s does not open again", site->database);
}

int site_run(Site *site, const char *const *argv, const char *file)
{
    CLEANUP(cleanup_fd) int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    const char *slash = file ? strrchr(file, '/') : NULL;
    OfficeRequest request = {
        .argv = (char *const *)argv, .file = fd, .file_name = slash ? slash + 1 : file, .actor = site->actor};

    if (file && fd < 0)
        support_die("%s does not open", file);
    while (argv[request.argc])
        request.argc++;
    office_reply_deinit(&site->reply);
    office_run(site->store, &site->config, &request, &site->reply);
    return site->reply.exit_code;
}

int site_say(Site *site, const char *words, const char *file)
{
    CLEANUP(cleanup_free) char *copy = alloc_string(words);
    const char *argv[SITE_WORDS_MAX + 1] = {NULL};
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(copy, " ", &rest); word && count < SITE_WORDS_MAX;
         word = strtok_r(NULL, " ", &rest))
        argv[count++] = word;
    return site_run(site, argv, file);
}

char *site_write(const Site *site, const char *name, const char *text)
{
    char *path = site_path(site->folder, name);

    if (file_write_atomic(path, text, strlen(text), 0600, true) != 0)
        support_die("%s cannot be written", path);
    return path;
}
