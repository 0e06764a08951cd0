-- What `apply` made, or found and adopted, in a Keystone: what is here and no longer named by the file may be pruned.
create table federation_object (
    site text not null,         -- its name and Keystone's URL, as site.yaml has them
    kind text not null,
    name text not null,         -- as plans show it, unique in its kind
    id text not null,
    adopted integer not null,   -- 1: the site had made it by hand
    since integer not null,     -- epoch seconds, UTC
    primary key (site, kind, name)
) strict, without rowid;

-- Mappings that an apply or a restore replaced, so that they can be put back.
create table federation_mapping (
    number integer primary key,
    site text not null,         -- as above
    mapping text not null,
    rules text not null,        -- JSON array
    replaced integer not null   -- epoch seconds, UTC
) strict;

-- The imported table of VOs. A VO whose entitlement is unknown has an empty one.
create table vo_entitlement (
    vo text not null,
    entitlement text not null,
    imported integer not null,  -- epoch seconds, UTC
    primary key (vo, entitlement)
) strict, without rowid;
