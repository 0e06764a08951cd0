-- Journal of messages that FedSite queued or sent. The spool folder is the truth about what is queued; a message of
-- another program has a row only once FedSite has tried to send it.
create table message (
    queue text not null,
    name text not null,          -- DDDDDDDD/SSSSSSSSMMMMMR
    kind text,                   -- cloud, accelerator; null: unknown
    run integer,                 -- accounting_run.id
    records integer,
    bytes integer not null,
    sha256 text not null,
    state text not null,         -- queued, unknown (sent, outcome not known), sent, refused, dropped
    queued_at integer not null,
    sent_at integer,
    ams_id text,
    attempts integer not null default 0,
    reason text,
    primary key (queue, name)
) strict, without rowid;

create index message_run on message (run);
create index message_state on message (state, queued_at);
