"""catalog.py KEYSTONE PASSWORD REGION NAME=URL...: service users and endpoints, each made only if missing."""
import sys

import openstack

keystone, password, region, *services = sys.argv[1:]
TYPES = {"placement": "placement", "nova": "compute", "neutron": "network", "glance": "image", "cinder": "volumev3",
         "swift": "object-store"}

identity = openstack.connect(
    auth_url=keystone, username="admin", password=password, project_name="admin",
    user_domain_id="default", project_domain_id="default", region_name=region,
).identity

roles = {role.name: role for role in identity.roles()}
for name in ("service", "accounting"):
    if name not in roles:
        roles[name] = identity.create_role(name=name)
project = identity.find_project("service") or identity.create_project(name="service", domain_id="default")
present = {endpoint.service_id for endpoint in identity.endpoints()}
for name, url in (service.split("=", 1) for service in services):
    user = identity.find_user(name) or identity.create_user(name=name, password=password, domain_id="default")
    for role in ("admin", "service"):
        identity.assign_project_role_to_user(project, user, roles[role])
    service = identity.find_service(name) or identity.create_service(name=name, type=TYPES[name])
    if service.id not in present:
        for interface in ("public", "internal", "admin"):
            identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id=region)
