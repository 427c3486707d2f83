#!/bin/sh
# studyday import over the real program: exit codes, messages, all or nothing. What each kind takes is tested in
# tests/office.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

exits 0 "the same file again" $studyday import members members.csv
is "… changes nothing" "$(cat out)" "members.csv: 0 added, 0 changed, 2 unchanged"

printf 'member,name,org,from\nM3,王五,A-1,2020-01-01\nM4,赵六,X,2020-01-01\nM5,,A-1,tomorrow\n' >bad.csv
exits 65 "a file with errors" $studyday import members bad.csv
is "… lists them all with file, line, column and reason" "$(sed '$d' err)" \
"bad.csv:3: org: there is no org X
bad.csv:4: name: is empty
bad.csv:4: from: a date is YYYY-MM-DD, of a day that exists"
is "… and nothing on standard output" "$(cat out)" ""
exits 65 "… nothing of it was imported" $studyday attendance add S-1 M3 in --why test

printf 'member,name,org,from\nM3,王五,A-1,2020-01-01\n' | iconv -t GB18030 >gb.csv
exits 0 "GB18030 with --dry-run" $studyday import members gb.csv --dry-run
is "… says what would change" "$(cat out)" "gb.csv: 1 added, 0 changed, 0 unchanged (dry run: nothing was written)
added: 1
  M3: A-1, from 2020-01-01
attendance rows that change: 1"
exits 0 "GB18030" $studyday import members gb.csv
exits 0 "… is stored as what it says" $studyday record M3 --format json
has "… in UTF-8" out '"name":"王五"'

printf 'member,name,org,from\nM6,孙七,A-1,2020-01-01\n' >m6.csv
$studyday import members - <m6.csv >out 2>err
is "a file on standard input" "$(cat out)" "-: 1 added, 0 changed, 0 unchanged"
cat m6.csv | $studyday import members - >out 2>err
is "… through a pipe" "$(cat out)" "-: 0 added, 0 changed, 1 unchanged"

exits 66 "a file that is not there" $studyday import members nowhere.csv
exits 66 "a folder" $studyday import members site
exits 64 "an unknown kind" $studyday import cows members.csv
if [ "$(id -u)" = 0 ]; then
    skip "a file that may not be read" "root may read everything"
else
    chmod 0 m6.csv
    exits 77 "a file that may not be read" $studyday import members m6.csv
fi

exec 9>site/studyday.db.lock
flock 9
exits 75 "another process is the writer" $studyday import members members.csv
has "… says whom it asked" err 'studyday.sock'
exits 0 "… reading goes on" $studyday report month 2026-10
flock -u 9

mv site/studyday.db gone.db
exits 66 "no database" $studyday import members members.csv
exits 66 "no database to read" $studyday verify
head -c 8192 /dev/zero >site/studyday.db
exits 65 "a database that is none" $studyday import members members.csv
tap_done
