#pragma once
// What an operation of the office gets and gives. office.c opens the transaction, calls the operation and
// ends the transaction; an operation never does.
#include "core/base/options.h"
#include "core/store/ledger.h"
#include "core/store/store.h"
#include "office/office.h"

typedef struct Office {
    Store *store;
    Ledger *ledger; // its transaction is open, and is the store's too
    const ConfigSite *config;
    const OfficeRequest *request;
    OfficeReply *reply;
    Options options; // of request->argv; operands[0] is the first after the operation's name
    Time now;
    bool commit;         // set by the operation when it wrote something that is to stay
    int committed_code;  // the exit code once that is committed, where it is not 0: it stays, and yet more is
                         // needed
    bool logins_changed; // once that is committed, the broker's files follow
    bool wipe;           // once that is committed, nothing of what was deleted may be left in the file
} Office;

typedef struct OfficeOperation {
    const char *name;
    const ProgramOption *options;
    /// Negative errno when something failed; whatever else is wrong is said by office_refuse() and returns 0.
    int (*run)(Office *office);
} OfficeOperation;

/// Says what is wrong as a line of the reply's `err` and sets the exit code; nothing will be committed.
/// Returns 0.
int office_refuse(Office *office, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// An entry of the audit log, by whoever asks.
int office_audit(Office *office, const char *action, const char *subject, const char *why,
                 const char *detail);
/// The value of --why, or NULL after having refused: every correction has a reason, a clean text of bounded
/// length.
const char *office_why(Office *office);
/// The value of another option that is such a text, "text" say, or NULL after having refused.
const char *office_words(Office *office, const char *option, const char *missing);

extern const OfficeOperation office_import;
extern const OfficeOperation office_terminal;
extern const OfficeOperation office_quarantine;
extern const OfficeOperation office_attendance;
extern const OfficeOperation office_leave;
extern const OfficeOperation office_home;
extern const OfficeOperation office_month;
extern const OfficeOperation office_objection;
extern const OfficeOperation office_session;
extern const OfficeOperation office_rules;
extern const OfficeOperation office_points;
extern const OfficeOperation office_open_due;
extern const OfficeOperation office_recompute;
extern const OfficeOperation office_spotcheck;
extern const OfficeOperation office_roll;
extern const OfficeOperation office_headcount;
extern const OfficeOperation office_person;
extern const OfficeOperation office_retention;
extern const OfficeOperation office_read;
