# shellcheck shell=bash
# Sourced after install.sh: an nginx for the tests, with a shipped configuration and
# files under a directory that the caller makes and removes.

nginx=
nginx_pid=

# need_nginx FOLDER: sets nginx. Where the machine has none, the distribution's package
# is unpacked into FOLDER: installed, it would also start a service on port 80. Only
# where the libraries that it wants are missing is it installed all the same.
need_nginx() {
  local folder=$1
  nginx=nginx
  if has nginx; then return; fi
  nginx=$folder/usr/sbin/nginx
  if runs_nginx; then return; fi
  say "Unpacking nginx into $folder"
  mkdir -p "$folder"
  download_nginx "$folder"
  dpkg-deb --extract "$folder"/nginx_*.deb "$folder"
  if ! runs_nginx; then
    install_packages nginx
    nginx=nginx
  fi
}

runs_nginx() { "$nginx" -v 2>/dev/null; }

download_nginx() (
  has apt-get || die "missing: nginx. This machine has no apt-get; install it by hand and start again."
  cd "$1" || exit
  rm -f nginx_*.deb
  { apt-get download -q nginx || { update_packages && apt-get download -q nginx; }; } >&2 ||
    die "apt-get could not download nginx"
)

# start_nginx DIRECTORY CONFIGURATION UPSTREAM_PORT: with a certificate of its own;
# only ports and files are put in place. Sets nginx_pid, and writes the ports into
# DIRECTORY/http-port and DIRECTORY/https-port.
start_nginx() {
  local directory=$1 configuration=$2 upstream=$3 http https
  http=$(free_port)
  https=$(free_port)
  echo "$http" >"$directory/http-port"
  echo "$https" >"$directory/https-port"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=wagate.example.com -addext 'subjectAltName=DNS:wagate.example.com,IP:127.0.0.1' \
    -keyout "$directory/privkey.pem" -out "$directory/fullchain.pem" 2>/dev/null
  sed -e "s|listen 80;|listen 127.0.0.1:$http;|" -e "s|listen 443 |listen 127.0.0.1:$https |" \
    -e "s|server 127.0.0.1:8080;|server 127.0.0.1:$upstream;|" -e "s|/etc/wagate/tls|$directory|" \
    "$configuration" >"$directory/site.conf"
  cat >"$directory/nginx.conf" <<CONFIGURATION
daemon off;
pid $directory/nginx.pid;
error_log $directory/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path $directory/body;
  proxy_temp_path $directory/proxy;
  fastcgi_temp_path $directory/fastcgi;
  uwsgi_temp_path $directory/uwsgi;
  scgi_temp_path $directory/scgi;
  include $directory/site.conf;
}
CONFIGURATION
  "$nginx" -p "$directory" -e "$directory/nginx.log" -c "$directory/nginx.conf" &
  nginx_pid=$!
  for _ in $(seq 100); do
    [ -s "$directory/nginx.pid" ] && return
    kill -0 "$nginx_pid" 2>/dev/null || break
    sleep 0.05
  done
  cat "$directory/nginx.log" >&2
  die "nginx did not start"
}

stop_nginx() {
  [ -n "$nginx_pid" ] || return 0
  kill -TERM "$nginx_pid" 2>/dev/null || true
  wait "$nginx_pid" 2>/dev/null || true
  nginx_pid=
}
