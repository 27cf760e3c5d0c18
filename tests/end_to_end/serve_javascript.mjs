// The life of a CA through the AWS SDK for JavaScript: node serve_javascript.mjs LEAF_CSR_FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The SDK is installed in the current folder, which need not be this file's.
const sdk = createRequire(`${process.cwd()}/`)("@aws-sdk/client-acm-pca");
const client = new sdk.ACMPCAClient({ endpoint: process.env.AWS_ENDPOINT_URL_ACM_PCA });
const call = (name, members) => client.send(new sdk[`${name}Command`](members));

const { CertificateAuthorityArn } = await call("CreateCertificateAuthority", {
  CertificateAuthorityType: "ROOT",
  CertificateAuthorityConfiguration: {
    KeyAlgorithm: "EC_prime256v1",
    SigningAlgorithm: "SHA256WITHECDSA",
    Subject: { CommonName: "JavaScript" },
  },
});
const authority = { CertificateAuthorityArn };
await sdk.waitUntilCertificateAuthorityCSRCreated({ client, maxWaitTime: 10 }, authority);

async function issue(csr, members) {
  const order = { ...authority, Csr: Buffer.from(csr), SigningAlgorithm: "SHA256WITHECDSA", ...members };
  const { CertificateArn } = await call("IssueCertificate", order);
  await sdk.waitUntilCertificateIssued({ client, maxWaitTime: 10 }, { ...authority, CertificateArn });
  return { CertificateArn, ...(await call("GetCertificate", { ...authority, CertificateArn })) };
}

const root = await issue((await call("GetCertificateAuthorityCsr", authority)).Csr, {
  TemplateArn: "arn:aws:acm-pca:::template/RootCACertificate/V1",
  Validity: { Type: "YEARS", Value: 10 },
});
await call("ImportCertificateAuthorityCertificate", { ...authority, Certificate: Buffer.from(root.Certificate) });
const leaf = await issue(readFileSync(process.argv[2]), { Validity: { Type: "DAYS", Value: 30 } });
const CertificateSerial = leaf.CertificateArn.split("/").at(-1);
await call("RevokeCertificate", { ...authority, CertificateSerial, RevocationReason: "SUPERSEDED" });
const { AuditReportId } = await call("CreateCertificateAuthorityAuditReport", {
  ...authority,
  S3BucketName: "reports",
  AuditReportResponseFormat: "JSON",
});
await sdk.waitUntilAuditReportCreated({ client, maxWaitTime: 10 }, { ...authority, AuditReportId });
let refusal;
await call("GetPolicy", { ResourceArn: CertificateAuthorityArn }).catch((error) => (refusal = error.name));
const described = (await call("DescribeCertificateAuthority", authority)).CertificateAuthority;
console.log(JSON.stringify({ status: described.Status, created: described.CreatedAt instanceof Date, refusal }));
