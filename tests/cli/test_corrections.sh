#!/bin/sh
# Corrections, the quarantine and the status over the real program, without a collector.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

status_of() { # MEMBER: status word of its first session
    $studyday record "$1" --year 2026 --format json | sed 's/.*"status":"\([a-z-]*\)".*/\1/'
}

exits 0 "leave" $studyday leave add S-1 M2 --why "on duty elsewhere"
is "… shows in the record" "$(status_of M2)" leave
exits 0 "attendance add" $studyday attendance add S-1 M1 in --why "the reader was broken"
is "… shows in the record" "$(status_of M1)" present
key=$($studyday events --member M1 | sed 's/.*"epoch":"\([^"]*\)","seq":\([0-9]*\).*/\1:\2/')
exits 0 "attendance void" $studyday attendance void office "$key" --why "was another person"
is "… shows in the record" "$(status_of M1)" unreported
exits 0 "home" $studyday home add S-1 M1 --visitor M2 --at "2026-10-20 10:00" --why "cannot walk"
is "… shows in the record" "$(status_of M1)" home
exits 0 "a reason that looks like an option" $studyday leave add S-1 M1 --why --help
exits 64 "no reason" $studyday attendance add S-1 M1 in
exits 65 "unknown member" $studyday attendance add S-1 M9 in --why x
exits 65 "unknown event" $studyday attendance void t-1 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:1 --why x
exits 0 "what is kept agrees with the events" $studyday recompute --diff

exits 0 "quarantine list of nothing" $studyday quarantine list --format jsonl
is "… is empty" "$(cat out)" ""
exits 65 "quarantine show of nothing" $studyday quarantine show 1
exits 64 "quarantine show without a number" $studyday quarantine show one
exits 69 "quarantine retry without a collector" $studyday quarantine retry 1

exits 0 "status as JSON" $studyday status --format json
has "… without a collector has no counters" out '^\{"running":false,"health":null,"counters":null,"store":"[0-9A-Z]{26}","generation":1,'
has "… and the totals of the database" out '"members":2'
exits 0 "status for people" $studyday status
has "… in words" out '^collector running: false'
exits 0 "… in Chinese where the catalogue is" $studyday status --lang zh_CN

$studyday status --format json >/dev/full 2>err
is "output that does not arrive is an error" $? 74
tap_done
