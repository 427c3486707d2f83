#pragma once
// The broker's password file, kept up to date with the register of terminals. Each registered terminal with a
// credential has its line, a revoked one has none, and lines of users that the register does not know (the
// collector's, those of plain readers) stay as they are.
#include "core/base/config.h"
#include "core/base/text.h"
#include "core/store/store.h"

#define BROKER_FILES_PASSWORDS "passwords"

enum { BROKER_FILES_E_NOT_TOLD = 1 }; // written, but the broker could not be told

/// Brings `config->broker_folder`/passwords up to date and tells the broker, if anything changed. Does
/// nothing where the folder is "", or there is no
/// configuration. Negative: it could not be read or written.
int broker_files_update(Store *store, const ConfigSite *config);
/// The same for one file, without telling; `ret_changed` may be NULL. A missing file is made.
int broker_files_write(Store *store, const char *path, bool *ret_changed);
/// Sees to it that `user` can come in with this credential; a line that fits already stays as it is.
int broker_files_set(const char *path, const char *user, const char *credential);
/// The lines as they should be, from those that are there. Pure but for the register.
int broker_files_merge(Store *store, const char *passwords, Text *merged);
/// Puts `user` with this hash into the text of a password file, in place of a line that it may have.
void broker_files_put(Text *passwords, const char *user, const char *hash);
