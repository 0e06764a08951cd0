# What the federation of the tests consists of.  Sourced by ../federation.

packages=(keystone apache2 libapache2-mod-auth-openidc libapache2-mod-wsgi-py3 uwsgi-plugin-python3 memcached chromium python3-openstackclient
  curl openssl)
declare -A port=([keystone]=15443 [uwsgi]=15444 [memcached]=15445 [first-provider]=15446 [second-provider]=15447 [dashboard]=15448
  [introspection]=15449)
socket=$cloud/run.sock # of the test cloud's mariadb
etc=$root/etc log=$root/log data=$root/data rendered=$root/rendered
keystone_program=/usr/bin/keystone-wsgi-public application=$keystone_program
export CURL_CA_BUNDLE=$data/tls/ca.crt
password=fedsite
keystone=https://127.0.0.1:${port[keystone]}/v3
first=https://127.0.0.1:${port[first-provider]}/auth/realms/egi
second=https://127.0.0.1:${port[second-provider]}
redirect=$keystone/auth/OS-FEDERATION/websso/openid/redirect

install_packages() {
  # A Node.js from elsewhere brings its own npm, which Debian's would not install beside.
  command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
  ensure_packages "${packages[@]}" || give_up "packages"
}

refuse_taken_ports() {
  local name
  for name in memcached first-provider second-provider dashboard; do
    running "$name" || ! listens "${port[$name]}" || give_up "port ${port[$name]}, meant for $name, is in use by another program"
  done
  running apache || ! listens "${port[keystone]}" || give_up "port ${port[keystone]}, meant for apache, is in use by another program"
}

fill_in() { # TEMPLATE
  eval "cat <<END_OF_TEMPLATE
$(<"$here/federated/conf/$1")
END_OF_TEMPLATE" >"$etc/$1" || give_up "cannot fill in $1"
}

# ---- certificates, program of the provider

make_certificates() (
  mkdir -p "$data/tls" && cd "$data/tls" || exit
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj '/CN=FedSite test CA' &&
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1 &&
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out server.crt \
      -extfile <(echo subjectAltName=IP:127.0.0.1,DNS:localhost)
)

install_provider() {
  mkdir -p "$data/node" && cp "$here"/federated/package*.json "$data/node" || return
  local try
  for try in 1 2 3; do # a registry may be busy
    npm ci --prefix "$data/node" --no-audit --no-fund --omit=dev && return
    sleep $((try * 5))
  done
  return 1
}

# ---- Keystone: made once, then put back as it was

new_database='drop database if exists fedsite_federation; create database fedsite_federation;'

sql() { mariadb --no-defaults -u root -S "$socket" "$@"; }

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$socket"; }

make_empty_keystone() {
  local manage="keystone-manage --config-file $etc/keystone.conf"
  mkdir -p "$data"/{fernet,credential,apache} "$rendered"/{apache,keystone}
  chown keystone: "$data"/{fernet,credential}
  chmod 700 "$data"/{fernet,credential}
  fill_in keystone.conf
  first_time database sql -e "$new_database"
  first_time fernet-keys $manage fernet_setup --keystone-user keystone --keystone-group keystone
  first_time credential-keys $manage credential_setup --keystone-user keystone --keystone-group keystone
  first_time keystone-schema $manage db_sync
  first_time keystone-bootstrap $manage bootstrap --bootstrap-password $password --bootstrap-region-id RegionOne \
    --bootstrap-public-url $keystone --bootstrap-internal-url $keystone --bootstrap-admin-url $keystone
  first_time keystone-dump mariadb-dump --no-defaults -u root -S "$socket" fedsite_federation --result-file="$data/empty.sql"
}

empty_keystone() {
  {
    echo "$new_database"
    echo 'use fedsite_federation;'
    cat "$data/empty.sql"
  } | sql || give_up "emptying Keystone"
  halt memcached # it remembers what is gone
  launch memcached memcached -u root -l 127.0.0.1 -p "${port[memcached]}" -m 32
}

