# What the test cloud consists of and how it is started.  Sourced by ./cloud.
# Every port differs from OpenStack's defaults, so that another cloud on this machine is left alone.

packages=(keystone placement-api glance-api neutron-server nova-api nova-conductor nova-scheduler
  cinder-api cinder-scheduler cinder-volume mariadb-server rabbitmq-server memcached
  uwsgi-plugin-python3 python3-openstacksdk curl openssl)

password=fedsite
region=RegionOne
declare -A port=([keystone]=15000 [placement]=18778 [nova-api]=18774 [neutron-server]=19696 [glance-api]=19292
  [cinder-api]=18776 [rabbitmq]=15673 [memcached]=11311 [epmd]=14369)
rabbit_peer_port=15674
keystone=http://127.0.0.1:${port[keystone]}/v3
socket=$root/run.sock # outside run/, which holds process ids alone
etc=$root/etc log=$root/log data=$root/data

refuse_taken_ports() {
  local name
  for name in "${!port[@]}"; do
    running "$name" || ! listens "${port[$name]}" || give_up "port ${port[$name]}, meant for $name, is in use by another program"
  done
}

# ---- settings: the files in conf/ are here-documents, filled in from here

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$socket"; }

database_settings() { # NAME
  echo "connection = $(database "$1")"
  printf 'max_pool_size = 4\nmax_overflow = 20\n'
}

login() { # USER
  cat <<END
auth_type = password
auth_url = $keystone
username = $1
password = $password
user_domain_id = default
project_name = service
project_domain_id = default
region_name = $region
END
}

token_settings() { # USER
  login "$1"
  echo "www_authenticate_uri = $keystone"
  echo "memcached_servers = 127.0.0.1:${port[memcached]}"
  echo "service_token_roles = service"
  echo "service_token_roles_required = true"
}

fill() { # TEMPLATE FILE
  eval "cat <<END_OF_TEMPLATE
$(<"$1")
END_OF_TEMPLATE" >"$2" || give_up "cannot fill in $1"
}

write_settings() {
  local file
  for file in "$here"/conf/*; do fill "$file" "$etc/${file##*/}"; done
  object_settings
  mkdir -p "$data"/{fernet,credential,nova/instances,glance/images,cinder,neutron,rabbitmq} "$etc/placement"
  cp "$etc/placement.conf" "$etc/placement/"
  chmod 700 "$data/fernet" "$data/credential"
  # Neutron finds its driver by the entry point beside it, nova-compute is a script of ours.
  export PYTHONPATH=$here/plugins PYTHONWARNINGS=ignore
  export OS_KEYSTONE_CONFIG_FILES=$etc/keystone.conf OS_PLACEMENT_CONFIG_DIR=$etc/placement
}

# ---- database, queue, cache

sql() { mariadb --no-defaults -u root -S "$socket" -N "$@"; }

new_database() {
  rm -rf "$data/mariadb"
  mariadb-install-db --no-defaults --user=root --datadir="$data/mariadb" --auth-root-authentication-method=normal --skip-test-db
}

start_foundations() {
  local erlang="env HOME=$data/rabbitmq ERL_EPMD_PORT=${port[epmd]} ERL_EPMD_ADDRESS=127.0.0.1"
  note "starting database, queue and cache"
  launch memcached memcached -u root -l 127.0.0.1 -p "${port[memcached]}" -m 64
  launch epmd $erlang epmd -address 127.0.0.1 -port "${port[epmd]}"
  await epmd 20 listens "${port[epmd]}"
  launch rabbitmq $erlang RUNNING_UNDER_SYSTEMD=1 RABBITMQ_NODENAME=fedsite@localhost RABBITMQ_DIST_PORT=$rabbit_peer_port \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="${port[rabbitmq]}" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_MNESIA_BASE="$data/rabbitmq" RABBITMQ_LOG_BASE="$log" RABBITMQ_PID_FILE="$data/rabbitmq/pid" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$data/rabbitmq/plugins" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none' \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  first_time mariadb-install new_database
  # What is lost in a crash is made anew: no need to wait for the disk.
  launch mariadb mariadbd --no-defaults --user=root --datadir="$data/mariadb" --socket="$socket" --skip-networking \
    --pid-file="$data/mariadb.pid" --skip-log-bin --performance-schema=0 --max-connections=500 --skip-name-resolve \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=96M --character-set-server=utf8mb3
  await mariadb 60 sql -e 'select 1'
}

# ---- schemas, once: two chains, for two cores

