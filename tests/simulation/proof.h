#pragma once
// What must hold, whatever has happened. Each of these calls world_fail() where it does not.

/// After a start of the collector: what was told as received or acknowledged before is there.
void proof_after_start(void);
/// After a start of a terminal: what was said to be recorded is there.
void proof_of_outbox(int terminal);
/// Nothing is said that a sound terminal would take for a collector gone wrong.
void proof_of_alarms(void);
/// At the end, with everything well again and every outbox received: the events of the outboxes and those of
/// the database are the same, none twice; totals and attendance are what is computed anew; and attendance is
/// what a small model of the rules says (model.c).
void proof_at_end(void);

/// The statuses that the deeds in the database make, against those of the database.
void model_compare(void);
