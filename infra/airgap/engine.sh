# The Docker engine: Debian's packages, a running daemon, the compose plugin.
PIDFILE=/var/run/docker.pid
DAEMON_LOG=/var/log/entente-dockerd.log
PLUGINS=/usr/local/lib/docker/cli-plugins

packages_installed() {
  local began=$SECONDS missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v mvn >/dev/null || missing+=(maven)
  [ -d "$(java_home)/jmods" ] || missing+=(openjdk-17-jdk-headless)
  [ "${#missing[@]}" -gt 0 ] || return 0
  quietly apt-update apt-get update
  quietly apt-install env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates "${missing[@]}"
  say "installed ${missing[*]} in $((SECONDS - began)) s"
}

# The JDK behind the first javac or java that is found; empty where there is none.
java_home() {
  local found
  found=$(command -v javac || command -v java) || return 0
  dirname "$(dirname "$(readlink -f "$found")")"
}

engine_answers() { docker info >/dev/null 2>&1; }

# Starts dockerd where none answers. One that is starting is waited for; a pid file whose process is gone or is another program is taken
# away; containers left by a daemon that was killed make the next start take some seconds more.
daemon_running() {
  if engine_answers; then
    say "the engine answers: $(docker version --format '{{.Server.Version}}')"
    return
  fi
  local began=$SECONDS pid
  pid=$(cat "$PIDFILE" 2>/dev/null || true)
  if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    say "dockerd ($pid) is there and does not answer yet"
  else
    rm -f "$PIDFILE"
    setsid nohup dockerd >>"$DAEMON_LOG" 2>&1 </dev/null &
    disown
  fi
  waited_for 90 engine_answers || { tail -20 "$DAEMON_LOG" >&2; die "dockerd did not answer within 90 s; its log is $DAEMON_LOG"; }
  say "the engine answers after $((SECONDS - began)) s: $(docker version --format '{{.Server.Version}}')"
}

# `docker compose`: Debian 12 packages version 1 only. The next release's package holds version 2 as one static program.
compose_installed() {
  if docker compose version >/dev/null 2>&1; then
    return
  fi
  local began=$SECONDS work mirror apt
  work=$(mktemp -d)
  mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" && $2 !~ /security/ { print $2; exit } $1 == "deb" && $2 ~ /^\[/ { print $3; exit }' /etc/apt/sources.list)
  mkdir -p "$work"/{sources,lists/partial,cache/archives/partial}
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" >"$work/sources/next.list"
  apt=(apt-get -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources" -o "Dir::State::Lists=$work/lists"
    -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  quietly compose-update "${apt[@]}" update
  (cd "$work" && quietly compose-download "${apt[@]}" download docker-compose && dpkg-deb -x docker-compose_*.deb unpacked)
  install -D -m 755 "$work/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$PLUGINS/docker-compose"
  rm -rf "$work"
  docker compose version >/dev/null || die "the compose plugin was installed into $PLUGINS and does not run"
  say "installed compose $(docker compose version --short) in $((SECONDS - began)) s"
}
