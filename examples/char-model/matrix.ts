/** The sizes of a product: `a` is rows × inner, `b` is inner × columns. All matrices by rows. */
export interface Sizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/*
 * Four terms go into each pass of an innermost loop, which halves the traffic to memory. The order
 * of additions is fixed, so the same inputs give the same bits on every machine.
 */

/** out (rows × columns) += a · b */
export function addProduct(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  { rows, inner, columns }: Sizes,
): void {
  for (let row = 0; row < rows; row++) {
    const target = out.subarray(row * columns, (row + 1) * columns);
    const factors = a.subarray(row * inner, (row + 1) * inner);
    addRows(target, factors, { step: 1, from: b, count: inner });
  }
}

/** out (inner × columns) += aᵀ · d, where d is rows × columns: the gradient of the weights. */
export function addTransposedProduct(
  out: Float64Array,
  a: Float64Array,
  d: Float64Array,
  { rows, inner, columns }: Sizes,
): void {
  for (let i = 0; i < inner; i++) {
    const target = out.subarray(i * columns, (i + 1) * columns);
    addRows(target, a.subarray(i), { step: inner, from: d, count: rows });
  }
}

/** out (rows × inner) += d · bᵀ, where d is rows × columns: the gradient of the inputs. */
export function addProductTransposed(
  out: Float64Array,
  d: Float64Array,
  b: Float64Array,
  { rows, inner, columns }: Sizes,
): void {
  for (let row = 0; row < rows; row++) {
    const left = d.subarray(row * columns, (row + 1) * columns);
    const target = out.subarray(row * inner, (row + 1) * inner);
    addDotProducts(target, left, b);
  }
}

interface Rows {
  /** Distance between two factors. */
  readonly step: number;
  readonly from: Float64Array;
  readonly count: number;
}

/** target += the sum of `count` rows of `from`, each times its factor. */
function addRows(target: Float64Array, factors: Float64Array, { step, from, count }: Rows): void {
  const width = target.length;
  const even = count - (count % 4);
  for (let i = 0; i < even; i += 4) {
    const f0 = factors[i * step]!;
    const f1 = factors[(i + 1) * step]!;
    const f2 = factors[(i + 2) * step]!;
    const f3 = factors[(i + 3) * step]!;
    const r0 = i * width;
    const r1 = r0 + width;
    const r2 = r1 + width;
    const r3 = r2 + width;
    for (let c = 0; c < width; c++) {
      target[c]! +=
        f0 * from[r0 + c]! + f1 * from[r1 + c]! + f2 * from[r2 + c]! + f3 * from[r3 + c]!;
    }
  }
  for (let i = even; i < count; i++) {
    const factor = factors[i * step]!;
    for (let c = 0; c < width; c++) target[c]! += factor * from[i * width + c]!;
  }
}

/** target[i] += left · (row i of b) */
function addDotProducts(target: Float64Array, left: Float64Array, b: Float64Array): void {
  const width = left.length;
  const even = target.length - (target.length % 4);
  for (let i = 0; i < even; i += 4) {
    const r0 = i * width;
    const r1 = r0 + width;
    const r2 = r1 + width;
    const r3 = r2 + width;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let c = 0; c < width; c++) {
      const value = left[c]!;
      s0 += value * b[r0 + c]!;
      s1 += value * b[r1 + c]!;
      s2 += value * b[r2 + c]!;
      s3 += value * b[r3 + c]!;
    }
    target[i]! += s0;
    target[i + 1]! += s1;
    target[i + 2]! += s2;
    target[i + 3]! += s3;
  }
  for (let i = even; i < target.length; i++) {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += left[c]! * b[i * width + c]!;
    target[i]! += sum;
  }
}
