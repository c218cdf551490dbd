"""`python -m deploy.local` is what `make run` does after installing."""

from deploy.local.launcher import main

main()
