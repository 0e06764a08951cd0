-- Manifests and indexes of registries. Their digest names their content, so what is known stays true.
create table images_manifest (
    digest text not null primary key, -- sha256:HEX
    body blob not null,
    used integer not null             -- epoch seconds, UTC, when it was read
) strict, without rowid;

-- What inspection found in files, by the digest of their content.
create table images_content (
    digest text not null primary key, -- sha256:HEX
    sha512 text not null,             -- hexadecimal digits
    size integer not null,            -- bytes
    format text not null,
    virtual_size integer,             -- bytes
    findings text not null,           -- JSON: [{id, message}]
    rules integer not null,           -- version of the inspection's rules
    inspected integer not null        -- epoch seconds, UTC
) strict, without rowid;

-- Versions whose content was refused, so that it is not fetched again at each run.
create table images_refusal (
    slot text not null,               -- another registry may send other bytes for the same manifest
    manifest text not null,           -- digest; what it declares counts too
    id text not null,                 -- for instance qcow2-backing-file
    reason text not null,
    terms text not null,              -- rules and limits that it was refused by
    refused integer not null,         -- epoch seconds, UTC
    primary key (slot, manifest)
) strict, without rowid;

-- Files that were made from others.
create table images_conversion (
    source text not null,             -- digest of the original
    format text not null,             -- of the result
    digest text not null,             -- of the result
    sha512 text not null,
    size integer not null,            -- bytes
    virtual_size integer not null,    -- bytes
    made integer not null,            -- epoch seconds, UTC
    primary key (source, format)
) strict, without rowid;

-- Each source as a run last saw it.
create table images_source (
    site text not null,
    name text not null,
    offers integer not null,          -- at the last complete listing
    listed integer,                   -- epoch seconds, UTC, of that one
    failure text,                     -- of the last run; null: none
    tried integer not null,           -- epoch seconds, UTC
    primary key (site, name)
) strict, without rowid;

-- Each slot (registry, repository, tag, architecture): what the last run decided about it, and why.
create table images_slot (
    site text not null,
    slot text not null,
    source text not null,             -- name
    manifest text,                    -- digest that the source offers; null: none
    content text,                     -- digest
    decision text not null,           -- for instance offered, replaced, refused, withdrawn
    reason text not null,
    image_id text,                    -- of the current version in Glance
    decided integer not null,         -- epoch seconds, UTC
    primary key (site, slot)
) strict, without rowid;

-- Versions of slots that are, or were, in Glance.
create table images_version (
    site text not null,
    image_id text not null,
    slot text not null,
    manifest text not null,           -- digest
    content text not null,            -- digest of the original
    sent text not null,               -- digest of what Glance got
    made integer not null,            -- epoch seconds, UTC
    superseded integer,               -- epoch seconds, UTC; null: it is current
    removed integer,                  -- epoch seconds, UTC; null: it is there
    projects text,                    -- hash of the projects that it was last compared with
    primary key (site, image_id)
) strict, without rowid;
