#pragma once
// User-visible text goes through gettext. _("...") translates now; N_("...") marks a constant for later.
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

/// Locale from the environment, our catalogue, UTF-8 output. `lang` ("zh_CN", "en") overrides; NULL does not.
void i18n_init(const char *lang);
/// The language of messages as the environment and i18n_init() have it: "zh_CN", "en", "C", ...
const char *i18n_language(void);
