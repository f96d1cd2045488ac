"""Sockets of files: the virus scanner (`clamd`), and the bucket of a server that speaks S3 (`s3`)."""
