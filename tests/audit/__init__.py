"""Every page in every state, in every width and scheme: `make audit`, beside the suite.

Pictures of all of them are left in `var/audit/`.
"""
