"""What Apache talks to in tests of rendered files: a provider's documents over TLS, an introspection proxy, and a server
that answers with the headers that reach it. Prints its ports; ends with its standard input."""

import base64, http.server, json, ssl, sys, threading

certificate, key = sys.argv[1:]
asked = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Provider(Handler):
    def do_GET(self):
        issuer = f"https://127.0.0.1:{self.server.server_port}" + self.path.split("/.well-known/")[0]
        self.answer(
            {
                "issuer": issuer.replace("/lies", "/truth"),
                "authorization_endpoint": issuer + "/auth",
                "token_endpoint": issuer + "/token",
                "jwks_uri": issuer + "/jwks",
                "introspection_endpoint": issuer + "/introspect",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        issuer = f"https://127.0.0.1:{self.server.server_port}" + self.path.rsplit("/", 1)[0]
        self.answer({"active": True, "sub": "one", "iss": issuer, "exp": 4000000000})


class Introspection(Handler):
    """The token is `SUB ISSUER`; who asks must be keystone with its password."""

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        token = base64.urlsafe_b64decode(form.split("token=")[1].split("&")[0].split("%")[0] + "==").decode()
        credentials = base64.b64decode(self.headers.get("Authorization", "")[6:]).decode()
        if credentials != "keystone:proxy-password":
            self.answer({"active": False})
            return
        subject, issuer = token.split(" ")
        claims = {"eduperson_entitlement": ["urn:a", "urn:b"], "entitlements": ["urn:c"], "email": "a@example.org"}
        self.answer({"active": True, "sub": subject, "iss": issuer, "exp": 4000000000, **claims})


class Echo(Handler):
    def do_GET(self):
        self.answer(dict(self.headers.items()))

    do_POST = do_GET


def serve(handler, tls=False):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


print(json.dumps({"provider": serve(Provider, True), "introspection": serve(Introspection), "echo": serve(Echo)}), flush=True)
sys.stdin.read()
