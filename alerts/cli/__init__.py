"""The command line: one module a command group; exit codes that scripts can use.

0 it is as it should be, 1 something was found or failed, 2 the call was wrong, 3 the ledger
is away. ``--format json`` wherever data is printed.
"""
