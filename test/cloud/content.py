"""What the test cloud holds.  Keys are the names by which tests speak of things; see seed.py for the making."""
import hashlib
import json


def federated(person):
    """The kind of name that users from the federation have."""
    return hashlib.sha256(f"fedsite test {person}".encode()).hexdigest() + "@egi.eu"


USERS_DOMAIN = "egi.eu"
USERS = {person: federated(person) for person in ("ada", "ben", "cleo", "gone")}
DELETED_USERS = {"gone"}

# key: properties as they are read, tags
PROJECTS = {
    "alpha": ({"egi.VO": "vo.alpha.example"}, ["caso"]),
    "gpu": ({"egi.VO": "vo.gpu.example"}, []),
    "spelled": ({"accounting:VO": "vo.beta.example"}, []),
    "underscored": ({"egi.eu_VO": "vo.beta.example"}, []),
    "several": ({"egi.VO": ["vo.second.example", "vo.alpha.example"]}, []),
    "tagged": ({}, ["caso", "other"]),  # no VO
    "internal": ({}, []),
    "disabled": ({"egi.VO": "vo.alpha.example"}, ["caso"]),
}
# Keystone spells : and - as _ in what comes with the creation of a project, though not in later changes.
CREATED_WITH = {"underscored": {"egi.eu:VO": "vo.beta.example"}}
DISABLED_PROJECTS = {"disabled"}
ROUTED_PROJECTS = {"alpha", "spelled"}  # have a network "private" behind a router

# What the accounts for the tests may do: roles in every project, in one project, on the system.
READS = [key for key in PROJECTS if key != "internal"]
ACCOUNTS = {
    "accounting": {"projects": {key: ("reader", "accounting") for key in READS}},
    "systemReader": {"projects": {key: ("reader",) for key in READS}, "system": ("reader",)},
    "plainReader": {"projects": {"alpha": ("reader",)}},
    "homeless": {"projects": {}},
}


def accelerator(number, **more):
    return {
        "Accelerator:Type": "GPU",
        "Accelerator:Vendor": "NVIDIA",
        "Accelerator:Model": "A100",
        "Accelerator:Memory": "40",
        "Accelerator:Number": number,
        **{f"Accelerator:{name}": value for name, value in more.items()},
    }


# key: vcpus, MiB, GiB, GiB ephemeral, extra specs
FLAVORS = {
    "tiny": (1, 512, 1, 0, {}),
    "small": (1, 2048, 20, 0, {}),
    "medium": (2, 4096, 40, 10, {}),
    "benchmarked": (4, 8192, 80, 0, {"accounting:benchmark_type": "HEPscore23", "accounting:benchmark_value": "17.5"}),
    "gpu-two": (8, 65536, 100, 0, accelerator("2")),
    "gpu-half": (2, 8192, 50, 0, accelerator("0.5")),
    "retired": (3, 3072, 30, 0, {}),
    "impossible": (4000, 512, 1, 0, {}),  # no host has as many
    "arm": (4, 8192, 40, 0, {"trait:HW_ARCH_AARCH64": "required"}),
    "reserved": (16, 32768, 80, 200, {"infiniband": "true"}),
    "gpu-slice": (2, 16384, 40, 0, accelerator("0.25", VirtualizationType="mediated", Version="550.90.07")),
    "nobody": (64, 524288, 80, 0, {}),
}
DELETED_FLAVORS = {"retired"}

# Everybody may have the others. Key: projects with access.
PRIVATE_FLAVORS = {"reserved": ["alpha"], "gpu-slice": ["gpu"], "nobody": []}

class Image:
    """project, user: None is admin; members: user who answered, and the answer; age in days; a snapshot has its server's project."""

    def __init__(self, name, properties=None, project=None, user=None, visibility="public", hidden=False, members=None,
                 has_data=True, age=60, snapshot_of=None):
        self.name, self.properties, self.project, self.user = name, properties or {}, project, user
        self.visibility, self.hidden, self.members, self.has_data = visibility, hidden, members or {}, has_data
        self.age, self.snapshot_of = age, snapshot_of


