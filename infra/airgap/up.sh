#!/usr/bin/env bash
# Makes a Debian machine able to run docker-compose.yml: a Docker engine with compose, and every image that the file names.
# An image is pulled where a registry answers; where none does, one of the same name is built from Debian packages, Maven artifacts and
# this machine's own Python. Safe to run again: what is there stays. Run as root.
#
#   infra/airgap/up.sh            the engine and the images that the platform needs
#   infra/airgap/up.sh observe    and those of the profile `observe`
#
# Images built here carry this machine's trust store. They are for this machine: never publish one.
set -euo pipefail
cd "$(dirname "$0")"
. ./say.sh
. ./engine.sh
. ./images.sh

[ "$(id -u)" = 0 ] || die "run it as root: it installs packages and starts dockerd"
case "${1:-core}" in
  core) wanted=(core) ;;
  observe) wanted=(core observe) ;;
  *) die "there is no '$1'; say nothing, or observe" ;;
esac

began=$SECONDS
packages_installed
daemon_running
compose_installed
images_present "${wanted[@]}"
say "all in $((SECONDS - began)) s"
if [ -s "$FAILED" ]; then
  die "not all that was wanted could be had: $(paste -sd ' ' "$FAILED")"
fi
