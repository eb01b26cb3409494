"""What `make run` and `make test` do on one machine: servers, keys, demo start. Knows no Django."""
