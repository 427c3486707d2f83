#!/bin/sh
# What has been kept long enough goes, by rules; a dry run tells and changes nothing; figures are never touched.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
sql() { # TEXT
    python3 -c 'import sqlite3, sys; c = sqlite3.connect("site/studyday.db"); c.execute(sys.argv[1]); c.commit()' "$1"
}

exits 0 "show" $studyday retention show --format jsonl
is "… lists the shipped examples" "$(wc -l <out)" 3
has "… the log of reads" out '"what":"reads","days":1095,"due":0,"source":"example: '
has "… those who have left: not by default" out '"what":"former-members","days":null,"due":0'
exits 0 "run with nothing to do" $studyday retention run
has "… says so" out 'Nothing has been kept for too long'

$studyday record M1 >/dev/null || exit 1
sql "INSERT INTO reading (at, who, what, member) VALUES (1, 'uid:1', 'record', 1)"
sql "INSERT INTO quarantine (received, topic, terminal, epoch, reason, path, state, payload) VALUES (1, 't', '', '', 'bad-json', '', 'discarded', x'7b7a7a7a')"
sql "INSERT INTO quarantine (received, topic, terminal, epoch, reason, path, state, payload) VALUES (1, 't', '', '', 'bad-json', '', 'open', x'7b797979')"
exits 0 "a dry run" $studyday retention run --dry-run
has "… tells of the read" out 'reads: older than 1095 days: 1, would go'
has "… and of what was settled, not of what is open" out 'quarantine: older than 365 days: 1, would go'
exits 0 "the reads" $studyday person reads M1 --format jsonl
is "… are both there still" "$(wc -l <out)" 2
exits 0 "run" $studyday retention run
has "… tells what is gone" out 'reads: older than 1095 days: 1, gone'
exits 0 "the reads" $studyday person reads M1 --format jsonl
is "… are one" "$(wc -l <out)" 1
exits 0 "quarantine" $studyday quarantine list --format jsonl
is "… has the open one" "$(wc -l <out)" 1
hasnt "… and nothing is left of the other in the file" site/studyday.db zzz
exits 0 "the audit log" $studyday audit list --action retention-run --format jsonl
is "… has an entry for each rule" "$(wc -l <out)" 2

exits 64 "set without a reason" $studyday retention set former-members 30 --source x
exits 64 "set without a source" $studyday retention set former-members 30 --why x
exits 64 "set to no number" $studyday retention set former-members soon --source x --why x
exits 65 "set of what there is not" $studyday retention set events 30 --source x --why x
exits 0 "set" $studyday retention set former-members 30 --source "office rule 7" --why "decided"
printf 'member,name,org,from,to\nM2,李四,A-1,2020-01-01,2026-08-31\n' >left.csv
$studyday import members left.csv >/dev/null || exit 1
exits 0 "a dry run" $studyday retention run --dry-run
has "… finds who has left" out 'former-members: older than 30 days: 1, would go'
exits 0 "run" $studyday retention run
exits 0 "the record" $studyday record M2 --format json
has "… has no name" out '"member":"M2","name":""'
exits 0 "who is here" $studyday record M1 --format json
has "… has one" out '"name":"张三"'
exits 0 "verify" $studyday verify
exits 0 "recompute" $studyday recompute --diff
exits 0 "set back" $studyday retention set former-members never --source "office rule 8" --why "changed"
exits 64 "neither of them" $studyday retention list
tap_done
