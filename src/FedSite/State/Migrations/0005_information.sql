-- The last document that was published, to compare the next one with.
create table information_document (
    site text not null primary key, -- its name and the endpoint's URL
    document blob not null,         -- as it was published
    published integer not null      -- epoch seconds, UTC
) strict, without rowid;

-- The projects of each VO when Keystone last told them, for a run in which it does not.
create table information_share (
    site text not null,             -- as above
    vo text not null,
    project text not null,          -- id
    name text,
    domain text,                    -- name
    seen integer not null,          -- epoch seconds, UTC
    primary key (site, vo, project)
) strict, without rowid;

-- What GOCDB said about the endpoint.
create table information_gocdb (
    site text not null primary key, -- as above
    endpoint_id text not null,
    site_name text not null,
    host text not null,             -- name, as downtimes have it
    fetched integer not null        -- epoch seconds, UTC
) strict, without rowid;
