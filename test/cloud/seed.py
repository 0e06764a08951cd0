"""seed.py KEYSTONE PASSWORD FOLDER: fills the test cloud through its APIs and writes FOLDER/cloud.json.

Every step looks before it makes anything, so an interrupted run can be repeated.  Ages are set anew by every run, in the
database, since no API can make a server older than it is.
"""
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import content
import objects
from addresses import Addresses
from api import Session
from images import Images
from volumes import Volumes

keystone, password, folder = sys.argv[1:]
socket = os.path.join(folder, "run.sock")
began = time.monotonic()
admin = Session(keystone, {"name": "admin", "domain": {"id": "default"}}, password,
                {"project": {"name": "admin", "domain": {"id": "default"}}})


def note(text):
    print(f"{time.monotonic() - began:5.1f} s  {text}", file=sys.stderr, flush=True)


def named(service, path, kind, name, **match):
    for item in admin.get(service, path)[kind]:
        if item["name"] == name and all(item.get(k) == v for k, v in match.items()):
            return item
    return None


def identity(kind, name, domain=None, **body):
    """The domain, project or user of that name, made if there is none."""
    where = {"domain_id": domain} if domain else {}
    return named("identity", f"/{kind}s", f"{kind}s", name, **where) or admin.post(
        "identity", f"/{kind}s", {kind: {"name": name, **where, **body}})[kind]


def sql(text):
    """Runs statements; rows of text."""
    command = ["mariadb", "--no-defaults", "-uroot", "-N", "-S", socket]
    answer = subprocess.run(command, input=text + ";", text=True, check=True, stdout=subprocess.PIPE).stdout
    return [line.split("\t") for line in answer.splitlines()]


def every_server():
    found = {}
    for deleted in ("false", "true"):  # one that is deleted meanwhile is in both
        page = admin.get("compute", f"/servers/detail?all_tenants=1&deleted={deleted}&limit=1000")
        found.update((server["name"], server) for server in page["servers"])
    return found


# ---- who and where

known = every_server()
users_domain = identity("domain", content.USERS_DOMAIN)["id"]
roles = {role["name"]: role["id"] for role in admin.get("identity", "/roles")["roles"]}


def grant(where, user, names):
    for name in names:
        admin.put("identity", f"{where}/users/{user}/roles/{roles[name]}")


projects = {}
for key, (properties, tags) in content.PROJECTS.items():
    projects[key] = project = identity("project", key, "default", tags=tags, **content.CREATED_WITH.get(key, {}))["id"]
    if properties:
        admin.patch("identity", f"/projects/{project}", {"project": properties})
    admin.put("compute", f"/os-quota-sets/{project}", {"quota_set": {"instances": 100, "cores": 10000, "ram": 10_000_000}})

users = {}
for key, name in content.USERS.items():
    theirs = [server for server in content.SERVERS.values() if server.user == key]
    made = [known[server.name]["user_id"] for server in theirs if server.name in known]
    if key in content.DELETED_USERS and len(made) == len(theirs):
        users[key] = made[0]
        continue
    users[key] = identity("user", name, users_domain, password=password)["id"]
    for project in {server.project for server in theirs}:
        grant(f"/projects/{projects[project]}", users[key], ["member"])

accounts = {}
for name, rights in content.ACCOUNTS.items():
    accounts[name] = identity("user", name, "default", password=password)["id"]
    for project, granted in rights["projects"].items():
        grant(f"/projects/{projects[project]}", accounts[name], granted)
    grant("/system", accounts[name], rights.get("system", ()))
note("users and projects are there")

sessions = {}


def as_user(user, project):
    if (user, project) not in sessions:
        sessions[user, project] = Session(keystone, {"id": users[user]}, password, {"project": {"id": projects[project]}})
    return sessions[user, project]


accounts[objects.ACCOUNT] = identity("user", objects.ACCOUNT, "default", password=password)["id"]
grant(f"/projects/{projects[objects.PROJECT]}", accounts[objects.ACCOUNT], ["member"])
object_store = objects.make(Session(keystone, {"id": accounts[objects.ACCOUNT]}, password,
                                    {"project": {"id": projects[objects.PROJECT]}}))

