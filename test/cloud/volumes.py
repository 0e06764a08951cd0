"""Volumes: asked for before the servers are, attached and deleted when those have started."""
import time

import content

ON_THE_WAY = {"creating", "reserved", "attaching", "deleting"}


class Volumes:
    def __init__(self, admin, as_user, projects, sql):
        self.admin, self.as_user, self.projects, self.sql = admin, as_user, projects, sql
        self.asked = set()

    def listed(self):
        page = self.admin.get("volumev3", "/volumes/detail?all_tenants=1")
        return {volume["name"]: volume for volume in page["volumes"]}

    def deleted(self):
        """Ids by name: the API shows deleted volumes to nobody."""
        return dict(self.sql("select display_name, id from cinder.volumes where deleted and display_name is not null"))

    def ask(self):
        types = {kind["name"] for kind in self.admin.get("volumev3", "/types?is_public=None")["volume_types"]}
        for name, access in content.VOLUME_TYPES.items():
            if name not in types:
                body = {"name": name, "os-volume-type-access:is_public": access is None}
                made = self.admin.post("volumev3", "/types", {"volume_type": body})["volume_type"]["id"]
                for project in access or []:
                    self.admin.post("volumev3", f"/types/{made}/action", {"addProjectAccess": {"project": self.projects[project]}})
        listed, deleted = self.listed(), self.deleted()
        for spec in content.VOLUMES.values():
            if spec.name not in listed and not (spec.ended and spec.name in deleted):
                body = {"name": spec.name, "size": spec.size, "volume_type": spec.kind}
                self.as_user(spec.user, spec.project).post("volumev3", "/volumes", {"volume": body})

    def bootable(self, key):
        """The id of a volume that a server can start from, once it is there."""
        spec = content.VOLUMES[key]
        while (volume := self.listed()[spec.name])["status"] != "available":
            time.sleep(0.3)
        session = self.as_user(spec.user, spec.project)
        session.post("volumev3", f"/volumes/{volume['id']}/action", {"os-set_bootable": {"bootable": True}})
        return volume["id"]

    def step(self, servers):
        """Asks for all that it is time for; the volumes as they were, and those that have not met their fates."""
        # The driver does not say that it can, so no type may ask for it.
        several = ", ".join(f"'{spec.name}'" for spec in content.VOLUMES.values() if len(spec.servers) > 1)
        self.sql(f"update cinder.volumes set multiattach = 1 where display_name in ({several})")
        listed = self.listed()
        return listed, [spec for spec in content.VOLUMES.values() if not self.advance(spec, listed.get(spec.name), servers)]

    def settle(self, servers):
        """Steps until each volume is as it should be."""
        limit = time.monotonic() + 240
        while True:
            listed, waiting = self.step(servers)
            if not waiting:
                break
            if time.monotonic() > limit:
                raise SystemExit("still waiting for the volumes " + ", ".join(str(spec.name) for spec in waiting))
            time.sleep(0.4)
        self.hide_copies(listed)

    def advance(self, spec, volume, servers):
        """True when the volume has met its fate; otherwise takes the next step if it is time for one."""
        if volume is None:
            return bool(spec.ended)
        if volume["status"] in ON_THE_WAY:
            return False
        if "error" in volume["status"]:
            raise SystemExit(f"volume {spec.name}: {volume['status']}")
        if spec.ended:
            self.once("delete", volume, lambda: self.admin.delete("volumev3", f"/volumes/{volume['id']}"))
            return False
        attached = {attachment["server_id"] for attachment in volume["attachments"]}
        missing = [servers[key]["id"] for key in spec.servers if servers[key]["id"] not in attached]
        if missing:
            body = {"volumeAttachment": {"volumeId": volume["id"]}}
            self.once(missing[0], volume, lambda: self.as_user(spec.user, spec.project).post(
                "compute", f"/servers/{missing[0]}/os-volume_attachments", body))
        return not missing

    def once(self, step, volume, take):
        if (step, volume["id"]) not in self.asked:
            self.asked.add((step, volume["id"]))
            take()

    def hide_copies(self, listed):
        """What a migration under way leaves in the database."""
        for spec in content.VOLUMES.values():
            if spec.copy_of:
                source = listed[content.VOLUMES[spec.copy_of].name]["id"]
                self.sql(f"update cinder.volumes set migration_status = 'target:{source}' where id = '{listed[spec.name]['id']}'")

    def found(self):
        """Ids by key."""
        listed, deleted = self.listed(), self.deleted()
        return {key: deleted[spec.name] if spec.ended else listed[spec.name]["id"] for key, spec in content.VOLUMES.items()}
