#!/bin/sh
# Pins every dependency with its hashes and extras, without naming where it was fetched from.
# Usage: infra/lock.sh [UV]      UV: the uv executable to resolve with
set -eu
uv=${1:-uv}
parts=$(ls -d libs/* services/*)
local=$(for part in $parts; do printf -- '--no-emit-package entente-%s ' "$(basename "$part")"; done)
runtime=$(for part in $parts; do [ "$part" = libs/testkit ] || printf '%s/pyproject.toml ' "$part"; done)
# Word splitting of the lists is wanted.
# shellcheck disable=SC2086
lock() {
    target=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $local \
        "$@" --output-file "$target"
}
# shellcheck disable=SC2086
lock requirements.lock requirements.in $runtime
# shellcheck disable=SC2086
lock requirements-dev.lock requirements-dev.in requirements.lock libs/testkit/pyproject.toml