accounting = Session(keystone, {"id": accounts["accounting"]}, password, {"project": {"id": projects["alpha"]}})
mine = f"/users/{accounts['accounting']}/application_credentials"
application = next(iter(accounting.get("identity", mine)["application_credentials"]), None) or accounting.post(
    "identity", mine, {"application_credential": {"name": "extract", "secret": password}})["application_credential"]

# ---- flavors, images, networks

flavors = {flavor["name"]: flavor["id"] for flavor in admin.get("compute", "/flavors?is_public=None")["flavors"]}
for key, (vcpus, ram, disk, ephemeral, specs) in content.FLAVORS.items():
    used = any(s.flavor == key and s.name in known for s in content.SERVERS.values())
    if key in flavors or (key in content.DELETED_FLAVORS and used):
        continue
    flavors[key] = admin.post("compute", "/flavors", {"flavor": {
        "name": key, "vcpus": vcpus, "ram": ram, "disk": disk, "OS-FLV-EXT-DATA:ephemeral": ephemeral,
        "os-flavor-access:is_public": key not in content.PRIVATE_FLAVORS}})["flavor"]["id"]
    if specs:
        admin.post("compute", f"/flavors/{flavors[key]}/os-extra_specs", {"extra_specs": specs})
    for project in content.PRIVATE_FLAVORS.get(key, ()):
        admin.post("compute", f"/flavors/{flavors[key]}/action", {"addTenantAccess": {"tenant": projects[project]}})

pictures = Images(admin, as_user, projects)
images = pictures.make()
addresses = Addresses(admin, projects)
addresses.make_networks()
volumes = Volumes(admin, as_user, projects, sql)
volumes.ask()
note("flavors, images and networks are there, volumes are asked for")

# ---- servers: all are asked for at once, and so is each further step


def create(key, spec):
    session = as_user(spec.user, spec.project)
    body = {"name": spec.name, "flavorRef": flavors[spec.flavor], "networks": addresses.at_creation(key)}
    if spec.image:
        body["imageRef"] = images[spec.image]
    else:
        body["block_device_mapping_v2"] = [{
            "uuid": volumes.bootable("boot"), "source_type": "volume", "destination_type": "volume", "boot_index": 0}]
    session.post("compute", "/servers", {"server": body})


def next_step(spec, server):
    """The request that brings the server nearer to its fate; None when it is there."""
    if server["status"] == spec.status and (spec.into is None or server["flavor"]["original_name"] == spec.into):
        return None
    steps = {
        ("stop", "ACTIVE"): {"os-stop": None},
        ("suspend", "ACTIVE"): {"suspend": None},
        ("pause", "ACTIVE"): {"pause": None},
        ("shelve", "ACTIVE"): {"shelve": None},
        ("shelve+offload", "ACTIVE"): {"shelve": None},
        ("shelve+offload", "SHELVED"): {"shelveOffload": None},
        ("resize", "ACTIVE"): {"resize": {"flavorRef": flavors.get(spec.into)}},
        ("resize+confirm", "ACTIVE"): {"resize": {"flavorRef": flavors.get(spec.into)}},
        ("resize+confirm", "VERIFY_RESIZE"): {"confirmResize": None},
        ("delete", "ACTIVE"): "delete",
    }
    return steps.get((spec.fate, server["status"]))


def advance(spec, server):
    """True when the server has met its fate; otherwise takes the next step if it is time for one."""
    if server["status"] == spec.status and next_step(spec, server) is None:
        return server["OS-EXT-STS:task_state"] is None or spec.fate == "delete"
    if server["status"] == "ERROR":
        raise SystemExit(f"{spec.name}: {server.get('fault')}")
    step = next_step(spec, server)
    if step and server["OS-EXT-STS:task_state"] is None and asked.get(spec.name) != server["status"]:
        asked[spec.name] = server["status"]
        if step == "delete":
            admin.delete("compute", f"/servers/{server['id']}")
        else:
            admin.post("compute", f"/servers/{server['id']}/action", step)
    return False


