import {
  divide,
  downToFen,
  least,
  microYuan,
  minus,
  noMoney,
  oneFen,
  plus,
  total,
  type MicroYuan,
} from "../../units/index.ts";

/**
 * R39: divides what there is among what is asked, in equal ratio. Each gets its ratio rounded down
 * to the fen; the fen left over go one each to the first ones, in the order given. Together they
 * come to `available` in whole fen, or to all that is asked where that is less; nobody gets more
 * than it asked. Only whole fen of what is asked count.
 */
export function shareOut(available: MicroYuan, asked: readonly MicroYuan[]): MicroYuan[] {
  const wanted = asked.map((amount) => (amount > 0n ? downToFen(amount) : noMoney));
  const sum = total(wanted);
  const most = available > 0n ? least(downToFen(available), sum) : noMoney;
  if (sum === 0n) return wanted;
  const ratio = wanted.map((amount) =>
    microYuan(divide((amount / oneFen) * (most / oneFen), sum / oneFen, "down") * oneFen),
  );
  let left = minus(most, total(ratio));
  return ratio.map((amount, index) => {
    if (left === 0n || amount === wanted[index]) return amount;
    left = minus(left, oneFen);
    return plus(amount, oneFen);
  });
}
