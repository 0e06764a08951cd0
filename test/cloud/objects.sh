# Swift: a proxy and one server each for accounts, containers and objects, with one copy in one folder.  Sourced by ./cloud.

packages+=(swift-proxy swift-account swift-container swift-object)
port+=([swift-proxy]=18080 [swift-object]=16200 [swift-container]=16201 [swift-account]=16202)

object_settings() {
  local server
  mkdir -p "$etc/swift" "$data/swift/disk"
  fill "$here/objects/proxy.conf" "$etc/swift/proxy.conf"
  for server in account container object; do fill "$here/objects/storage.conf" "$etc/swift/$server.conf"; done
}

# Swift keeps what it knows of an object in attributes of its file.
object_disk() { python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.swift.metadata", b"x" * 1000)' "$data/swift/disk"; }

object_rings() {
  local server
  for server in account container object; do
    swift-ring-builder "$data/swift/$server.builder" create 4 1 1 &&
      swift-ring-builder "$data/swift/$server.builder" add "r1z1-127.0.0.1:${port[swift-$server]}/disk" 1 &&
      swift-ring-builder "$data/swift/$server.builder" rebalance &&
      cp "$data/swift/$server.ring.gz" "$etc/swift/" || return 1
  done
}

# Needs Keystone; does not wait until all is ready.
start_objects() {
  local server
  first_time swift-disk object_disk
  first_time swift-rings object_rings
  first_time swift-catalog python3 "$here/catalog.py" "$keystone" "$password" "$region" \
    "swift=http://127.0.0.1:${port[swift-proxy]}/v1/AUTH_%(project_id)s"
  for server in account container object proxy; do
    launch "swift-$server" "swift-$server-server" "$etc/swift/$server.conf" -v
  done
}
