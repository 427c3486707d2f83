#pragma once
// A site whose broker configuration is rendered by the real command.
#include "core/base/text.h"
#include "tests/net/line.h"
#include "tests/support/broker.h"
#include "tests/support/support.h"

#define RENDERED_PASSWORD "0123456789abcdef"

typedef struct Rendered {
    Broker *broker; // its folder holds the site (site/) and what was rendered (broker/)
    Text site;      // path of studyday.conf
    Text dir;       // path of the rendered folder
} Rendered;

Rendered *rendered_new(void);
Rendered *rendered_free(Rendered *rendered);
/// Runs `studyday broker render DIR` and the further arguments (NULL-terminated); its exit code.
int rendered_run(const Rendered *rendered, const char *const *arguments);
/// Gives a user RENDERED_PASSWORD by mosquitto_passwd.
void rendered_add_user(const Rendered *rendered, const char *user);
/// Starts mosquitto with what was rendered.
void rendered_start(Rendered *rendered);
/// A connection as this user, not yet connected.
Line *rendered_line(const Rendered *rendered, const char *user);