asked = {}
for key, spec in content.SERVERS.items():
    if spec.name not in known:
        create(key, spec)
note("servers are asked for")
waiting = dict(content.SERVERS)
limit = time.monotonic() + 240
while True:
    known = every_server()
    waiting = {key: spec for key, spec in waiting.items() if not advance(spec, known[spec.name])}
    if not waiting:
        break
    if time.monotonic() > limit:
        raise SystemExit("still waiting for " + ", ".join(f"{s.name} ({known[s.name]['status']})" for s in waiting.values()))
    time.sleep(0.7)
note("servers have met their fates")

servers = {key: known[spec.name] for key, spec in content.SERVERS.items()}
images = pictures.snap(servers)
volumes.step(servers)  # goes on while neutron is busy
ports = addresses.plug(servers)
floating = addresses.float(ports)
volumes.settle(servers)
note("addresses and volumes are where they belong")

# ---- what is gone by now

for key in content.DELETED_FLAVORS & flavors.keys():
    admin.delete("compute", f"/flavors/{flavors[key]}")
for key in content.DELETED_USERS:
    admin.delete("identity", f"/users/{users[key]}")
for key in content.DISABLED_PROJECTS:
    admin.patch("identity", f"/projects/{projects[key]}", {"project": {"enabled": False}})

# ---- ages

now = datetime.now(timezone.utc).replace(microsecond=0)
statements = ["set time_zone = '+00:00'"]
times = {}


def quoted(moment):
    return f"'{moment:%Y-%m-%d %H:%M:%S}'" if moment else "null"


for key, spec in content.SERVERS.items():
    created = now - timedelta(days=spec.age)
    changed = now - timedelta(days=spec.changed) if spec.changed else created + timedelta(seconds=30)
    ended = now - timedelta(days=spec.ended) if spec.ended else None
    # A resize moves the launch, a server that found no host was never launched.
    launched = None if spec.fate == "fail" else changed if spec.into else created + timedelta(seconds=30)
    updated = ended + timedelta(seconds=2) if ended else changed + timedelta(seconds=1)
    times[key] = dict(created=created, launched=launched, terminated=ended, updated=updated)
    where = f"where uuid = '{servers[key]['id']}'"
    table = "nova_cell0.instances" if spec.fate == "fail" else "nova.instances"
    statements.append(
        f"update {table} set created_at = {quoted(created)}, launched_at = {quoted(launched)}, terminated_at = {quoted(ended)},"
        f" deleted_at = {quoted(ended and updated)}, updated_at = {quoted(updated)} {where}")
    statements.append(
        f"update nova.instance_actions set start_time = if(action = 'create', {quoted(created)}, {quoted(ended or changed)})"
        f" {where.replace('uuid', 'instance_uuid')}")

volume_times = {}
for key, identity_of in volumes.found().items():
    spec = content.VOLUMES[key]
    created = now - timedelta(days=spec.age)
    ended = now - timedelta(days=spec.ended) if spec.ended else None
    volume_times[key] = dict(id=identity_of, created=created, deleted=ended)
    statements.append(
        f"update cinder.volumes set created_at = {quoted(created)}, updated_at = {quoted(ended or created)}, "
        f" launched_at = {quoted(created)}, terminated_at = {quoted(ended)}, deleted_at = {quoted(ended)} where id = '{identity_of}'")
    statements.append(f"update cinder.volume_attachment set attach_time = {quoted(created)} where volume_id = '{identity_of}'")


for key, image in images.items():
    created = quoted(now - timedelta(days=content.IMAGES[key].age))
    statements.append(f"update glance.images set created_at = {created}, updated_at = {created} where id = '{image}'")


def date(table, thing, created):
    statements.append(
        f"update neutron.standardattributes a join neutron.{table} t on t.standard_attr_id = a.id"
        f" set a.created_at = {quoted(created)} where t.id = '{thing['id']}'")


for key, port in ports.items():
    date("ports", port, times[key]["created"])
