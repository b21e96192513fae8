import { least, minus, noMoney, type MicroYuan } from "../units/index.ts";

/** What stands between the platform and one party. None is below zero. */
export interface Standing {
  /** The platform owes it to the party. */
  readonly payable: MicroYuan;
  /** The party owes it to the platform. */
  readonly receivable: MicroYuan;
  /** The party's money that the platform keeps as a deposit. */
  readonly deposit: MicroYuan;
}

/** What is to be done, so that only one side still pays. */
export interface Netting {
  /** Of what the platform owes, kept for what it is owed. */
  readonly offset: MicroYuan;
  /** Of the deposit, used for what is owed still. */
  readonly fromDeposit: MicroYuan;
  /** Paid to the party. */
  readonly pay: MicroYuan;
  /** Asked of the party. */
  readonly collect: MicroYuan;
}

/**
 * Sets what is owed one way against what is owed the other, then against the deposit. At most one
 * of `pay` and `collect` is above zero, and a deposit is touched only for what nothing else covers.
 *
 * @throws RangeError when one of them is below zero
 */
export function net({ payable, receivable, deposit }: Standing): Netting {
  for (const [name, amount] of Object.entries({ payable, receivable, deposit })) {
    if (amount < noMoney) throw new RangeError(`${name} is ${amount} micro-yuan, below zero`);
  }
  const offset = least(payable, receivable);
  const owedStill = minus(receivable, offset);
  const fromDeposit = least(owedStill, deposit);
  return {
    offset,
    fromDeposit,
    pay: minus(payable, offset),
    collect: minus(owedStill, fromDeposit),
  };
}
