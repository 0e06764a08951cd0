"""Images and who has access to them, and snapshots of servers."""
import json
import time

import content

DATA = b"no image at all" * 100
BINARY = {"Content-Type": "application/octet-stream"}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


class Images:
    def __init__(self, admin, as_user, projects):
        self.admin, self.as_user, self.projects = admin, as_user, projects

    def session(self, spec):
        return self.as_user(spec.user, spec.project) if spec.user else self.admin

    def listed(self):
        """By name and whether hidden: versions of one image have one name."""
        found = {}
        for hidden in ("false", "true"):
            page = self.admin.get("image", f"/v2/images?limit=1000&visibility=all&os_hidden={hidden}")
            found.update(((image["name"], image["os_hidden"]), image) for image in page["images"])
        return found

    def make(self):
        listed = self.listed()
        for spec in content.IMAGES.values():
            if spec.snapshot_of:
                continue
            session = self.session(spec)
            image = listed.get((spec.name, spec.hidden)) or session.post("image", "/v2/images", {
                "name": spec.name, "visibility": spec.visibility, "disk_format": "qcow2", "container_format": "bare",
                "os_hidden": spec.hidden, **spec.properties})
            self.fill(session, spec, image)
            self.share(session, spec, image)
        return self.ids()

    def fill(self, session, spec, image):
        if image["status"] == "queued" and spec.has_data:
            session.call("PUT", "image", f"/v2/images/{image['id']}/file", data=DATA, headers=BINARY)

    def share(self, session, spec, image):
        members = f"/v2/images/{image['id']}/members"
        for project, (user, answer) in spec.members.items():
            session.post("image", members, {"member": self.projects[project]}, allow=(409,))
            self.as_user(user, project).put("image", f"{members}/{self.projects[project]}", {"status": answer})

    def snap(self, servers):
        for spec in content.IMAGES.values():
            if spec.snapshot_of:
                server = f"/servers/{servers[spec.snapshot_of]['id']}"
                if (spec.name, False) not in self.listed():
                    self.session(spec).post("compute", f"{server}/action", {"createImage": {"name": spec.name}})
                self.await_idle(spec, server)
                self.complete(spec, self.listed()[spec.name, False])
        return self.ids()

    def await_idle(self, spec, server):
        limit = time.monotonic() + 60
        while self.admin.get("compute", server)["server"]["OS-EXT-STS:task_state"]:
            if time.monotonic() > limit:
                raise SystemExit(f"still waiting for the snapshot {spec.name}")
            time.sleep(0.3)

    def complete(self, spec, image):
        """Nova's driver for tests leaves to us what a real one does."""
        if image["status"] == "queued":
            formats = {"disk_format": "qcow2", "container_format": "bare"}
            self.session(spec).call("PATCH", "image", f"/v2/images/{image['id']}", headers=PATCH, data=json.dumps(
                [{"op": "replace", "path": f"/{name}", "value": value} for name, value in formats.items()]))
            self.fill(self.session(spec), spec, image)

    def ids(self):
        listed = self.listed()
        return {key: listed[spec.name, spec.hidden]["id"] for key, spec in content.IMAGES.items()
                if (spec.name, spec.hidden) in listed}
