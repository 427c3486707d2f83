#!/bin/sh
# studyday terminal: keys stay in files of their owner, and are never shown.
studyday=$(realpath "$2")
. "$1/support/tap.sh"
. "$1/cli/site.sh"
make_site

exits 0 "enroll" $studyday terminal enroll t-1
key=$(cat site/keys/t-1.key)
is "… writes a key of 64 digits" "$(grep -Ec '^[0-9a-f]{64}$' site/keys/t-1.key)" 1
is "… for its owner alone" "$(stat -c %a site/keys/t-1.key)" 600
hasnt "… and does not print it" out "$key"
hasnt "… nor say it on standard error" err "$key"
exits 0 "enroll again" $studyday terminal enroll t-1
is "… keeps the key" "$(cat site/keys/t-1.key)" "$key"

exits 0 "enroll with a file of one's own" $studyday terminal enroll t-2 --key-file own.key
is "… makes it" "$(stat -c %a own.key)" 600
cp own.key exposed.key && chmod 644 exposed.key
exits 77 "a key that others can read" $studyday terminal enroll t-2 --key-file exposed.key
echo short >short.key && chmod 600 short.key
exits 65 "a file that is no key" $studyday terminal enroll t-2 --key-file short.key
exits 65 "a terminal that is not registered" $studyday terminal enroll t-9
is "… leaves no key behind" "$([ -e site/keys/t-9.key ] && echo yes)" ""
exits 64 "a name that no terminal can have" $studyday terminal enroll ../t-1
exits 64 "the reserved name" $studyday terminal enroll office

exits 0 "revoke" $studyday terminal revoke t-2 --why lost
exits 65 "revoke what is not registered" $studyday terminal revoke t-9
exits 0 "list as JSON lines" $studyday terminal list --format jsonl
has "… the enrolled one" out '^\{"terminal":"t-1","area":"county-a","point":"P-1","state":"enrolled"'
has "… the revoked one" out '^\{"terminal":"t-2",.*"state":"revoked"'
hasnt "… not the office" out '"office"'
hasnt "… and no key" out "$key"
exits 0 "list for people" $studyday terminal list
exits 64 "list in a form that there is not" $studyday terminal list --format cards
tap_done
