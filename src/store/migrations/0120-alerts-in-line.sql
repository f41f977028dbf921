-- Alerts up to 8 KB stay in line as they are. PostgreSQL would compress each row over 2 KB with pglz, which costs more
-- than all the rest of storing it (measured: COPY of 1.7 KB alerts 1.7 to 2.2 times as fast for 20 % more room); lz4
-- is not in every build.
alter table alerts set (toast_tuple_target = 8160);
