#pragma once
// The commands, one file each (cmd_NAME.c).
#include "cli/command.h"

extern const Command cmd_init;
extern const Command cmd_import;
extern const Command cmd_broker;
extern const Command cmd_terminal;
extern const Command cmd_attendance;
extern const Command cmd_audit;
extern const Command cmd_leave;
extern const Command cmd_home;
extern const Command cmd_spotcheck;
extern const Command cmd_roll;
extern const Command cmd_headcount;
extern const Command cmd_objection;
extern const Command cmd_quarantine;
extern const Command cmd_status;
extern const Command cmd_month;
extern const Command cmd_session;
extern const Command cmd_report;
extern const Command cmd_record;
extern const Command cmd_rules;
extern const Command cmd_person;
extern const Command cmd_retention;
extern const Command cmd_points;
extern const Command cmd_events;
extern const Command cmd_explain;
extern const Command cmd_head;
extern const Command cmd_verify;
extern const Command cmd_recompute;
extern const Command cmd_backup;
extern const Command cmd_restore;
extern const Command cmd_doctor;
extern const Command cmd_simulate;
