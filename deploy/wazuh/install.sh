#!/bin/sh
# Installs Tocsin's parts beside Wazuh: `install.sh manager` on the manager, `install.sh agent` on a Linux or macOS
# endpoint. With --dry-run it says what it would do and changes nothing. It edits no ossec.conf: the snippets to paste
# are printed. Run it again after an update; it overwrites only its own files.
set -eu
ROLE=${1:-}
DRY=
[ "${2:-}" = --dry-run ] && DRY=yes
OSSEC=${OSSEC:-/var/ossec}
HERE=$(cd "$(dirname "$0")" && pwd)

usage() {
  echo "usage: install.sh manager|agent [--dry-run]" >&2
  echo "OSSEC names Wazuh's folder where it is not /var/ossec." >&2
  exit 2
}

install_file() { # install_file SOURCE TARGET MODE
  if cmp -s "$1" "$2" 2>/dev/null; then
    echo "same     $2"
  elif [ -n "$DRY" ]; then
    echo "would write $2 (root:wazuh $3)"
  else
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    chmod "$3" "$2.new"
    chown root:wazuh "$2.new" 2>/dev/null || chown root "$2.new" 2>/dev/null || true
    mv "$2.new" "$2"
    echo "written  $2"
  fi
}

case $ROLE in manager | agent) ;; *) usage ;; esac
[ -d "$OSSEC" ] || { echo "install.sh: there is no Wazuh in $OSSEC: set OSSEC" >&2; exit 1; }
[ -n "$DRY" ] || [ -w "$OSSEC" ] || { echo "install.sh: $OSSEC cannot be written: run it as root" >&2; exit 1; }

if [ "$ROLE" = manager ]; then
  for name in custom-tocsin custom-tocsin.py; do
    [ -f "$HERE/$name" ] && install_file "$HERE/$name" "$OSSEC/integrations/$name" 750
  done
  for file in "$HERE"/rules/*.xml; do [ -f "$file" ] && install_file "$file" "$OSSEC/etc/rules/$(basename "$file")" 640; done
  echo
  echo "Paste into $OSSEC/etc/ossec.conf what you want of these, then restart the manager:"
  for file in "$HERE"/ossec-conf/manager-*.xml; do echo "  $file"; done
  echo "And for file monitoring, into the agents' shared agent.conf: $HERE/ossec-conf/agent-syscheck.xml"
else
  for name in tocsin-lib.sh tocsin-respond tocsin-yara; do
    install_file "$HERE/active-response/$name" "$OSSEC/active-response/bin/$name" 750
  done
  [ -n "$DRY" ] || mkdir -p "$OSSEC/etc/tocsin"
  command -v yara >/dev/null 2>&1 || echo "missing  yara: install it with the system's package manager, or no file is scanned"
  [ -f "$OSSEC/etc/tocsin/rules.yar" ] || echo "missing  $OSSEC/etc/tocsin/rules.yar: put YARA rules there, or distribute signed ones through the manager"
fi
