"""In Keystone's place: answers with the WSGI keys that a request arrives with."""
import json


def application(environ, start_response):
    keys = {key: value for key, value in sorted(environ.items()) if isinstance(value, str)}
    body = json.dumps(keys).encode()
    start_response('200 OK', [('Content-Type', 'application/json'), ('Content-Length', str(len(body)))])
    return [body]
