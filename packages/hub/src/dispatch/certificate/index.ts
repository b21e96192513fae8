export { openCertifier } from "./certifier.ts";
export type { Certified } from "./certify-plan.ts";
export { gapOf } from "./gap.ts";
export { keepCertificate, type CertificateKeeper } from "./keep-certificate.ts";
export { scarcityBy } from "./still-good.ts";
export { readCertificate } from "./store.ts";
