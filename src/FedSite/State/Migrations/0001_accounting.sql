-- A window that ended well: all messages of it are in the spool.
create table accounting_window (
    site text not null,
    region text not null,
    service text not null,
    project text not null,
    kind text not null,
    good_until integer not null, -- epoch seconds, UTC
    run integer not null,
    primary key (site, region, service, project, kind)
) strict, without rowid;

create table accounting_run (
    id integer primary key,
    started integer not null,
    ended integer,
    manual integer not null, -- 1: window given by hand, windows above untouched
    outcome text not null    -- running, done, partly, failed
) strict;

-- What a run did for one project and kind.
create table accounting_run_project (
    run integer not null references accounting_run (id) on delete cascade,
    project text not null,
    name text not null,
    vo text not null,
    kind text not null,
    window_from integer not null,
    window_to integer not null,
    records integer not null,
    quarantined integer not null,
    error text,
    primary key (run, project, kind)
) strict, without rowid;

-- An object of OpenStack that gave no valid record.
create table accounting_quarantine (
    id integer primary key,
    run integer not null references accounting_run (id) on delete cascade,
    project text not null,
    kind text not null,
    object text not null,
    reason text not null,
    raw text not null,
    at integer not null
) strict;

create index accounting_quarantine_run on accounting_quarantine (run);
