#pragma once
// The examinations of `studyday doctor`: each says what it found as rows of the report.
#include "core/base/config.h"
#include "reports/report.h"

typedef enum DoctorState { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL } DoctorState;

typedef struct Doctor {
    const ConfigSite *config;
    Report *report;
    int failed, warned;
    int code;               // exit code of the first failure, EX_OK
    bool collector_runs;    // doctor_collector() has found one
    int64_t terminal_count; // of the register, 0 not known
} Doctor;

/// A finding. `code` is the exit code that a failure brings.
void doctor_say(Doctor *doctor, const char *check, DoctorState state, int code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

// What lies on this machine (doctor_site.c).
void doctor_configuration(Doctor *doctor);
void doctor_clock(Doctor *doctor);
void doctor_secrets(Doctor *doctor);
void doctor_database(Doctor *doctor);
void doctor_disk(Doctor *doctor);

// What has to answer (doctor_service.c).
void doctor_collector(Doctor *doctor);
void doctor_broker(Doctor *doctor);
void doctor_broker_limits(Doctor *doctor);
