#pragma once
// What the office does to the database: import, corrections, enrolment, quarantine. The same code runs inside
// the collector (asked through its control socket) and inside `studyday` (under the lock, when no collector
// runs), so it neither prints nor reads anything by itself: input is a descriptor, output goes into buffers.
#include <sys/types.h>

#include "core/base/config.h"
#include "core/base/program.h"
#include "core/base/text.h"
#include "core/store/store.h"

typedef struct OfficeRequest {
    int argc; // argv[0] is the operation: "import", "terminal", "quarantine", "attendance", ...
    char *const *argv;
    int file;              // descriptor of the input file, or -1
    const char *file_name; // as the user wrote it, for messages
    const char *actor;     // who asks: "uid:1000 name", for the audit log
    bool chinese;          // messages in the asker's language
} OfficeRequest;

typedef struct OfficeReply {
    int exit_code; // sysexits
    Text out, err;
    bool roster_changed;
} OfficeReply;

/// Runs one operation in its own transaction: all or nothing. Never fails itself: what goes wrong is in the
/// reply.
void office_run(Store *store, const ConfigSite *config, const OfficeRequest *request, OfficeReply *reply);
void office_reply_deinit(OfficeReply *reply);
/// "uid:1000 name", for OfficeRequest.actor; the caller frees it.
char *office_actor(uid_t uid);
/// Whether argv names an operation that writes (and so goes through the writer).
bool office_knows(const char *operation);

// Options of the operations, for whoever prints a help: the operations read their argv against the same
// tables.
extern const ProgramOption office_import_options[];
extern const ProgramOption office_terminal_options[];
extern const ProgramOption office_quarantine_options[];
extern const ProgramOption office_attendance_options[];
extern const ProgramOption office_leave_options[];
extern const ProgramOption office_home_options[];
extern const ProgramOption office_month_options[];
extern const ProgramOption office_objection_options[];
extern const ProgramOption office_session_options[];
extern const ProgramOption office_rules_options[];
extern const ProgramOption office_points_options[];
extern const ProgramOption office_spotcheck_options[];
extern const ProgramOption office_roll_options[];
extern const ProgramOption office_headcount_options[];
extern const ProgramOption office_person_options[];
extern const ProgramOption office_retention_options[];
