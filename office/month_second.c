// month revise|reopen where the site wants two people: the first records a request, with the reason, which
// changes nothing; the second approves it, and then it is done as if asked for at that moment. Who asked
// cannot approve: users are told apart by their numbers, which the kernel vouches for. Whoever may give
// orders at all may withdraw a request: that changes nothing either.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/month_request.h"
#include "office/detail.h"
#include "office/month.h"

// An open request, with texts of its own.
typedef struct Asked {
    int64_t request;
    char action[16];
    char *who, *why;
} Asked;

static void cleanup_asked(Asked *asked)
{
    free(asked->who);
    free(asked->why);
}

static int take_request(void *user, const MonthRequest *request)
{
    Asked *asked = user;

    asked->request = request->request;
    snprintf(asked->action, sizeof(asked->action), "%s", request->action);
    asked->who = alloc_string(request->who);
    asked->why = alloc_string(request->why);
    return 0;
}

static int note_request(Office *office, const MonthTask *task, const char *step, const Asked *asked,
                        const char *before, const char *after, const char *why)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};

    if (before) {
        detail_text(&was, "action", asked->action);
        detail_text(&was, "state", before);
        detail_text(&was, "who", asked->who);
    }
    detail_text(&is, "action", asked->action);
    detail_number(&is, "request", asked->request);
    detail_text(&is, "state", after);
    return error_trace(detail_audit(office, step, task->name, why, &was, &is));
}

int month_ask(Office *office, const MonthTask *task, const char *action)
{
    CLEANUP(cleanup_asked) Asked open = {0};
    int64_t changes = 0;
    int r = strcmp(action, "revise") == 0 ? month_check_revise(office, task, &changes)
                                          : month_check_reopen(office, task);

    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = month_request_open(office->store, task->month, take_request, &open);
    if (r == 0)
        return office_refuse(office, EX_DATAERR,
                             _("%s: there is a request of %s already; approve it or withdraw it"), task->name,
                             open.who);
    if (r < 0)
        return error_trace(r);
    MonthRequest request = {.month = task->month,
                            .action = action,
                            .at = office->now,
                            .who = office->request->actor,
                            .why = task->why};
    r = month_request_add(office->store, &request, &open.request);
    snprintf(open.action, sizeof(open.action), "%s", action);
    if (r == 0)
        r = note_request(office, task, "month-request", &open, NULL, "open", task->why);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    office->committed_code = EX_TEMPFAIL; // what was asked for has not been done yet
    text_appendf(&office->reply->out,
                 _("%s: asked for, as request %" PRId64 "; another user approves it with `studyday month "
                   "approve %s`\n"),
                 task->name, open.request, task->name);
    return 0;
}

// Who somebody is, without the name: "uid:1000".
static bool is_same_user(const char *a, const char *b)
{
    size_t size = strcspn(a, " ");

    return size == strcspn(b, " ") && strncmp(a, b, size) == 0;
}

static int find_request(Office *office, const MonthTask *task, Asked *asked)
{
    int r = month_request_open(office->store, task->month, take_request, asked);

    if (r == MONTH_E_NONE)
        return office_refuse(office, EX_DATAERR, _("%s: nobody has asked for anything"), task->name);
    return error_trace(r);
}

int month_approve(Office *office, const MonthTask *task)
{
    CLEANUP(cleanup_asked) Asked asked = {0};
    CLEANUP(cleanup_text) Text both = {0};
    int r = find_request(office, task, &asked);

    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (is_same_user(asked.who, office->request->actor))
        return office_refuse(office, EX_NOPERM,
                             _("%s: you have asked for it yourself; it takes a second person"), task->name);
    text_appendf(&both, "%s + %s", asked.who, office->request->actor);
    MonthTask done = *task;
    done.who = text_cstr(&both);
    done.why = asked.why;
    r = month_request_decide(office->store, asked.request, "approved", office->now, office->request->actor);
    if (r == 0)
        r = note_request(office, task, "month-approve", &asked, "open", "approved", asked.why);
    if (r == 0)
        r = strcmp(asked.action, "revise") == 0 ? month_revise(office, &done)
                                                : month_reopen_now(office, &done);
    return error_trace(r);
}

int month_withdraw(Office *office, const MonthTask *task)
{
    CLEANUP(cleanup_asked) Asked asked = {0};
    int r = find_request(office, task, &asked);

    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    r = month_request_decide(office->store, asked.request, "withdrawn", office->now, office->request->actor);
    if (r == 0)
        r = note_request(office, task, "month-withdraw", &asked, "open", "withdrawn", task->why);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("%s: request %" PRId64 " is withdrawn\n"), task->name, asked.request);
    return 0;
}
