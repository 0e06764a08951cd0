-- Journal of messages that FedSite queued or tried to send. The spool folder is the truth about what is queued; a
-- message of another program has a row only once FedSite has taken it up.
create table message (
    queue text not null,
    name text not null,          -- DDDDDDDD/SSSSSSSSMMMMMR
    kind text,                   -- cloud, accelerator; null: not known
    run integer,                 -- accounting_run.id
    records integer,
    bytes integer,
    sha256 text,                 -- of the text, lower-case hexadecimal
    state text not null,         -- queued, unknown (sent, outcome not known), sent, set-aside, dropped
    queued_at integer not null,  -- this and all times: microseconds since the epoch, UTC
    locked_at integer,           -- our lock in the spool bears this time; null: none
    attempted_at integer,
    settled_at integer,          -- sent, set aside or dropped
    attempts integer not null default 0,
    ams_id text,
    reason text,                 -- why it was set aside, or what the last attempt met
    primary key (queue, name)
) strict, without rowid;

create index message_run on message (run);
create index message_state on message (state, queued_at);
create index message_locked on message (queue, locked_at) where locked_at is not null;
