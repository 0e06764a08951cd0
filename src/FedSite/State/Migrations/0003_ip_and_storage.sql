-- Public addresses as last reported, for each month: what is gone is reported as none once, and a past month again as
-- it was measured then.
create table accounting_ip (
    site text not null,
    region text not null,
    service text not null,
    project text not null,
    owner text not null,        -- user id, or project id
    version integer not null,   -- 4 or 6
    month text not null,        -- yyyy-MM
    name text not null,         -- of the owner
    count integer not null,
    measured integer not null,  -- epoch seconds, UTC
    primary key (site, region, service, project, owner, version, month)
) strict, without rowid;

-- Volumes that were ever seen. Cinder shows deleted ones to nobody, so their last record comes from here.
create table accounting_volume (
    site text not null,
    region text not null,
    service text not null,
    project text not null,
    volume text not null,
    user text,
    size integer not null,      -- GiB
    type text,
    created integer not null,   -- this and all times: epoch seconds, UTC
    seen integer not null,      -- by a run at this time
    gone integer,               -- taken for its end; null: it lives
    primary key (site, region, service, project, volume)
) strict, without rowid;
