/** The bundle that this machine's network makes necessary, for what runs in sandboxes as well. */
export function extraCa(): { readonly extraCaFile?: string } {
  const extraCaFile = process.env['NODE_EXTRA_CA_CERTS'];
  return extraCaFile === undefined ? {} : { extraCaFile };
}
