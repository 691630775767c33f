# shellcheck shell=bash
# A PostgreSQL of our own for as long as the tests run: nothing in it is meant to last.
# Sourced, never run.

postgres_dir=
postgres_url=        # for whoever sources this

postgres_bin() {
  local server newest=
  for server in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
    if [[ -x $server/initdb ]]; then newest=$server; fi
  done
  echo "$newest"
}

# The server refuses to run as root.
as_server() {
  if (( EUID == 0 )); then
    (cd / && runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@")
  else
    "$@"
  fi
}

postgres_start() {
  local bin port attempt
  bin=$(postgres_bin)
  [[ -n $bin ]] || return 1
  postgres_dir=$(as_server mktemp -d /tmp/portal-postgres.XXXXXX) || return 1
  as_server "$bin/initdb" --pgdata="$postgres_dir/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null || return 1
  for attempt in 1 2 3 4 5; do
    # Below the range from which the system hands out ports of its own.
    port=$((20000 + RANDOM % 10000))
    postgres_settings "$port" | as_server tee "$postgres_dir/data/postgresql.auto.conf" >/dev/null
    if as_server "$bin/pg_ctl" start --wait --silent --timeout=30 \
      --pgdata="$postgres_dir/data" --log="$postgres_dir/log" </dev/null; then
      # shellcheck disable=SC2034
      postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
      return
    fi
    echo "port $port, attempt $attempt:"
    cat "$postgres_dir/log"
  done
  return 1
}

postgres_settings() {
  cat <<END
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$postgres_dir'
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
jit = off
timezone = 'UTC'
log_statement = 'ddl'
END
}

# A statement that was prepared first is logged as an execution.
postgres_was_used() {
  grep -qiE '(statement|execute [^:]*): *create database' "$postgres_dir/log"
}

postgres_stop() {
  if [[ -z $postgres_dir ]]; then return; fi
  as_server "$(postgres_bin)/pg_ctl" stop --silent --mode=immediate \
    --pgdata="$postgres_dir/data" || true
  as_server rm -rf "${postgres_dir:?}"
  postgres_dir=
}
