#pragma once
// A store made of tables in a test: what core/store/query.h answers, said outright. So a test of the figures
// states totals, points and trees that differ by date, and depends on nothing that produces them.
#include "core/store/month.h"
#include "core/store/query.h"

typedef struct FakeOrg {
    const char *code, *parent; // parents first, siblings by code
} FakeOrg;
typedef struct FakeTree {
    Date from; // the tree holds from this day on, until the next one
    const FakeOrg *orgs;
    size_t count;
} FakeTree;
typedef struct FakePoint {
    const char *code, *org; // by code
    Coverage coverage;
    bool gap;
} FakePoint;
typedef struct FakeTally {
    const char *org;
    Tally tally;
} FakeTally;
typedef struct FakeGuests {
    const char *host, *home; // home NULL: none
    int64_t count;
} FakeGuests;
typedef struct FakeSession {
    const char *code, *org;
    Time starts;
    const FakePoint *points;
    size_t point_count;
    const FakeTally *tallies;
    size_t tally_count;
    const FakeGuests *guests;
    size_t guest_count;
} FakeSession;
typedef struct FakeMember {
    const char *org;
    MemberRole role;
    int64_t year_minutes;
    bool class_taken;
} FakeMember;

// A stored revision of a closed month, and how it differs from the one before.
typedef struct FakeRevision {
    Time at;
    const char *why;
    const MonthRow *rows;
    size_t row_count;
    const MonthSession *sessions;
    size_t session_count;
    const MonthChange *changes;
    size_t change_count;
} FakeRevision;

typedef struct FakeStore {
    const FakeTree *trees;
    size_t tree_count;
    const FakeSession *sessions; // by starts
    size_t session_count;
    const FakeMember *members;
    size_t member_count;
    // One member's record.
    const char *record_member;
    MemberRole record_role;
    Date record_asked; // set by query_member(): the date it was asked for
    int64_t record_minutes;
    const RecordEntry *record;
    size_t record_count;
    const FakeRevision *revisions; // of whatever month; the last is the latest
    size_t revision_count;
    Month revision_month; // where month_each_revision() says that they are
    bool reopened;
} FakeStore;

/// As the store that functions take.
static inline Store *fake_store(FakeStore *fake)
{
    return (Store *)fake;
}
