"""What Swift holds: a container for the site's published information, and the account that writes it."""
PROJECT = "internal"
CONTAINER = "cloud-info"
ACCOUNT = "publisher"


def make(publisher):
    """By the publisher's session in PROJECT.  Returns the description."""
    publisher.put("object-store", f"/{CONTAINER}")
    return {"url": publisher.urls["object-store"], "container": CONTAINER, "project": PROJECT, "account": ACCOUNT}
