const formats = new Map<number, Intl.NumberFormat>();

/** With thousands apart and so many digits behind the point; "–" for nothing. */
export function shown(value: number | null, digits = 0): string {
  if (value === null || !Number.isFinite(value)) return "–";
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(digits, format);
  }
  return format
    .format(value)
    .replace(/^-(?=0(?:\.0*)?$)/, "")
    .replace("-", "−");
}

/** A difference as people say it: "+12.3 %", "−4.0 %", "±0 %"; "×25" from ten times on. */
export function difference(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  if (share >= 9) return `×${shown(share + 1)}`;
  if (percent === 0) return "±0 %";
  return `${percent > 0 ? "+" : "−"}${shown(Math.abs(percent), 1)} %`;
}

/** Few characters for axes: "1.2M", "35k", "0.5". */
export function short(value: number): string {
  const [unit, name] = units.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  const scaled = value / unit;
  return `${Number(scaled.toFixed(Math.abs(scaled) < 10 ? 2 : 1))}${name}`;
}

const units: readonly (readonly [number, string])[] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
