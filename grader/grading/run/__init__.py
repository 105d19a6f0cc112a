"""Executing notebooks: in a sandbox, in worker processes, on a cluster."""
