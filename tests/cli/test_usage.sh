#!/bin/sh
# Help, version, and what is a mistake in the command line (64) or in the configuration (78).
studyday=$(realpath "$2")
. "$1/support/tap.sh"

exits 0 "--version is fine" $studyday --version
has "--version names program and version" out '^studyday [0-9]+\.[0-9]+'
exits 0 "--help is fine" $studyday --help
for command in init import terminal attendance leave home quarantine status report record events verify recompute; do
    run $studyday --help
    has "--help lists $command" out "^  $command +[a-z]"
    run $studyday $command --help
    has "$command --help has a usage" out "^Usage: studyday $command|^ +studyday $command"
done
exits 0 "--help before the command" $studyday --help import
has "… is the command's" out 'import KIND FILE'
exits 0 "--lang may stand anywhere" $studyday status --help --lang zh_CN

exits 64 "no command" $studyday
is "… says nothing on standard output" "$(cat out)" ""
exits 64 "unknown command" $studyday dance
exits 64 "unknown option before the command" $studyday --dance status
exits 64 "option without its value" $studyday status --config
exits 64 "flag with a value" $studyday status --help=yes
exits 64 "unknown log level" $studyday --log-level loud status
exits 64 "unknown option of a command" $studyday status --loud
exits 64 "unknown format" $studyday status --format pdf
exits 64 "init without a folder" $studyday init
exits 64 "import without a file" $studyday import members
exits 64 "an option given twice" $studyday status --format json --format text

exits 78 "configuration that is not there" $studyday --config nowhere.conf status
echo 'databose = "x"' >bad.conf
exits 78 "configuration with an unknown key" $studyday --config bad.conf status
has "… names file and line" err '^bad.conf:1: '
exits 78 "--check-config finds it" $studyday --config bad.conf --check-config
$studyday init site >/dev/null
exits 0 "--check-config of a sound one" $studyday --config site/studyday.conf --check-config
tap_done
