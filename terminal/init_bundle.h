#pragma once
// studyday-terminal init DIR --bundle FILE

/// Makes the terminal of the bundle in `folder`; where it is already, takes over the bundle's secrets.
/// Returns an exit code after having said what is wrong.
int init_bundle_take(const char *folder, const char *file);
