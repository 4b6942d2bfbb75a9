-- server/quota: tiers that were given because a webhook said so, by its id, so that one that is sent again gives nothing twice.
CREATE TABLE tier_orders (
  id TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL
);
