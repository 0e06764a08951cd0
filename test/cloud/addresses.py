"""Networks, ports of servers, floating addresses."""
import content


class Addresses:
    def __init__(self, admin, projects):
        self.admin, self.projects = admin, projects
        self.networks, self.known = {}, {}

    def owned(self, kind, name, project, **body):
        """Id of what the project has under that name, made if there is none; no project: of the project admin."""
        path = f"/v2.0/{kind}s"
        if kind not in self.known:
            self.known[kind] = self.admin.get("network", path)[f"{kind}s"]
        key = {"name": name, **({"project_id": self.projects[project]} if project else {})}
        found = next((thing for thing in self.known[kind] if all(thing[k] == v for k, v in key.items())), None)
        return (found or self.admin.post("network", path, {kind: {**key, **body}})[kind])["id"]

    def make_networks(self):
        subnets = {}
        for key, spec in content.NETWORKS.items():
            self.networks[key] = self.owned("network", spec.name, spec.project, **spec.body)
            for name, version, cidr in spec.subnets:
                subnets[key, version] = self.owned("subnet", name, spec.project, network_id=self.networks[key],
                                                   ip_version=version, cidr=cidr, enable_dhcp=spec.project is not None)
        routed = self.ports("network:router_interface")
        for key in content.ROUTED_PROJECTS:
            outside = {"network_id": self.networks["public"]}
            router = self.owned("router", "router", key, external_gateway_info=outside)
            if router not in routed:
                self.admin.put("network", f"/v2.0/routers/{router}/add_router_interface", {
                    "subnet_id": subnets[f"private-{key}", 4]})

    def ports(self, owner="compute:nova"):
        """By the id of the server or router that they belong to."""
        page = self.admin.get("network", f"/v2.0/ports?device_owner={owner}")
        return {port["device_id"]: port for port in page["ports"]}

    def at_creation(self, server):
        """What Nova is asked for; only an admin may put a server on the external network, see plug."""
        network = content.PORTS.get(server)
        return [{"uuid": self.networks[network]}] if network and network != "public" else "none"

    def plug(self, servers):
        """The port of each server that should have one, by the server's key."""
        ids = {key: servers[key]["id"] for key in content.PORTS}
        ports = self.ports()
        for key in [key for key, server in ids.items() if server not in ports]:
            self.admin.post("compute", f"/servers/{ids[key]}/os-interface", {
                "interfaceAttachment": {"net_id": self.networks[content.PORTS[key]]}})
        ports = self.ports()
        return {key: ports[server] for key, server in ids.items()}

    def float(self, ports):
        """The floating addresses by key, each where it should be; the description says which one it is."""
        found = {}
        every = {address["description"]: address for address in self.admin.get("network", "/v2.0/floatingips")["floatingips"]}
        for key, spec in content.FLOATING_IPS.items():
            address = every.get(key)
            if not address:
                first = spec.before or spec.server
                address = self.admin.post("network", "/v2.0/floatingips", {"floatingip": {
                    "floating_network_id": self.networks["public"], "project_id": self.projects[spec.project],
                    "description": key, "port_id": ports[first]["id"] if first else None}})["floatingip"]
            port = ports[spec.server]["id"] if spec.server else None
            if address["port_id"] != port:
                self.admin.put("network", f"/v2.0/floatingips/{address['id']}", {"floatingip": {"port_id": port}})
            found[key] = address
        return found
