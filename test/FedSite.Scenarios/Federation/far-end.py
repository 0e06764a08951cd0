"""What Apache talks to in tests of rendered files: a provider's documents over TLS, an introspection proxy, and a server
that answers with the headers that reach it. Prints its ports; ends with its standard input."""

import base64, http.server, json, ssl, sys, threading, time, urllib.parse

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
    """Whoever is sent to /auth is logged in as `one`, without a question."""

    key = None
    nonces = {}

    def issuer(self):
        path = self.path.split("?")[0].split("/.well-known/")[0]
        return f"https://127.0.0.1:{self.server.server_port}/" + path.split("/")[1]

    @classmethod
    def signing_key(cls):
        from cryptography.hazmat.primitives.asymmetric import rsa

        cls.key = cls.key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return cls.key

    def do_GET(self):
        issuer, query = self.issuer(), dict(urllib.parse.parse_qsl(self.path.partition("?")[2]))
        if "redirect_uri" in query:
            code = f"code{len(self.nonces)}"
            self.nonces[code] = query["nonce"]
            self.send_response(302)
            back = urllib.parse.urlencode({"code": code, "state": query["state"]})
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.endswith("/jwks"):
            import jwt

            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.signing_key().public_key()))
            self.answer({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})
        else:
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
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        claims = {"sub": "one", "iss": self.issuer(), "exp": 4000000000}
        if "code" not in form:
            self.answer({"active": True, **claims})
            return
        import jwt

        user = urllib.parse.unquote(base64.b64decode(self.headers["Authorization"][6:]).decode().split(":")[0])
        claims |= {"aud": user, "nonce": self.nonces[form["code"]], "iat": int(time.time())}
        token = jwt.encode(claims, self.signing_key(), algorithm="RS256", headers={"kid": "one"})
        self.answer({"access_token": "any", "token_type": "Bearer", "id_token": token, "expires_in": 600})


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
