/** What is to be sent about errors, and to whom. Part of version 7. */

/** Stands for whoever may come: what is noted for nobody yet. */
export const ANYBODY = "";

export const ALERT_TABLES = `
-- Who hears of what: a row for each service that a receiver is for. The empty service stands for all,
-- the empty receiver for those that are not known yet.
create table holdfast.alert_receivers (
  receiver text not null, -- made of its address, which is a secret
  svc_name text not null,
  min_severity integer not null,
  seen_at bigint not null, -- when a process last said that it sends to it
  primary key (receiver, svc_name)
);

insert into holdfast.alert_receivers (receiver, svc_name, min_severity, seen_at)
values ('${ANYBODY}', '', 0, 0);

-- Of each kind of news about an error, for each receiver: what is still to be sent, and when it was
-- sent last. Noted by whoever opens the error, brings it back, counts it or proves it fixed.
create table holdfast.alerts (
  error bigint not null references holdfast.errors (id) on delete cascade,
  kind text not null check (kind in ('new', 'back', 'rising', 'proved')),
  receiver text not null,
  time bigint not null, -- of the last message, 0 where none was sent
  waits integer not null, -- 1: it is to be sent
  noted_at bigint not null,
  due_at bigint not null, -- not to be sent before
  message_id text, -- of the message about it, or of the one that was sent last
  is_summary integer not null default 0, -- whether that is a summary
  tries integer not null default 0, -- to send it
  primary key (error, kind, receiver)
);

create index alerts_waiting on holdfast.alerts (receiver, noted_at) where waits = 1;
create index alerts_by_message on holdfast.alerts (message_id)
  where waits = 1 and message_id is not null;
create index alerts_by_time on holdfast.alerts (receiver, time);
`;
