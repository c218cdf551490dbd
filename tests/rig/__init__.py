"""What tests stand on: servers of the run, real workers, a real browser, a scripted mail server."""
