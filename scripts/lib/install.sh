# shellcheck shell=bash
# Sourced by the other scripts: says things on stderr, and installs what the
# machine lacks. Nothing here writes to stdout.

# Servers live in /usr/sbin, which is not on everybody's path.
PATH=$PATH:/usr/sbin

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: by sudo, unless root asks.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

update_packages() { as_root apt-get update -q; }

# install_packages PACKAGE...: by apt-get, as root or by sudo.
install_packages() {
  has apt-get || die "missing: $*. This machine has no apt-get; install them by hand and start again."
  if [ "$(id -u)" -ne 0 ] && ! has sudo; then
    die "missing: $*. Install them as root: apt-get install $*"
  fi
  say "Installing $*"
  {
    update_packages &&
      as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"
  } >&2 || die "apt-get could not install: $*"
}

# SQLite, the cryptography and the allocator are compiled from C.
need_compiler() {
  has cargo || die "Rust is missing: install it and start again."
  if ! has cc || ! has make || [ ! -e /usr/include/stdio.h ]; then
    install_packages gcc libc6-dev make
  fi
}

# Only the server's programs: no service is set up or started.
need_mariadb() {
  if ! has mariadbd || ! has mariadb-install-db || ! has mariadb; then
    install_packages mariadb-server-core mariadb-client-core
  fi
}

need_python() {
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    install_packages python3 python3-venv
  fi
}

# Node with npm, 18 or newer.
need_node() {
  if ! has node || ! has npm; then install_packages nodejs npm; fi
}

# need_node_modules FOLDER: exactly the packages of its lock file.
need_node_modules() {
  local folder=$1
  if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then return; fi
  need_node
  say "Installing the packages of $folder"
  npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}

# A port of 127.0.0.1 that nobody has at this moment.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# need_venv VENV REQUIREMENTS: a virtual environment with exactly these
# versions, made again when the list has changed or the checkout has moved.
need_venv() {
  local venv=$1 requirements=$2
  if cmp -s "$requirements" "$venv/installed.txt" && "$venv/bin/pip" --version >/dev/null 2>&1; then
    return
  fi
  need_python
  say "Installing the Python tools into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  cp "$requirements" "$venv/installed.txt"
}
