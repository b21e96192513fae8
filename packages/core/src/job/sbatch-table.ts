/** How an option takes its value, its letter, and why it has no meaning here; null: it has one. */
interface Option {
  readonly argument: "none" | "required" | "optional";
  readonly short: string | null;
  readonly why: string | null;
}

const hosts =
  "which hosts a run gets is the centre's business; constraints.places, allowCentres and " +
  "denyCentres choose among centres";
const layout =
  "the inner layout of a host is the centre's business; cpu, memory and cards say how much";
const binding =
  "binding to cores and memory is the centre's business; there is nothing to use in its place";
const files =
  "Wadi keeps what a run prints and shows it with `wadi logs`; for a file, redirect in the " +
  "script and name the file under outputs";
const mail = "Wadi sends no mail; follow the job with `wadi job` or its event stream";
const payer = "who pays follows from the API key that submits the job";
const priority = "use priority (urgent, high, normal or low) and waitingCostPerHour";
const command = "is about the sbatch command, not about the job; leave it out";
const measured = "every run is metered; there is nothing to switch on";
const elsewhere = "Wadi has nothing like it; do it in the script";

const means = (argument: Option["argument"], short: string | null = null): Option => ({
  argument,
  short,
  why: null,
});
const needs = (why: string, short: string | null = null): Option => ({
  argument: "required",
  short,
  why,
});
const flag = (why: string, short: string | null = null): Option => ({
  argument: "none",
  short,
  why,
});
const may = (why: string, short: string | null = null): Option => ({
  argument: "optional",
  short,
  why,
});

/** Every option of sbatch, 22.05 to 25.05. An option that is not here is refused. */
export const optionTable = {
  account: needs(payer, "A"),
  "acctg-freq": needs(measured),
  array: means("required", "a"),
  batch: needs(hosts),
  bb: needs("Wadi has no burst buffers; name the data under inputs"),
  bbf: needs("Wadi has no burst buffers; name the data under inputs"),
  begin: means("required", "b"),
  chdir: needs(
    "each run has a folder of its own and starts there; name its files under inputs",
    "D",
  ),
  "cluster-constraint": needs(hosts),
  clusters: needs("use constraints.allowCentres", "M"),
  comment: needs("a job has a name and no comment; write it as a comment in the script"),
  "consolidate-segments": flag(hosts),
  constraint: means("required", "C"),
  container: needs(elsewhere),
  "container-id": needs(elsewhere),
  context: may(elsewhere),
  contiguous: flag(hosts),
  "core-spec": needs(layout, "S"),
  "cores-per-socket": needs(layout),
  "cpu-freq": needs(layout),
  "cpus-per-gpu": means("required"),
  "cpus-per-task": means("required", "c"),
  deadline: means("required"),
  "delay-boot": needs(hosts),
  dependency: means("required", "d"),
  distribution: needs(binding, "m"),
  error: needs(files, "e"),
  exclude: needs(hosts, "x"),
  exclusive: may("a run gets what cpu, memory and cards ask for; ask for as much as a host has"),
  export: means("required"),
  "export-file": needs(
    "nothing is taken from the submitter's environment; set variables under env",
  ),
  extra: needs(elsewhere),
  "extra-node-info": needs(layout, "B"),
  "get-user-env": may("nothing is taken from the submitter's environment; set variables under env"),
  gid: needs("the centre chooses the account that a run has on its hosts"),
  "gpu-bind": needs(binding),
  "gpu-freq": needs(layout),
  gpus: means("required", "G"),
  "gpus-per-node": means("required"),
  "gpus-per-socket": needs("a run gets cards, wherever they sit; use --gpus-per-node"),
  "gpus-per-task": means("required"),
  gres: means("required"),
  "gres-flags": needs(binding),
  help: flag(command, "h"),
  hint: needs(binding),
  hold: means("none", "H"),
  "ignore-pbs": flag("lines of other schedulers are never read"),
  input: needs("a run reads nothing from its standard input; redirect in the script", "i"),
  "job-name": means("required", "J"),
  "kill-on-invalid-dep": needs("a job whose dependency failed is always cancelled"),
  licenses: needs("Wadi counts no licences; ask for them in the script", "L"),
  "mail-type": needs(mail),
  "mail-user": needs(mail),
  "mcs-label": needs("other tenants never see the job; leave it out"),
  mem: means("required"),
  "mem-bind": needs(binding),
  "mem-per-cpu": means("required"),
  "mem-per-gpu": means("required"),
  mincpus: means("required"),
  network: needs(layout),
  nice: may(priority),
  "no-kill": may("a gang whose replica is lost is ended and run again whole; see retry", "k"),
  "no-requeue": means("none"),
  nodefile: needs(hosts, "F"),
  nodelist: needs(hosts, "w"),
  nodes: means("required", "N"),
  ntasks: means("required", "n"),
  "ntasks-per-core": needs(layout),
  "ntasks-per-gpu": needs("say --ntasks-per-node; the script starts its processes itself"),
  "ntasks-per-node": means("required"),
  "ntasks-per-socket": needs(layout),
  "ntasks-per-tres": needs("say --ntasks-per-node; the script starts its processes itself"),
  "oom-kill-step": may("a run that is out of memory is ended whole"),
  "open-mode": needs(files),
  output: needs(files, "o"),
  overcommit: flag("a run gets the cpu that it asks for; ask for less", "O"),
  oversubscribe: flag("cards are not shared between jobs; cpu may be asked for in fractions", "s"),
  parsable: flag(command),
  partition: needs(
    "partitions are one site's own names; use cards.options, constraints.places or " +
      "constraints.allowCentres",
    "p",
  ),
  power: needs(layout),
  prefer: needs("use cards.options with choose: first"),
  priority: needs(priority),
  profile: needs(measured),
  propagate: may("a run has the limits that its centre sets"),
  qos: needs(priority, "q"),
  quiet: flag(command, "Q"),
  reboot: flag(hosts),
  requeue: means("none"),
  reservation: needs("Wadi has no reservations yet; use deadline"),
  "resv-ports": may(elsewhere),
  segment: needs(hosts),
  signal: needs("Wadi sends SIGTERM before it ends a run; trap that, and name a checkpoint folder"),
  "sockets-per-node": needs(layout),
  "spread-job": flag(hosts),
  "spread-segments": flag(hosts),
  stepmgr: flag(elsewhere),
  switches: needs(hosts),
  "test-only": flag("use `wadi quote`, which says where the job would run and for how much"),
  "thread-spec": needs(layout),
  "threads-per-core": needs(layout),
  time: means("required", "t"),
  "time-min": needs("a run has one limit, maxRunTime; say the longest that it may take"),
  tmp: needs("Wadi does not count temporary disk; the centre says what a run has"),
  "tres-bind": needs(binding),
  "tres-per-task": needs("say --cpus-per-task and --gpus-per-task"),
  uid: needs("the centre chooses the account that a run has on its hosts"),
  usage: flag(command),
  "use-min-nodes": flag(hosts),
  verbose: flag(command, "v"),
  version: flag(command, "V"),
  wait: flag("use `wadi logs -f`, which ends with the job", "W"),
  "wait-all-nodes": needs("a gang always starts together"),
  wckey: needs(payer),
  wrap: needs("the script itself is what is run; put the command in it"),
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof optionTable;
