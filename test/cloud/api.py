"""A few lines over HTTP: one Session a login, addressed by service type and path."""
import requests

COMPUTE_VERSION = "2.90"


class Session:
    def __init__(self, keystone, user, password, scope=None):
        self.keystone = keystone
        identity = {"methods": ["password"], "password": {"user": {**user, "password": password}}}
        body = {"auth": {"identity": identity, "scope": scope or "unscoped"}}
        answer = requests.post(f"{keystone}/auth/tokens", json=body, timeout=60)
        if answer.status_code != 201:
            raise SystemExit(f"login of {user} with scope {scope}: {answer.status_code} {answer.text}")
        token = answer.json()["token"]
        self.user_id = token["user"]["id"]
        self.http = requests.Session()
        self.http.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        self.urls = {
            service["type"]: next(e["url"] for e in service["endpoints"] if e["interface"] == "public")
            for service in token.get("catalog", [])
        }
        self.urls["identity"] = keystone

    def call(self, method, service, path, allow=(), **options):
        if service == "compute":  # Cinder takes a header that speaks of compute alone for a mistake
            options["headers"] = {"OpenStack-API-Version": f"compute {COMPUTE_VERSION}"}
        answer = self.http.request(method, self.urls[service] + path, timeout=120, **options)
        if not answer.ok and answer.status_code not in allow:
            raise SystemExit(f"{method} {service} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else {}

    def get(self, service, path, **options):
        return self.call("GET", service, path, **options)

    def post(self, service, path, body, **options):
        return self.call("POST", service, path, json=body, **options)

    def put(self, service, path, body=None, **options):
        return self.call("PUT", service, path, json=body, **options)

    def patch(self, service, path, body):
        return self.call("PATCH", service, path, json=body)

    def delete(self, service, path):
        return self.call("DELETE", service, path, allow=(404,))