def registered(repository, version):
    """What a synchroniser notes at an image that it took from a registry."""
    reference, digest = f"egi_vm_images/{repository}", hashlib.sha256(version.encode()).hexdigest()
    attributes = {
        "eu.egi.cloud.image_ref": reference, "eu.egi.cloud.tag": version, "eu.egi.cloud.description": f"EGI's {repository}",
        "org.openstack.glance.os_distro": "ubuntu"}
    return {
        "vmcatcher_event_ad_mpuri": f"registry.egi.eu/{reference}-sha256:{digest}",
        "vmcatcher_event_dc_description": f"EGI's {repository}", "APPLIANCE_ATTRIBUTES": json.dumps(attributes),
        "architecture": "x86_64", "os_distro": "ubuntu", "os_version": "24.04", "os_admin_user": "ubuntu"}


def listed(number):
    """What it notes at one that it took from a VO's image list."""
    address = f"https://appdb.example.org/store/vo/image/{number}"
    return {
        "vmcatcher_event_ad_mpuri": address, "ad:mpuri": address, "ad:base_mpuri": "https://appdb.example.org/store/vm/image/",
        "vmcatcher_event_dc_title": "Listed image",
        "APPLIANCE_ATTRIBUTES": json.dumps({"ad:mpuri": address, "ad:base_mpuri": "https://appdb.example.org/store/vm/image/"})}


IMAGES = {
    "plain": Image("Debian 12"),
    "appliance": Image("EGI Ubuntu 24.04", {"vmcatcher_event_ad_mpuri": "https://appdb.example.org/store/vo/image/4711:1/"}),
    "registry": Image("registry.egi.eu egi_vm_images/ubuntu:24.04", registered("ubuntu:24.04", "2026.10.02"), age=20),
    "registryBefore": Image("registry.egi.eu egi_vm_images/ubuntu:24.04", registered("ubuntu:24.04", "2026.08.14"), hidden=True, age=70),
    "listed": Image("EGI listed image", listed("4712:3/"), age=50),
    "notJson": Image("Attributes by hand", {"APPLIANCE_ATTRIBUTES": "none, really"}),
    "foreign": Image("Übersicht 東京 αβγ", {"vmcatcher_event_dc_description": "Für alle – 誰でも"}),
    "empty": Image("Never uploaded", has_data=False),
    "community": Image("For whom it may help", project="spelled", user="ben", visibility="community"),
    "shared": Image("Shared with alpha", project="gpu", user="cleo", visibility="shared",
                    members={"alpha": ("ada", "accepted"), "spelled": ("ben", "pending")}),
    "offered": Image("Offered to alpha", project="gpu", user="cleo", visibility="shared",
                     members={"alpha": ("ada", "pending"), "spelled": ("ben", "accepted")}),
    "ownShared": Image("To be shared", project="alpha", user="ada", visibility="shared"),
    "private": Image("Nobody else's", project="alpha", user="ada", visibility="private"),
    "snapshot": Image("portal before the upgrade", project="alpha", user="ada", visibility="private", age=5, snapshot_of="portal"),
}


class Server:
    """fate: what happens after the start; ages in days: since creation, since the last change, since the end."""

    def __init__(self, name, project, user, flavor="tiny", fate="run", status="ACTIVE", image="plain",
                 age=10, changed=None, ended=None, into=None):
        self.name, self.project, self.user, self.flavor, self.image = name, project, user, flavor, image
        self.fate, self.status, self.into = fate, status, into
        self.age, self.changed, self.ended = age, changed, ended


