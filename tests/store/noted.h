#pragma once
// A site whose heads are kept apart, and somebody who changes its files behind its back.
#include "core/store/heads.h"
#include "tests/store/site.h"

typedef struct Heard {
    char text[2000];
    int64_t count;
} Heard;

extern char noted_path[128]; // the file of heads

/// For cmocka: t-a has sent events 1 to 4, noted at 09:10, and 5 to 7, noted at 09:20 of 2026-11-05; t-b 1
/// and 2, noted at 09:10. The audit log has one entry more at each of the two.
int noted_setup(void **state);

/// What verify has to say, as lines.
Heard noted_verify(Site *site);
void noted_assert_whole(Site *site);
void noted_assert_heard(Site *site, const char *said);
int noted_keep(Site *site, HeadsOutcome *ret_outcome, Text *words);
void noted_assert_kept(Site *site, HeadsOutcome expected);

/// Check-ins of these numbers, always the same ones.
void noted_events(Site *site, const char *terminal, uint64_t from, uint64_t to);
/// An entry of the audit log.
void noted_enter(Site *site, const char *subject);
void noted_note_at(Site *site, const char *time);

void noted_execute(const char *path, const char *sql);
void noted_close(Site *site);
void noted_open(Site *site);
/// The database as it is now, without a WAL.
void noted_copy_database(Site *site, const char *to);
/// In the place of the database: that file, and nothing beside it.
void noted_put_back(Site *site, const char *from);
