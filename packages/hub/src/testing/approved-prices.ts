import type { World } from "./world.ts";

/**
 * Puts a price list or an agreement by one operator and has another approve it. What holds already
 * stays as it is.
 *
 * @param path  "/v1/price-lists/cards", "/v1/tenants/acme/agreement"
 */
export async function putApproved(
  { post, keys }: Pick<World, "post" | "keys">,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const made = await post(`PUT ${path}`, body);
  if (made["approvedAt"] !== null) return made;
  const revision = String(made["revision"]);
  return post(`${path}/revisions/${revision}/approval`, undefined, keys.operator);
}
