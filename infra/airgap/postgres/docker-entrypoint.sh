#!/usr/bin/env bash
# Makes the database on the first start and runs the server, by the official image's variables: POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB
# (each also as <name>_FILE), POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA. What lies in /docker-entrypoint-initdb.d runs once.
set -euo pipefail

# from_file NAME: NAME is what the file NAME_FILE holds, where that is given.
from_file() {
  local file=$1_FILE
  [ -n "${!file:-}" ] || return 0
  [ -z "${!1:-}" ] || { echo "both $1 and $file are set; set one" >&2; exit 1; }
  printf -v "$1" %s "$(<"${!file}")"
  unset "$file"
}

as_owner() {
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
}

make_database() {
  from_file POSTGRES_PASSWORD; from_file POSTGRES_USER; from_file POSTGRES_DB
  local user=${POSTGRES_USER:-postgres}
  local database=${POSTGRES_DB:-$user} method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo 'no password for the superuser: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD' >&2; exit 1
  fi
  # shellcheck disable=SC2086 # arguments are words
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-unused}") --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses=''" --wait start
  export PGUSER=$user PGDATABASE=postgres PGPASSWORD=${POSTGRES_PASSWORD:-}
  [ "$database" = postgres ] || psql -v ON_ERROR_STOP=1 -v name="$database" <<<'CREATE DATABASE :"name"'
  PGDATABASE=$database
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) psql -v ON_ERROR_STOP=1 --no-password --file="$file" ;;
      *.sql.gz) gunzip --stdout "$file" | psql -v ON_ERROR_STOP=1 --no-password ;;
    esac
  done
  unset PGUSER PGDATABASE PGPASSWORD
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  echo 'PostgreSQL init process complete; ready for start up.'
}

[ "${1:-}" != -c ] || set -- postgres "$@"
if [ "${1:-}" = postgres ]; then
  [ "$(id -u)" != 0 ] || as_owner "$@"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_database; fi
  unset POSTGRES_PASSWORD
  shift
  set -- postgres -c 'listen_addresses=*' "$@"
fi
exec "$@"
