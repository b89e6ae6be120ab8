"""Programs run by a Judge0 server in place of the sandbox here; outputs are scored here."""
