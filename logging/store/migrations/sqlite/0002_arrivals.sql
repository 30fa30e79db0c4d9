-- One row a write: the log rows it brought, in their order. Positions only grow, whatever the time of
-- the records, so that a live tail can go on exactly where it stopped. The newest few thousand are kept.
create table arrivals (
  position integer primary key autoincrement,
  logs text not null -- the first id, then the steps to the next ones
) strict;
