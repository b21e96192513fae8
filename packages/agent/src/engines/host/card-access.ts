import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cardModel, type Stack } from "@wadi/core/capacity";
import type { CardModelId } from "@wadi/core/units";

/** How the programs of one software stack are told which cards they may use. */
interface CardAccess {
  /** Each is set to the devices' indices, ascending, with commas and no spaces. */
  readonly variables: readonly string[];
  /** What a run that holds no such card is given instead. */
  readonly none: string;
  /** Folder and names of the device files, one per card; `control` must be there as well. */
  readonly devices: {
    readonly folder: string;
    readonly name: RegExp;
    readonly control?: string;
  } | null;
  readonly source: string;
}

const flagPerf = "github.com/FlagOpen/FlagPerf training/run_benchmarks/config/test_conf.py";

/**
 * The variables by stack. They are a courtesy between programs, not a wall: a run can reset them
 * (ROCm's own page says so). Ascend takes only ascending ids; hence all are ascending.
 */
export const cardAccess = {
  cuda: {
    variables: ["CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^nvidia\d+$/ },
    source: "docs.nvidia.com/cuda/cuda-programming-guide 5.2.1.1: an empty string shows none",
  },
  cann: {
    variables: ["ASCEND_RT_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^davinci\d+$/ },
    source: "hiascend.com CANN environment variable reference, envref_07_0028",
  },
  neuware: {
    variables: ["MLU_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^cambricon_dev\d+$/ },
    source: flagPerf,
  },
  dtk: {
    variables: ["HIP_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev/dri", name: /^renderD\d+$/, control: "/dev/kfd" },
    source: flagPerf,
  },
  xpu: {
    variables: ["XPU_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^xpu\d+$/ },
    source: "paddlepaddle.github.io/FastDeploy/usage/kunlunxin_xpu_deployment",
  },
  musa: {
    // The runtime reads the first; the second is the container toolkit's.
    variables: ["MUSA_VISIBLE_DEVICES", "MTHREADS_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^mtgpu\.?\d+$/ },
    source: flagPerf,
  },
  maca: {
    variables: ["MACA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev/dri", name: /^renderD\d+$/, control: "/dev/mxcd" },
    source: "github.com/ray-project/ray pull 58338 (the maker's own: CUDA_VISIBLE_DEVICES)",
  },
  corex: {
    variables: ["CUDA_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^iluvatar\d+$/ },
    source: flagPerf,
  },
  topsrider: {
    variables: ["TOPS_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev", name: /^gcu\d+$/ },
    source: "the vLLM platform for Enflame names it as its device_control_env_var",
  },
  supa: {
    variables: ["SUPA_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev/biren", name: /^card_\d+$/ },
    source: "github.com/RLinf/RLinf pull 1581",
  },
  rocm: {
    // Not ROCR_VISIBLE_DEVICES as well: the two filter one after the other.
    variables: ["HIP_VISIBLE_DEVICES"],
    none: "",
    devices: { folder: "/dev/dri", name: /^renderD\d+$/, control: "/dev/kfd" },
    source: "rocm.docs.amd.com GPU isolation techniques",
  },
  none: { variables: [], none: "", devices: null, source: "a card of the model cpu is a core" },
} as const satisfies Record<Stack, CardAccess>;

/** The stack of a model; "none" for one that the catalogue does not know. */
export const stackOf = (model: CardModelId): Stack => cardModel(model)?.stack ?? "none";

/**
 * The variables for one replica: its own cards, and for every other stack that its host has cards
 * of, none, so that a run without cards does not take its neighbour's.
 */
export function cardVariables(
  held: { readonly model: CardModelId; readonly devices: readonly number[] } | null,
  modelsOnHost: readonly CardModelId[],
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const model of modelsOnHost) {
    const access: CardAccess = cardAccess[stackOf(model)];
    for (const name of access.variables) variables[name] = access.none;
  }
  if (held === null || held.devices.length === 0) return variables;

  const devices = held.devices.toSorted((a, b) => a - b).join(",");
  for (const name of cardAccess[stackOf(held.model)].variables) variables[name] = devices;
  return variables;
}

/** How many cards of the model's stack this machine has device files for. */
export const cardsPresent = (model: CardModelId): number => deviceFiles(model).length;

/**
 * The groups that open the model's device files, where not everyone may: Ascend's belong to
 * HwHiAiUser, others to video or render. A run that holds such a card is made a member.
 */
export function deviceGroups(model: CardModelId): number[] {
  const { devices }: CardAccess = cardAccess[stackOf(model)];
  const control = devices?.control === undefined ? [] : [devices.control];
  const closed = [...deviceFiles(model), ...control]
    .map((path) => statSync(path))
    .filter(({ mode, gid }) => (mode & 0o006) !== 0o006 && gid !== 0);
  return [...new Set(closed.map(({ gid }) => gid))];
}

function deviceFiles(model: CardModelId): string[] {
  const { devices }: CardAccess = cardAccess[stackOf(model)];
  if (devices === null) return [];
  // Any graphics chip has a render file; the control file tells whose it is.
  if (devices.control !== undefined && !existsSync(devices.control)) return [];
  try {
    const names = readdirSync(devices.folder).filter((name) => devices.name.test(name));
    return names.map((name) => join(devices.folder, name));
  } catch {
    return []; // No such folder: no such card.
  }
}
