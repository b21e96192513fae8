-- What centres tell of checkpoints; null while none was told of.

-- When the run last wrote to its checkpoint folder, and what the folder held then.
alter table runs add column checkpointed_at timestamptz;
alter table runs add column checkpoint_bytes bigint;
