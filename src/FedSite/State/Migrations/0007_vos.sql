-- VOs that leave the site.
create table vo_retirement (
    site text not null,               -- site and Keystone, as in federation_object
    vo text not null,
    stage text not null,              -- the last one that was reached
    since integer not null,           -- epoch seconds, UTC, when it was reached
    begun integer not null,           -- epoch seconds, UTC
    delete_after text,                -- day, YYYY-MM-DD, UTC, from which its machines may be deleted; null: not set
    primary key (site, vo)
) strict, without rowid;

-- What the stages did, so that it can be undone.
create table vo_retirement_step (
    site text not null,
    vo text not null,
    stage text not null,
    kind text not null,               -- for instance "stopped server", "image member"
    id text not null,
    project text not null,            -- id
    done integer not null,            -- epoch seconds, UTC
    primary key (site, vo, stage, kind, id, project)
) strict, without rowid;
