-- What is known of the region's plan: its cost, and what no plan could cost less than.
create table certificates (
  -- When the region was as it is judged here.
  certified_at timestamptz not null,
  -- Micro-yuan: the plan's cost, and the lower bound of all plans' costs.
  cost bigint not null,
  bound bigint not null,
  -- Jobs looked at.
  jobs int not null,
  -- { atMs, fromMs, perCardHour: { pool: [micro-yuan in each hour from fromMs on] } }
  scarcity json,
  rounds int not null,
  took_ms int not null,
  only_row boolean not null default true unique check (only_row)
);
