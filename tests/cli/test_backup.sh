#!/bin/sh
# studyday backup and restore: what is refused and what each leaves behind. That terminals fill a restored database is
# tested in tests/flow/restore.py.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

generation() { $studyday status --format json | sed 's/.*"generation":\([0-9]*\).*/\1/'; }

exits 64 "backup without a file" $studyday backup
exits 0 "a backup" $studyday backup copy.db
is "… is for its owner alone" "$(stat -c %a copy.db)" 600
is "… is one file" "$(echo copy.db*)" copy.db
is "… needs no WAL" "$(od -An -tx1 -j18 -N2 copy.db)" " 01 01"
exits 73 "a backup over a file" $studyday backup copy.db
ln -s nowhere link.db
exits 73 "a backup over a symbolic link" $studyday backup link.db
exits 73 "a backup into a folder that is not there" $studyday backup no/copy.db

exits 64 "restore without a file" $studyday restore
exits 64 "restore with a generation that is none" $studyday restore copy.db --generation -1
exits 73 "restore over a database" $studyday restore copy.db
has "… names the way" err "--force"
exits 66 "restore from a file that is not there" $studyday restore none.db --force
exits 65 "restore from something else" $studyday restore members.csv --force
sqlite3 other.db 'CREATE TABLE t (a); INSERT INTO t VALUES (1)'
exits 65 "restore from a database of somebody else" $studyday restore other.db --force
is "… changes nothing" "$(generation)" 1

cp copy.db damaged.db
sqlite3 damaged.db "UPDATE tally SET expected = expected + 1"
exits 65 "restore from a copy that fails verification" $studyday restore damaged.db --force
has "… says what was found" err "^total: "
is "… leaves no temporary file" "$(ls site | grep -c tmp)" 0
size=$(stat -c %s copy.db)
head -c $((size / 2)) copy.db >half.db
exits 65 "restore from half a copy" $studyday restore half.db --force

exec 9<>site/studyday.db.lock
flock 9
exits 75 "restore while a writer holds the database" $studyday restore copy.db --force
exec 9>&-

printf 'member,name,org,from\nM3,王五,A-1,2020-01-01\n' >more.csv
$studyday import members more.csv >/dev/null
exits 0 "restore with --force" $studyday restore copy.db --force
is "… is a new generation" "$(generation)" 2
exits 65 "… without what came after the backup" $studyday attendance add S-1 M3 in --why "paper roll"
aside=$(ls site/studyday.db.before-restore-* | grep -v wal)
is "… keeps the database that was there" "$(sqlite3 "$aside" 'SELECT count(*) FROM member')" 3
is "… is for its owner alone" "$(stat -c %a site/studyday.db)" 600
exits 0 "… is whole" $studyday verify
is "… is in the audit log" "$(sqlite3 site/studyday.db "SELECT subject, detail FROM audit WHERE action = 'restore'")" \
    'copy.db|{"new":{"generation":2},"old":{"generation":1}}'

exits 0 "the same backup again" $studyday restore copy.db --force
is "… is above the generation that was there" "$(generation)" 3
exits 0 "restore with a generation" $studyday restore copy.db --force --generation 9
is "… takes it" "$(generation)" 9
exits 0 "restore with a generation that is too low" $studyday restore copy.db --force --generation 2
is "… goes on above it" "$(generation)" 10

rm site/studyday.db
printf 'stale' >site/studyday.db-wal
exits 0 "restore where the database is lost" $studyday restore copy.db
is "… puts its WAL away" "$(cat site/studyday.db.before-restore-*-wal)" stale
exits 0 "… is whole" $studyday verify
printf 'garbage, not a database at all' >site/studyday.db
exits 0 "restore over a file that is no database" $studyday restore copy.db --force
exits 0 "… is whole" $studyday verify

mkdir closed
chmod 500 closed
if [ "$(id -u)" = 0 ]; then
    skip "a backup into a folder that may not be written" "root may write everywhere"
else
    exits 77 "a backup into a folder that may not be written" $studyday backup closed/copy.db
fi

# A card is known under one key only: with another one its events would be taken from whom they count for.
printf 'member,name,org,from,card\nM1,张三,A-1,2020-01-01,CARD-1\n' >cards.csv
$studyday import members cards.csv >/dev/null
exits 0 "a backup with cards" $studyday backup cards.db
mkdir -p elsewhere
cp site/studyday.db elsewhere/
sed 's|^database = .*|database = "'"$PWD"'/elsewhere/studyday.db"|' site/studyday.conf >site/elsewhere.conf
exits 0 "a copy elsewhere is written" ${studyday%% *} --config site/elsewhere.conf import members cards.csv
is "… and has taken the key along" "$(cmp site/cards.key elsewhere/cards.key && stat -c %a elsewhere/cards.key)" 600
rm -r elsewhere site/elsewhere.conf
mv site/cards.key key
exits 78 "restore without the key of the cards" $studyday restore cards.db --force
has "… names the way" err "--without-cards"
is "… makes no key" "$(ls site | grep -c cards.key)" 0
exits 78 "a change without the key" $studyday import members cards.csv
has "… says which file is missing" err "cards.key"
exits 0 "a report needs none" $studyday report month 2026-11
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >site/cards.key
chmod 600 site/cards.key
exits 78 "a change under another key" $studyday import members cards.csv
exits 78 "restore under another key" $studyday restore cards.db --force
exits 77 "recompute cannot say whose a card's events are" $studyday recompute --diff
exits 0 "restore without the cards" $studyday restore cards.db --force --without-cards
is "… has none" "$(sqlite3 site/studyday.db 'SELECT count(*) FROM card')" 0
exits 0 "… takes them from the members' file" $studyday import members cards.csv
exits 0 "… is whole" $studyday verify
exits 0 "… and computes as it did" $studyday recompute --diff
tap_done