for key, address in floating.items():
    date("floatingips", address, now - timedelta(days=content.FLOATING_IPS[key].age))
sql(";\n".join(statements))

# ---- the description for the tests


def zulu(moment):
    return moment and f"{moment:%Y-%m-%dT%H:%M:%SZ}"


moments = {key: {name: zulu(moment) for name, moment in moment_of.items()} for key, moment_of in times.items()}
description = {
    "keystone": keystone, "region": "RegionOne", "databaseSocket": socket, "seeded": zulu(now),
    "accounts": {
        "admin": {"id": admin.user_id, "username": "admin", "password": password},
        **{name: {"id": user, "username": name, "password": password} for name, user in accounts.items()}},
    "applicationCredential": {"id": application["id"], "secret": password, "project": "alpha"},
    "objectStore": object_store,
    "projects": {key: {
        "id": projects[key], "name": key, "properties": properties, "tags": tags, "enabled": key not in content.DISABLED_PROJECTS}
        for key, (properties, tags) in content.PROJECTS.items()},
    "users": {key: {"id": users[key], "name": name, "deleted": key in content.DELETED_USERS} for key, name in content.USERS.items()},
    "images": {key: {
        "id": images[key], "name": spec.name, "properties": spec.properties, "project": spec.project or "admin",
        "visibility": spec.visibility, "hidden": spec.hidden, "status": "active" if spec.has_data else "queued",
        "members": {project: answer for project, (_, answer) in spec.members.items()}, "snapshotOf": spec.snapshot_of,
        "created": zulu(now - timedelta(days=spec.age))} for key, spec in content.IMAGES.items()},
    "flavors": {key: {
        "id": flavors.get(key), "vcpus": vcpus, "ramMiB": ram, "diskGiB": disk, "ephemeralGiB": ephemeral, "extraSpecs": specs,
        "public": key not in content.PRIVATE_FLAVORS, "access": content.PRIVATE_FLAVORS.get(key, []),
        "deleted": key in content.DELETED_FLAVORS} for key, (vcpus, ram, disk, ephemeral, specs) in content.FLAVORS.items()},
    "servers": {key: {
        "id": servers[key]["id"], "name": spec.name, "project": spec.project, "user": spec.user, "flavor": spec.into or spec.flavor,
        "image": spec.image, "status": spec.status,
        "floatingAddresses": sum(address.server == key for address in content.FLOATING_IPS.values()), **moments[key]} for key, spec in content.SERVERS.items()},
    "volumes": {key: {
        "id": volume_times[key]["id"], "name": spec.name, "project": spec.project, "user": spec.user, "sizeGiB": spec.size,
        "type": spec.kind or "__DEFAULT__", "servers": spec.servers, "copyOf": spec.copy_of,
        "created": zulu(volume_times[key]["created"]), "deleted": zulu(volume_times[key]["deleted"])}
        for key, spec in content.VOLUMES.items()},
    "volumeTypes": {name: {"public": access is None, "access": access or []} for name, access in content.VOLUME_TYPES.items()},
    "networks": {key: {
        "id": addresses.networks[key], "name": spec.name, "project": spec.project or "admin",
        "external": spec.body.get("router:external", False), "shared": spec.body.get("shared", False)}
        for key, spec in content.NETWORKS.items()},
    "ports": {key: {
        "id": port["id"], "network": content.PORTS[key], "addresses": [fixed["ip_address"] for fixed in port["fixed_ips"]],
        "created": moments[key]["created"]} for key, port in ports.items()},
    "floatingIps": {key: {
        "id": address["id"], "address": address["floating_ip_address"], "project": content.FLOATING_IPS[key].project,
        "server": content.FLOATING_IPS[key].server, "created": zulu(now - timedelta(days=content.FLOATING_IPS[key].age))}
        for key, address in floating.items()},
}
partial = os.path.join(folder, "cloud.json.part")
with open(partial, "w", encoding="utf-8") as file:
    json.dump(description, file, indent=1, ensure_ascii=False)
os.replace(partial, os.path.join(folder, "cloud.json"))
note("described")
