"""The program sent to wherever work runs: it runs steps and serves models.

Started by file path in a person's own interpreter (Python 3.8 or newer), it
imports the standard library only and talks JSON, one object a line.
"""
