import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

import type { Config } from "../config.ts";

/**
 * The certificate and key that the operator names.
 * @throws Error that names the setting when a file cannot be read or the two do not fit
 */
export function tlsOptions({ certFile, keyFile }: NonNullable<Config["tls"]>) {
  const cert = readNamed("WADI_TLS_CERT", certFile);
  const key = readNamed("WADI_TLS_KEY", keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const files = `${certFile} and ${keyFile}`;
    throw new Error(`WADI_TLS_CERT and WADI_TLS_KEY are no pair in PEM form: ${files}`, { cause });
  }
  return { cert, key, minVersion: "TLSv1.2" } as const;
}

function readNamed(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${setting} names a file that cannot be read`, { cause });
  }
}
