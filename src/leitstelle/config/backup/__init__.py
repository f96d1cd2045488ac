"""Backup and restore: one archive of the whole desk, the same for SQLite and PostgreSQL.

An archive is a tar file: `leitstelle.json` (what it is), `tables/<table>/<n>.jsonl.gz` (rows in a form of no database),
`files/<digest>`, then `manifest.json` with the digest of every member, and the digest of the manifest itself.

`container` and `sealing` know the bytes, `manifest` and `reading` what they must look like (neither needs Django nor a
database), `portable` the form of the values, `writing` and `restoring` the two ways, `aftercare` what a restored desk
needs, `shelf` the directory of archives and how long they are kept. Vendor-specific SQL is in `kernel.db`.
"""
