"""nova-compute with nova's fake hypervisor, which otherwise forgets its guests when it ends.

Started directly because Debian's nova-compute package brings a hypervisor along.
"""
import sys

from nova import context
from nova import objects
from nova.cmd import compute
from nova.compute import power_state
from nova.virt import fake


class RememberingDriver(fake.FakeDriver):
    def init_host(self, host):
        super().init_host(host)
        known = objects.InstanceList.get_by_host(
            context.get_admin_context(), host, expected_attrs=["flavor", "info_cache"]
        )
        for server in known:
            state = server.power_state or power_state.RUNNING
            self.instances[server.uuid] = fake.FakeInstance(server.name, state, server.uuid)
            self._interfaces.update((vif["id"], vif) for vif in server.get_network_info())


# nova looks for drivers in its own package only
fake.RememberingDriver = RememberingDriver

if __name__ == "__main__":
    sys.exit(compute.main())
