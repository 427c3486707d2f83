// Each site lives in the folder of its broker, and goes with it.
#include "tests/broker/rendered.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/alloc.h"

#define ARGUMENTS_MAX 16

static int rendered_spawn(const Rendered *rendered, const char *const *argv)
{
    int status = support_end(support_spawn(argv, rendered->broker->log), 0);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Rendered *rendered_new(void)
{
    Rendered *rendered = alloc_zero(sizeof(*rendered));
    Text site = {0};

    rendered->broker = broker_new();
    text_appendf(&site, "%s/site", rendered->broker->folder);
    text_appendf(&rendered->site, "%s/site/studyday.conf", rendered->broker->folder);
    text_appendf(&rendered->dir, "%s/broker", rendered->broker->folder);
    const char *const argv[] = {getenv("STUDYDAY"), "init", site.data, NULL};
    if (rendered_spawn(rendered, argv) != 0)
        support_die("studyday init failed");
    text_deinit(&site);
    return rendered;
}

Rendered *rendered_free(Rendered *rendered)
{
    if (!rendered)
        return NULL;
    rendered->broker = broker_free(rendered->broker);
    text_deinit(&rendered->site);
    text_deinit(&rendered->dir);
    free(rendered);
    return NULL;
}

int rendered_run(const Rendered *rendered, const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX] = {getenv("STUDYDAY"), "--config", rendered->site.data,
                                       "broker",           "render",   rendered->dir.data};
    size_t count = 6;

    while (*arguments && count < ARGUMENTS_MAX - 1)
        argv[count++] = *arguments++;
    return rendered_spawn(rendered, argv);
}

void rendered_add_user(const Rendered *rendered, const char *user)
{
    Text path = {0};

    text_appendf(&path, "%s/passwords", rendered->dir.data);
    const char *const argv[] = {"mosquitto_passwd", "-b", path.data, user, RENDERED_PASSWORD, NULL};
    if (rendered_spawn(rendered, argv) != 0)
        support_die("mosquitto_passwd failed");
    text_deinit(&path);
}

void rendered_start(Rendered *rendered)
{
    Text path = {0};

    text_appendf(&path, "%s/mosquitto.conf", rendered->dir.data);
    free(rendered->broker->config);
    rendered->broker->config = text_take(&path);
    broker_resume(rendered->broker);
}

Line *rendered_line(const Rendered *rendered, const char *user)
{
    Line *line = line_new_at(rendered->broker->port);

    line->options.client_id = user ? user : "nobody";
    line->options.username = user;
    line->options.password = user ? RENDERED_PASSWORD : NULL;
    line->options.hold_acks = false;
    return line;
}
