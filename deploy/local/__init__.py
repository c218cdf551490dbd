"""The laptop launcher: everything `make run` starts, and nothing that production uses."""
