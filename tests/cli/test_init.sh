#!/bin/sh
# studyday init: what it makes, and that it never makes it over anything.
studyday=$(realpath "$2")
. "$1/support/tap.sh"

exits 0 "init in a new folder" $studyday init site
has "… says what to do next" out 'studyday --config site/studyday.conf import orgs'
for file in studyday.conf studyday.db keys; do
    is "… makes $file" "$([ -e site/$file ] && echo yes)" yes
done
is "the database is for its owner alone" "$(stat -c %a site/studyday.db)" 600
is "the keys are for their owner alone" "$(stat -c %a site/keys)" 700
exits 0 "the configuration is sound" $studyday --config site/studyday.conf --check-config
exits 0 "… and the database as well" $studyday --config site/studyday.conf verify

before=$(sha256sum site/studyday.conf site/studyday.db)
exits 73 "init over a site" $studyday init site
is "… changes nothing" "$(sha256sum site/studyday.conf site/studyday.db)" "$before"

mkdir empty half
exits 0 "init in an empty folder" $studyday init empty
echo mine >half/studyday.conf
exits 73 "init beside a configuration" $studyday init half
is "… leaves it alone" "$(ls half)" studyday.conf
echo mine >file
exits 73 "init where a file is" $studyday init file
exits 73 "init below a folder that is not there" $studyday init no/where
is "… makes nothing" "$([ -e no ] && echo yes)" ""
tap_done
