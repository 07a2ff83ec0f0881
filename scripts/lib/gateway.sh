# shellcheck shell=bash
# Sourced after install.sh: a gateway for the tests, on SQLite under a directory that the
# caller makes and removes. Its log is DIRECTORY/gateway.log.

gateway_pid=
gateway_url=
gateway_key=
gateway_port=

# start_demo BINARY DIRECTORY: as `dev` runs it, with a workspace and a connected sandbox
# account. Sets gateway_pid, gateway_url and gateway_key.
start_demo() {
  local binary=$1 directory=$2
  "$binary" dev --data "$directory/data" --port 0 >"$directory/printed" 2>"$directory/gateway.log" &
  gateway_pid=$!
  for _ in $(seq 300); do
    gateway_url=$(sed -n 's/^url: //p' "$directory/printed")
    gateway_key=$(sed -n 's/^key: //p' "$directory/printed")
    [ -n "$gateway_url" ] && [ -n "$gateway_key" ] && return
    kill -0 "$gateway_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$directory/gateway.log" >&2
  die "the gateway did not start"
}

# start_gateway BINARY DIRECTORY: as `serve` runs it, with the settings in DIRECTORY/wagate.toml, on a free
# port. Sets gateway_pid and gateway_port, and writes DIRECTORY/gateway-port and, for a
# workspace that it makes, DIRECTORY/key.
start_gateway() {
  local binary=$1 directory=$2 workspace
  local settings=(--config "$directory/wagate.toml" --data "$directory/data")
  workspace=$("$binary" workspace create --name Example --tier enterprise "${settings[@]}" | grep -o 'ws_[0-9a-z]*')
  "$binary" key create --workspace "$workspace" --name test --mode test "${settings[@]}" >"$directory/key"
  gateway_port=$(free_port)
  echo "$gateway_port" >"$directory/gateway-port"
  local listen=(--listen "127.0.0.1:$gateway_port" --metrics-listen 127.0.0.1:0)
  "$binary" serve "${settings[@]}" "${listen[@]}" 2>"$directory/gateway.log" &
  gateway_pid=$!
  for _ in $(seq 300); do
    if "$binary" health --ready "${listen[@]}" >"$directory/health" 2>&1; then return; fi
    kill -0 "$gateway_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$directory/health" "$directory/gateway.log" >&2
  die "the gateway did not start"
}

stop_gateway() {
  [ -n "$gateway_pid" ] || return 0
  kill -TERM "$gateway_pid" 2>/dev/null || true
  wait "$gateway_pid" 2>/dev/null || true
  gateway_pid=
}
