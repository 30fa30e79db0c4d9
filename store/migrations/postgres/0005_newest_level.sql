-- The level of an error is that of its newest occurrence; beside it stands when it was CRITICAL last.
-- What happened before a mute and arrives late does not end it.
alter table holdfast.errors
  add column last_critical bigint,
  add column muted_at bigint;

-- By the text: to read one field, PostgreSQL would decode them all, and refuse a NUL in any. The severity
-- stands before everything that others wrote.
update holdfast.errors set severity = coalesce(
  (select substring(line from '"severity":([0-9]+)')::integer from holdfast.occurrences
   where occurrences.error_id = errors.last_error_id and occurrences.error = errors.id
   order by time desc, id desc limit 1),
  severity
);
update holdfast.errors set last_critical = last_seen where severity >= 50;
update holdfast.errors set muted_at = (
  select max(time) from holdfast.history where history.error = errors.id and action = 'muted'
) where state = 'muted';
