#!/bin/sh
# The points scheme is off until a site brings its rule; then points follow from attendance, and are redeemed.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site
cat >september.csv <<'CSV'
session,kind,title,starts,ends,org,minutes
S-0,study-day,九月学习日,2026-09-10 09:00,2026-09-10 11:00,C,120
CSV
$studyday import sessions september.csv >/dev/null || exit 1
exits 0 "M1 is there in September" $studyday attendance add S-0 M1 in --why "roll"
exits 0 "M1 is there in October" $studyday attendance add S-1 M1 in --why "roll"
exits 0 "M2 is late in October" $studyday attendance add S-1 M2 in --at "2026-10-10 09:30" --why "roll"

exits 78 "a balance while the scheme is off" $studyday points balance M1
has "… says that it is off" err 'the points scheme is off'
exits 78 "redeeming while it is off" $studyday points redeem M1 1 --why "towel"
exits 0 "a record" $studyday record M1 --year 2026 --format json
hasnt "… shows no points" out 'points'

cat >points.csv <<'CSV'
name,version,kind,key,value,from,source
points,1,points,enabled,yes,2026-10-01,支部大会决议
points,1,points,present,5,2026-10-01,支部大会决议
points,1,points,late,3,2026-10-01,支部大会决议
CSV
sed 's/enabled,yes/enabled,no/' points.csv >off.csv
exits 0 "a rule that is not enabled" $studyday rules import off.csv
exits 78 "… leaves it off" $studyday points balance M1
exits 0 "switched on" $studyday rules import points.csv
exits 0 "a balance" $studyday points balance M1 --format json
has "… counts from the rule's day on" out '"member":"M1",.*"earned":5,"redeemed":0,"balance":5'
has "… and says for what" out '"what":"earned","session":"S-1","points":5'
exits 0 "of another" $studyday points balance M2 --format json
has "… by status" out '"earned":3,'
exits 65 "of an unknown member" $studyday points balance X
exits 64 "redeem without a reason" $studyday points redeem M1 2
exits 64 "redeem nothing" $studyday points redeem M1 0 --why "towel"
exits 65 "redeem more than there are" $studyday points redeem M1 6 --why "towel"
has "… says how many there are" err 'M1 has 5 points, not 6'
exits 65 "redeem for an unknown member" $studyday points redeem X 1 --why "towel"
exits 0 "redeem" $studyday points redeem M1 4 --why "a towel"
has "… says what is left" out '4 points redeemed, 1 left'
exits 65 "redeem again" $studyday points redeem M1 4 --why "a towel"
exits 0 "the ledger" $studyday points balance M1 --format jsonl
has "… has the redemption" out '"what":"redeemed","session":null,"points":-4,"text":"a towel","who":"uid:'
exits 0 "for people, in Chinese" $studyday points balance M1 --lang zh_CN
exits 0 "the audit log" $studyday audit list --action points-redeem --format jsonl
has "… has it" out '"subject":"M1".*a towel'
exits 0 "a correction" $studyday attendance add S-1 M2 in --at "2026-10-10 09:00" --why "second page"
exits 0 "… corrects the points" $studyday points balance M2 --format json
has "… as well" out '"earned":5,'
exits 0 "verify" $studyday verify
exits 0 "recompute --diff" $studyday recompute --diff
tap_done
