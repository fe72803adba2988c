-- When a cashier was taken away, in Unix milliseconds. The row stays: events carry the number, which is nobody else's ever.
ALTER TABLE cashier ADD COLUMN removed_ms INTEGER;
