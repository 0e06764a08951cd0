"""limits.py KEYSTONE PASSWORD REGION: lets Glance take its limits from Keystone, and prints which endpoint they belong to.

The limits are so large that only who gives a project one of its own notices any.  Every start of the cloud runs this, before Glance.
"""
import sys

from api import Session

keystone, password, region = sys.argv[1:]
LIMITS = {"image_count_total": 10_000, "image_count_uploading": 10_000,  # of images
          "image_size_total": 100_000_000, "image_stage_total": 100_000_000}  # MiB

admin = Session(keystone, {"name": "admin", "domain": {"id": "default"}}, password,
                {"project": {"name": "admin", "domain": {"id": "default"}}})
service = admin.get("identity", "/services?type=image")["services"][0]["id"]
endpoint = admin.get("identity", f"/endpoints?service_id={service}&interface=public")["endpoints"][0]["id"]
user = admin.get("identity", "/users?name=glance&domain_id=default")["users"][0]["id"]
reader = admin.get("identity", "/roles?name=reader")["roles"][0]["id"]
# Others than that of the system see limits of their own project alone.
admin.put("identity", f"/system/users/{user}/roles/{reader}")
present = {limit["resource_name"] for limit in admin.get("identity", f"/registered_limits?service_id={service}")["registered_limits"]}
missing = [{"service_id": service, "region_id": region, "resource_name": name, "default_limit": limit}
           for name, limit in LIMITS.items() if name not in present]
if missing:
    admin.post("identity", "/registered_limits", {"registered_limits": missing})
print(f"endpoint_id = {endpoint}")
