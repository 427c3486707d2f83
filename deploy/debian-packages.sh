#!/bin/bash
# Installs what building, testing and trying studyday needs on Debian 12, and nothing if it is all there.
#   deploy/debian-packages.sh          installs what is missing (asks sudo where it is not root)
#   deploy/debian-packages.sh --list   prints the names
set -eu

packages=(
  build-essential clang libclang-rt-14-dev clang-format meson ninja-build pkg-config gettext scdoc mandoc # build
  libmosquitto-dev libsqlite3-dev libjansson-dev libsodium-dev libssl-dev libconfuse-dev libcsv-dev libunistring-dev
  libarchive-dev libexpat1-dev libqrencode-dev
  libsystemd-dev libcmocka-dev
  libxlsxwriter-dev libcairo2-dev libpango1.0-dev fonts-noto-cjk # reports as xlsx and pdf
  mosquitto mosquitto-clients sqlite3 tzdata # run
  strace python3 procps openssl poppler-utils faketime # test
)

if [ "${1:-}" = --list ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = 'install ok installed' ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
    exit 77
  }
  sudo=(sudo)
fi
echo "Installing: ${missing[*]}" >&2
log=$(mktemp)
install() {
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1
}
# The lists of packages may be older than what the mirrors still have, or not there at all.
if ! install && ! { "${sudo[@]}" apt-get update >>"$log" 2>&1 && install; }; then
  tail -n 20 "$log" >&2
  echo "The whole output is in $log" >&2
  exit 69
fi
rm -f "$log"

# Debian starts a broker of its own on port 1883. Ours are private ones on free ports; who had none before is not
# left with one that nobody asked for.
case " ${missing[*]} " in
*' mosquitto '*)
  if [ -d /run/systemd/system ]; then
    "${sudo[@]}" systemctl disable --now mosquitto.service >/dev/null 2>&1 || true
  fi
  ;;
esac
