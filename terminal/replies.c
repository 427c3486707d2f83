// A refusal must not pass for a record: it says so in plain words, then why, then the word that a help desk
// asks for.
#include "terminal/replies.h"

#include <string.h>

#include "core/base/i18n.h"

static const struct {
    const char *word, *title;
} reply_reasons[] = {
    {"bad-kind", N_("no such kind of scan; write in, out, leave, makeup, home, check, void or close first")},
    {"no-member", N_("nobody is named")},
    {"bad-member", N_("this is no member code")},
    {"bad-card", N_("this is no card")},
    {"member-and-card", N_("name either a member or a card")},
    {"bad-session", N_("this is no session code")},
    {"bad-at", N_("the time cannot be read")},
    {"bad-by", N_("the way of recording is not known")},
    {"bad-mode", N_("the mode is not known")},
    {"bad-clock", N_("the state of the clock is not known")},
    {"bad-minutes", N_("the minutes are missing or wrong")},
    {"bad-of", N_("the number of the scan to take back is missing or wrong")},
    {"bad-count", N_("the number of members seen is missing or wrong")},
    {"bad-found", N_("found must be 0 or 1")},
    {"bad-score", N_("a score is 0 to 100")},
    {"bad-reason", N_("the reason of the leave cannot be used")},
    {"bad-visitor", N_("this is no member code of a visitor")},
    {"bad-key", N_("an addition is not known")},
    {"bad-value", N_("a value holds something that cannot be used")},
    {"disk-full", N_("the disk of this terminal is full")},
    {"unsure", N_("the disk of this terminal failed while it was recorded; scan again")},
};

static const char *reply_title(const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof(reply_reasons) / sizeof(reply_reasons[0]); i++) {
        if (strlen(reply_reasons[i].word) == size && memcmp(reply_reasons[i].word, word, size) == 0)
            return _(reply_reasons[i].title);
    }
    return NULL;
}

bool reply_explain(const char *reply, Text *text)
{
    static const char recorded[] = "OK ", refused[] = "REFUSED ";

    if (strncmp(reply, recorded, sizeof(recorded) - 1) == 0) {
        const char *colon = strrchr(reply, ':');
        text_appendf(text, "%s %s", _("Recorded, number"), colon ? colon + 1 : reply + sizeof(recorded) - 1);
        return false;
    }
    if (strncmp(reply, refused, sizeof(refused) - 1) != 0) {
        text_append(text, reply);
        return false;
    }
    const char *word = reply + sizeof(refused) - 1;
    const char *title = reply_title(word, strcspn(word, " :"));
    const char *verdict =
        strncmp(word, "unsure ", 7) == 0 ? _("NOT SURE THAT IT IS RECORDED:") : _("NOT RECORDED:");
    if (title)
        text_appendf(text, "%s %s (%s)", verdict, title, word);
    else
        text_appendf(text, "%s %s", verdict, word);
    return true;
}