create_schemas() {
  [ ! -e "$root/done/catalog" ] || [ ! -e "$root/done/nova-schema" ] || {
    start_keystone
    return
  }
  note "creating schemas"
  local name first second
  for name in keystone placement glance cinder neutron nova_api nova_cell0 nova; do
    echo "create database if not exists $name;"
  done | sql || give_up "creating databases" "$log/mariadb.log"
  (first_time neutron-schema neutron-db-manage --config-file "$etc/neutron.conf" upgrade heads &&
    first_time nova-schema nova_schema) &
  first=$!
  (keystone_schema && start_keystone &&
    first_time catalog python3 "$here/catalog.py" "$keystone" "$password" "$region" $(catalog_urls) &&
    first_time placement-schema placement-manage --config-dir "$etc/placement" db sync &&
    first_time glance-schema glance-manage --config-file "$etc/glance.conf" db_sync &&
    first_time cinder-schema cinder-manage --config-file "$etc/cinder.conf" db sync) &
  second=$!
  wait $second && wait $first || exit 1
}

keystone_schema() {
  local manage="keystone-manage --config-file $etc/keystone.conf"
  first_time fernet-keys $manage fernet_setup --keystone-user root --keystone-group root
  first_time credential-keys $manage credential_setup --keystone-user root --keystone-group root
  first_time keystone-schema $manage db_sync
  first_time keystone-bootstrap $manage bootstrap --bootstrap-password $password --bootstrap-region-id $region \
    --bootstrap-public-url $keystone --bootstrap-internal-url $keystone --bootstrap-admin-url $keystone
}

nova_schema() {
  local manage="nova-manage --config-file $etc/nova.conf"
  $manage api_db sync && $manage cell_v2 map_cell0 --database_connection "$(database nova_cell0)" && $manage db sync &&
    { $manage cell_v2 list_cells | grep -qw cell1 || $manage cell_v2 create_cell --name cell1; }
}

catalog_urls() {
  local base=http://127.0.0.1
  echo "placement=$base:${port[placement]} nova=$base:${port[nova-api]}/v2.1 neutron=$base:${port[neutron-server]}"
  echo "glance=$base:${port[glance-api]} cinder=$base:${port[cinder-api]}/v3/%(project_id)s"
}

# ---- OpenStack

start_wsgi() { # NAME SCRIPT
  launch "$1" uwsgi_python3 --http-socket "127.0.0.1:${port[$1]}" --wsgi-file "$2" --processes 1 --threads 4 --enable-threads \
    --need-app --die-on-term --buffer-size 65535 --listen 100 --add-header 'Connection: close'
}

start_keystone() {
  start_wsgi keystone /usr/bin/keystone-wsgi-public
  await keystone 90 answers $keystone
}

start_services() {
  local name
  note "starting services"
  start_wsgi placement /usr/bin/placement-api
  python3 "$here/limits.py" "$keystone" "$password" "$region" >>"$etc/glance.conf" || give_up "limits of images"
  launch neutron-server neutron-server --config-file "$etc/neutron.conf"
  launch glance-api glance-api --config-file "$etc/glance.conf"
  await rabbitmq 60 listens "${port[rabbitmq]}"
  for name in nova-conductor nova-scheduler nova-api; do launch $name $name --config-file "$etc/nova.conf"; done
  for name in cinder-api cinder-scheduler cinder-volume; do launch $name $name --config-file "$etc/cinder.conf"; done
  await placement 120 answers "http://127.0.0.1:${port[placement]}/"
  start_objects
  launch nova-compute python3 "$here/plugins/nova_compute.py" --config-file "$etc/nova.conf"
  for name in glance-api nova-api neutron-server cinder-api swift-proxy; do
    await $name 180 answers "http://127.0.0.1:${port[$name]}/"
  done
  for name in swift-account swift-container swift-object; do await $name 60 listens "${port[$name]}"; done
  for name in nova-conductor nova-scheduler nova-compute cinder-scheduler cinder-volume; do await $name 180 reported $name; done
  first_time nova-hosts nova-manage --config-file "$etc/nova.conf" cell_v2 discover_hosts
}

# reported NAME: this very process, not the one of an earlier start, has written its sign of life.
reported() {
  local since
  since=$(stat -c %Y "$root/run/$1")
  [ "$(sql "${1%%-*}" -e "set time_zone = '+00:00'; select count(*) from services where \`binary\` = '$1' and not deleted
    and coalesce(updated_at, created_at) >= from_unixtime($since)")" -gt 0 ]
}