SERVERS = {
    "portal": Server("portal", "alpha", "ada", "small", image="appliance", age=40),
    "foreign": Server("Zürich 東京 αβγ", "alpha", "ada"),
    "separator": Server("100%%done: yes", "alpha", "ben"),
    "stopped": Server("stopped", "alpha", "ben", "small", "stop", "SHUTOFF", age=40, changed=20),
    "suspended": Server("suspended", "alpha", "ada", "small", "suspend", "SUSPENDED", age=40, changed=3),
    "paused": Server("paused", "alpha", "ada", fate="pause", status="PAUSED", changed=2),
    "resized": Server("resized", "alpha", "ben", "small", "resize+confirm", age=40, changed=4, into="medium"),
    "resizing": Server("resizing", "alpha", "ben", "small", "resize", "VERIFY_RESIZE", changed=1, into="medium"),
    "shelved": Server("shelved", "alpha", "ada", "medium", "shelve", "SHELVED", changed=5),
    "offloaded": Server("offloaded", "alpha", "ada", "medium", "shelve+offload", "SHELVED_OFFLOADED", age=40, changed=35),
    "deleted": Server("deleted", "alpha", "ben", "small", "delete", "DELETED", ended=5),
    "deletedAcrossMonths": Server("deleted across months", "alpha", "ben", "medium", "delete", "DELETED", age=40, ended=5),
    "deletedLongAgo": Server("deleted long ago", "alpha", "ada", "tiny", "delete", "DELETED", age=40, ended=36),
    "failed": Server("failed", "alpha", "ada", "impossible", "fail", "ERROR"),
    "fromVolume": Server("from volume", "alpha", "ben", "small", image=None),
    "benchmarked": Server("benchmarked", "alpha", "ada", "benchmarked", image="appliance", age=40),
    "retiredFlavor": Server("retired flavor", "alpha", "ada", "retired", age=40),
    "gpu": Server("gpu", "gpu", "cleo", "gpu-two", age=40),
    "gpuShare": Server("gpu share", "gpu", "cleo", "gpu-half"),
    "gpuDeleted": Server("gpu deleted", "gpu", "cleo", "gpu-two", "delete", "DELETED", age=40, ended=5),
    "spelled": Server("spelled", "spelled", "ben", "small"),
    "ownerGone": Server("owner gone", "spelled", "gone"),
    "underscored": Server("underscored", "underscored", "cleo"),
    "several": Server("several", "several", "cleo"),
    "withoutVo": Server("without vo", "tagged", "ada"),
    "internal": Server("internal", "internal", "ben"),
    "inDisabledProject": Server("in disabled project", "disabled", "ben"),
}


class Volume:
    """servers: what it is attached to; copy_of: the volume whose migration made it; ages in days as for servers."""

    def __init__(self, name, project, user, size, kind=None, servers=(), age=10, ended=None, copy_of=None):
        self.name, self.project, self.user, self.size, self.kind = name, project, user, size, kind
        self.servers, self.age, self.ended, self.copy_of = servers, age, ended, copy_of


# Projects with access; None: everybody.
VOLUME_TYPES = {"fast": None, "multiattach": None, "reserved": ["alpha"], "nobody": []}

VOLUMES = {
    "boot": Volume("from volume", "alpha", "ben", 20, servers=("fromVolume",)),
    "attached": Volume("data", "alpha", "ada", 10, servers=("portal",), age=40),
    "free": Volume("free", "alpha", "ben", 5, age=40),
    "unnamed": Volume(None, "alpha", "ada", 3),
    "fast": Volume("fast", "alpha", "ben", 8, "fast"),
    "onTwoServers": Volume("on two servers", "alpha", "ada", 4, "multiattach", ("portal", "benchmarked"), age=40),
    "deleted": Volume("deleted", "alpha", "ben", 6, age=40, ended=5),
    "copy": Volume("copy", "alpha", "ben", 5, copy_of="free"),
    "gpu": Volume("gpu data", "gpu", "cleo", 50, servers=("gpu",), age=40),
}


class Network:
    """project: None is admin's; subnets: name, IP version, range."""

    def __init__(self, name, project, *subnets, **body):
        self.name, self.project, self.subnets, self.body = name, project, subnets, body


def flat(name):
    return {"provider:network_type": "flat", "provider:physical_network": name}


NETWORKS = {
    "public": Network("public", None, ("public", 4, "203.0.113.0/24"), ("public6", 6, "2001:db8:e::/64"),
                      **{"router:external": True, **flat("outside")}),
    "provider": Network("provider", None, ("provider", 4, "198.51.100.0/24"), shared=True, **flat("street")),
    "dual": Network("dual", "alpha", ("dual", 4, "10.9.0.0/24"), ("dual6", 6, "2001:db8:a::/64")),
    **{f"private-{key}": Network("private", key, ("private", 4, f"10.{n}.0.0/24"))
       for n, key in enumerate(sorted(ROUTED_PROJECTS))},
}

# Servers with a port, and its network; the others have none, since only these are worth neutron's time.
PORTS = {
    "portal": "private-alpha",
    "separator": "private-alpha",
    "spelled": "private-spelled",
    "foreign": "public",
    "retiredFlavor": "provider",
    "fromVolume": "dual",
}


class FloatingIp:
    """server: where it is, None: nowhere; before: where it was."""

    def __init__(self, project, server, before=None, age=40):
        self.project, self.server, self.before, self.age = project, server, before, age


FLOATING_IPS = {
    "moved": FloatingIp("alpha", "separator", before="portal"),
    "portal": FloatingIp("alpha", "portal"),  # the one after it
    "spelled": FloatingIp("spelled", "spelled", age=10),
    "free": FloatingIp("alpha", None, age=10),
}