start_keystone() { # DEPLOYMENT
  fill_in keystone.conf
  fill_in apache.conf
  [ ! -e "$rendered/apache/setup" ] || "$rendered/apache/setup" >"$log/setup.log" 2>&1 || give_up "setup of Apache" "$log/setup.log"
  if [ -e "$rendered/esaco/start" ]; then
    launch introspection env ENGINE="$here/federated/engine" CODE="$data/node/introspection.mjs" NODE_EXTRA_CA_CERTS="$data/tls/ca.crt" \
      "$rendered/esaco/start"
    await introspection 30 listens "${port[introspection]}"
  fi
  export OS_KEYSTONE_CONFIG_FILES=$etc/keystone.conf
  local file
  for file in "$rendered"/keystone/*.conf; do [ ! -e "$file" ] || OS_KEYSTONE_CONFIG_FILES+=";$file"; done
  case $1 in
    proxy_uwsgi) start_uwsgi --socket ;;
    # Else Apache keeps connections that uWSGI has closed.
    proxy_http) start_uwsgi --http-socket --add-header 'Connection: close' ;;
  esac
  launch apache apache2 -f "$etc/apache.conf" -D FOREGROUND -D "$1"
  await apache 60 answers "$keystone"
  [ "$application" != $keystone_program ] || use_keystone
}

# A Keystone whose first requests come at once answers some of them with 500 or 403: it reads its policy with the first.
use_keystone() {
  local token
  token=$(curl -s -o /dev/null -D - -H 'Content-Type: application/json' "$keystone/auth/tokens" -d '{"auth": {
    "identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"}, "password": "'$password'"}}},
    "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}' | tr -d '\r' | sed -n 's/^x-subject-token: *//Ip')
  curl -sf -o /dev/null -H "X-Auth-Token: $token" "$keystone/domains" || give_up "Keystone is of no use" "$log/apache-error.log"
}

start_uwsgi() { # KIND OF SOCKET, [OPTION...]
  launch uwsgi uwsgi_python3 "$1" "127.0.0.1:${port[uwsgi]}" "${@:2}" --wsgi-file "$application" --uid keystone --gid keystone --processes 1 \
    --threads 4 --enable-threads --need-app --die-on-term --buffer-size 65535
  await uwsgi 60 listens "${port[uwsgi]}"
}

stop_keystone() {
  local name
  for name in apache uwsgi introspection; do halt $name & done
  wait
}

load_modules() {
  local name
  for name in mpm_event authn_core authz_core authz_user authz_host alias rewrite headers setenvif env ssl socache_shmcb proxy proxy_http \
    proxy_uwsgi wsgi auth_openidc; do
    echo "LoadModule ${name}_module /usr/lib/apache2/modules/mod_$name.so"
  done
}

# ---- what is around it

start_stand_ins() {
  local node="env NODE_EXTRA_CA_CERTS=$data/tls/ca.crt NODE_PATH= node"
  cp "$here"/federated/{*.mjs,users.json} "$data/node/" # beside the packages they use
  launch first-provider $node "$data/node/provider.mjs" "$data/tls" $first first $redirect
  launch second-provider $node "$data/node/provider.mjs" "$data/tls" $second second $redirect
  launch dashboard $node "$data/node/dashboard.mjs" "$data/tls" "${port[dashboard]}"
  await first-provider 30 answers "$first/.well-known/openid-configuration"
  await second-provider 30 answers "$second/.well-known/openid-configuration"
  await dashboard 30 listens "${port[dashboard]}"
}

provider_entry() { echo "{\"issuer\": \"$1\", \"clientId\": \"keystone\", \"clientSecret\": \"keystone-secret\"}"; }

describe() {
  cat <<END
{
  "script": "$here/federation",
  "keystone": "$keystone",
  "admin": {"username": "admin", "password": "$password", "project": "admin", "domain": "Default"},
  "ca": "$data/tls/ca.crt",
  "rendered": "$rendered",
  "providers": [$(provider_entry $first), $(provider_entry $second)],
  "personClient": "person",
  "password": "$password",
  "introspection": "http://127.0.0.1:${port[introspection]}/introspect",
  "dashboard": "https://127.0.0.1:${port[dashboard]}/dashboard"
}
END
}
