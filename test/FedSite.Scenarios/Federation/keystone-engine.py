"""Answers what the real Keystone (Debian's python3-keystone) makes of mappings and logins, a line of JSON each.

{"mapping": {...}, "assertion": {...}, "remote_user": "..."}   what the mapping gives
{"pattern": "...", "texts": [...]}                               in which texts re.search finds it
{"characters": true}                                             what Python says of all characters
"""

import _sre
import json
import logging
import re
import signal
import sys
import unicodedata
import warnings

import flask
import keystone.conf
from keystone.auth.plugins import mapped
from keystone.federation import utils

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
keystone.conf.configure()
keystone.conf.CONF([], project="keystone", default_config_files=[])
app = flask.Flask("keystone")


class OrderedSet:
    """Keystone's sets have the order of chance; an answer that can be compared needs one."""

    def __init__(self, items=()):
        self.items = dict.fromkeys(items)

    def add(self, item):
        self.items.setdefault(item)

    def update(self, items):
        for item in items:
            self.add(item)

    def intersection(self, other):
        return OrderedSet(item for item in other if item in self.items)

    def difference(self, other):
        return OrderedSet(item for item in self.items if item not in other.items)

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)


utils.set = OrderedSet


class TooLong(BaseException):
    pass


def alarm(*_):
    raise TooLong()


def plain(value):
    """JSON of a value; what JSON can't say is marked."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return {"python": repr(value)}


def login(properties, remote_user):
    user = dict(properties["user"])
    if user["type"] != "ephemeral":
        return None
    environment = {"REMOTE_USER": remote_user} if remote_user is not None else {}
    with app.test_request_context(environ_overrides=environment):
        try:
            unique_id, name = mapped.get_user_unique_id_and_display_name({"user": user})
        except Exception as error:
            return {"error": type(error).__name__}
    return {"id": unique_id, "name": name}


def evaluate(question):
    mapping = question["mapping"]
    try:
        utils.validate_mapping_structure(mapping)
    except Exception as error:
        return {"accepted": False, "error": type(error).__name__}
    try:
        properties = utils.RuleProcessor("mapping", mapping["rules"]).process(question["assertion"])
    except Exception as error:
        return {"accepted": True, "error": type(error).__name__}
    return {
        "accepted": True,
        "mapped": plain(properties),
        "login": login(properties, question.get("remote_user")),
    }


def search(question):
    try:
        pattern = re.compile(question["pattern"])
    except Exception as error:
        return {"error": type(error).__name__}
    return {"found": [bool(pattern.search(text)) for text in question["texts"]]}


def characters():
    """What every character of the planes with letters is, and its small form."""
    kinds, lower = [], {}
    for point in range(0x30000):
        letter = chr(point)
        assigned = unicodedata.category(letter) not in ("Cn", "Cs")
        kinds.append(
            (assigned and 1)
            + 2 * bool(re.match(r"\w", letter))
            + 4 * bool(re.match(r"\d", letter))
            + 8 * bool(re.match(r"\s", letter))
            + 16 * letter.isprintable()
        )
        if _sre.unicode_tolower(point) != point:
            lower[point] = _sre.unicode_tolower(point)
    return {"kinds": kinds, "lower": lower}


signal.signal(signal.SIGALRM, alarm)
for line in sys.stdin:
    question = json.loads(line)
    signal.alarm(10)
    try:
        if "characters" in question:
            answer = characters()
        elif "pattern" in question:
            answer = search(question)
        else:
            answer = evaluate(question)
    except TooLong:
        answer = {"tooLong": True}
    signal.alarm(0)
    print(json.dumps(answer), flush=True)
