-- server/enforcement: by which browser (the hash of a random id in a cookie) which account signed in last, and whose work another account took
-- up on the same browser when the first had used up its units. Both are kept for 14 days, and written only where account_evidence is on.
CREATE TABLE device_sign_ins (
  device TEXT NOT NULL,
  account_id TEXT NOT NULL,
  signed_in_at BIGINT NOT NULL,
  PRIMARY KEY (device, account_id)
);
CREATE INDEX device_sign_ins_by_account ON device_sign_ins (account_id);
CREATE TABLE account_hand_overs (
  id {serial_key},
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  handed_at BIGINT NOT NULL
);
CREATE INDEX account_hand_overs_by_receiver ON account_hand_overs (to_account, handed_at);
