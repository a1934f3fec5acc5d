# How the scripts here speak: a line a step, to stdout; what stops them, to stderr.
STATE=/var/cache/entente-airgap
mkdir -p "$STATE"

say() { printf 'airgap: %s\n' "$*"; }
die() { printf 'airgap: %s\n' "$*" >&2; exit 1; }

# row STATE NAME MEGABYTES SECONDS REMARK
row() { printf 'airgap: %-8s %-48s %6s MB %5s s  %s\n' "$1" "$2" "$3" "$4" "${5:-}"; }

# waited_for SECONDS COMMAND...: asks every 0.2 s until the command succeeds.
waited_for() {
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.2
  done
}

# quietly NAME COMMAND...: keeps the output in a file, and shows its end where the command fails.
quietly() {
  local log=$STATE/$1.log; shift
  "$@" >"$log" 2>&1 || { printf 'airgap: failed: %s\n' "$*" >&2; tail -20 "$log" >&2; return 1; }
}
