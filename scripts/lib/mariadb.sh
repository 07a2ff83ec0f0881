# shellcheck shell=bash
# Sourced after install.sh: a private MariaDB for the tests, under a directory
# that the caller makes and removes. It listens on 127.0.0.1 alone, and its root
# needs no password there. The character set stays the distribution's default,
# so that a table which forgets to name its own is found.

mariadb_pid=

# start_mariadb DIRECTORY: sets mariadb_pid and mariadb_port.
start_mariadb() {
  local directory=$1
  mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$directory/data" \
    --auth-root-authentication-method=normal --skip-test-db \
    >"$directory/install.log" 2>&1 || { cat "$directory/install.log" >&2; die "mariadb-install-db failed"; }
  mariadb_port=$(free_port)
  mariadbd --no-defaults --user="$(id -un)" \
    --datadir="$directory/data" --tmpdir="$directory" \
    --socket="$directory/mariadb.sock" --pid-file="$directory/mariadb.pid" \
    --bind-address=127.0.0.1 --port="$mariadb_port" --skip-name-resolve \
    --innodb-flush-log-at-trx-commit=1 --max-connections=500 \
    >"$directory/mariadb.log" 2>&1 &
  mariadb_pid=$!
  await_mariadb "$directory"
}

await_mariadb() {
  local directory=$1
  for _ in $(seq 600); do
    if mariadb --no-defaults --host=127.0.0.1 --port="$mariadb_port" --user=root \
      --execute='SELECT 1' >/dev/null 2>&1; then
      return
    fi
    kill -0 "$mariadb_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$directory/mariadb.log" >&2
  die "MariaDB did not start"
}

# Ends it without a goodbye: its data is thrown away with the directory.
stop_mariadb() {
  [ -n "$mariadb_pid" ] || return 0
  kill -KILL "$mariadb_pid" 2>/dev/null || true
  wait "$mariadb_pid" 2>/dev/null || true
  mariadb_pid=
}
