#pragma once
// Tables about the care for personal data (migrations.c).
//
// reading: who looked at whose record; nothing but retention deletes from it. erased: members without name
// and cards, whose codes nobody may take up again. redacted: events whose bytes are no longer as they were
// sent, with the chain behind each as it was, so that the chain can be followed past them. retention: how
// long what is kept; days NULL: for ever. card_key: a mark of the key under which the cards stand, and where
// it lies.
#define PRIVACY_SCHEMA                                                                                     \
    "CREATE TABLE reading (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT " \
    "NULL, member INTEGER NOT NULL) STRICT;"                                                               \
    "CREATE INDEX reading_member ON reading (member, id);"                                                 \
    "CREATE TRIGGER reading_changed BEFORE UPDATE ON reading"                                              \
    "  BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END;"                                          \
    "CREATE TABLE erased (member INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;"                        \
    "CREATE TABLE redacted (key INTEGER PRIMARY KEY, chain BLOB NOT NULL) STRICT;"                         \
    "CREATE TABLE retention (what TEXT PRIMARY KEY, days INTEGER, source TEXT NOT NULL)"                   \
    "  STRICT, WITHOUT ROWID;"                                                                             \
    "CREATE TABLE card_key (mark BLOB NOT NULL, path TEXT NOT NULL) STRICT;"                               \
    "INSERT INTO retention VALUES"                                                                         \
    "  ('former-members', NULL, 'example: names of those who have left; to be confirmed'),"                \
    "  ('quarantine', 365, 'example: what was refused and has been settled; to be confirmed'),"            \
    "  ('reads', 1095, 'example: who looked at a record; to be confirmed');"
