-- What an error's occurrences and variants hold: the bytes of their lines and messages. The size limit
-- takes from the service that holds most. What `sizes` counts from now on is the lines of `logs` alone.
alter table holdfast.errors add column bytes bigint not null default 0;

with held as (
  select error, sum(bytes) as lines, sum(messages) as messages from (
    select error, octet_length(line) as bytes, 0 as messages from holdfast.occurrences
    union all
    select error, 0, octet_length(message) from holdfast.variants
  ) as parts group by error
), sized as (
  insert into holdfast.sizes as sizes (slot, rows, bytes)
  select -1, 0, -sum(lines) from held having count(*) > 0
  on conflict (slot) do update set bytes = sizes.bytes + excluded.bytes
)
update holdfast.errors set bytes = held.lines + held.messages from held where errors.id = held.error;

-- How many errors each service has opened in the hour it last opened one (hours since 1970). A service
-- without errors has no row, but for the hour that runs.
create table holdfast.services (
  svc_name text primary key,
  hour bigint not null,
  opened bigint not null
) with (fillfactor = 70);

insert into holdfast.services (svc_name, hour, opened)
select distinct svc_name, 0, 0 from holdfast.errors;
