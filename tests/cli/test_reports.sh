#!/bin/sh
# The registry of reports: the list, the help of each, and what the command line refuses (64).
studyday=$(realpath "$2")
. "$1/support/tap.sh"

exits 0 "report list needs no site" $studyday report list
for report in month session watch makeups home points silent coverage; do
    run $studyday report list
    has "report list has $report with an example" out "^$report +.*studyday report $report"
    exits 0 "report $report --help" $studyday report $report --help
    has "… shows its usage" out "^Usage: studyday report $report "
    has "… and an example" out "^  studyday report $report "
done
hasnt "report session --help leaves out what others take" out "--revision"
exits 0 "report list as JSON" $studyday report list --format json
has "… is one document" out '^\{"report":"list","reports":\[\{"name":"month","takes":"YYYY-MM",.*"example":"studyday report month'

exits 64 "no report" $studyday report
has "… points at the list" err 'report list'
exits 64 "unknown report" $studyday report dance
has "… is named" err 'dance'
exits 64 "month without a month" $studyday report month
has "… says what it takes" err 'report month YYYY-MM'
exits 64 "month that is none" $studyday report month 2026-13
has "… is named" err '2026-13'
exits 64 "session without a session" $studyday report session
exits 64 "two months" $studyday report month 2026-10 2026-11
exits 64 "an option of another report" $studyday report session S-1 --changes
has "… is named" err 'session has no --changes'
exits 64 "a depth that is no number" $studyday report month 2026-10 --depth x
tap_done
