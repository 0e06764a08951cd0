"""Networks, ports of servers, floating addresses."""
import content


class Addresses:
    def __init__(self, admin, projects):
        self.admin, self.projects = admin, projects
        self.networks = {}

    def owned(self, kind, name, project, **body):
        """What the project has under that name, made if there is none; no project: of the project admin."""
        owner = {"project_id": self.projects[project]} if project else {}
        query = "&".join(f"{k}={v}" for k, v in {"name": name, **owner}.items())
        path = f"/v2.0/{kind}s"
        found = self.admin.get("network", f"{path}?{query}")[f"{kind}s"]
        return found[0] if found else self.admin.post("network", path, {kind: {"name": name, **owner, **body}})[kind]

    def make_networks(self):
        subnets = {}
        for key, spec in content.NETWORKS.items():
            self.networks[key] = self.owned("network", spec.name, spec.project, **spec.body)["id"]
            for name, version, cidr in spec.subnets:
                subnets[key, version] = self.owned("subnet", name, spec.project, network_id=self.networks[key],
                                                   ip_version=version, cidr=cidr, enable_dhcp=spec.project is not None)["id"]
        for key in content.ROUTED_PROJECTS:
            outside = {"network_id": self.networks["public"]}
            router = self.owned("router", "router", key, external_gateway_info=outside)["id"]
            if not self.ports(router, "network:router_interface"):
                self.admin.put("network", f"/v2.0/routers/{router}/add_router_interface", {
                    "subnet_id": subnets[f"private-{key}", 4]})

    def ports(self, device, owner="compute:nova"):
        return self.admin.get("network", f"/v2.0/ports?device_id={device}&device_owner={owner}")["ports"]

    def at_creation(self, server):
        """What Nova is asked for; only an admin may put a server on the external network, see plug."""
        network = content.PORTS.get(server)
        return [{"uuid": self.networks[network]}] if network and network != "public" else "none"

    def plug(self, servers):
        """The port of each server that should have one, by the server's key."""
        found = {}
        for server, network in content.PORTS.items():
            device = servers[server]["id"]
            if not self.ports(device):
                self.admin.post("compute", f"/servers/{device}/os-interface", {
                    "interfaceAttachment": {"net_id": self.networks[network]}})
            found[server] = self.ports(device)[0]
        return found

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
